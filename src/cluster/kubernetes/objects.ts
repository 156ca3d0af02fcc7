/** Single objects, whole, and how they are changed. */
import type { Connection } from './connection.ts';
import { sentence, StatusError } from './failure.ts';
import { isObject, type Resources } from './resources.ts';
import {
  ClusterError,
  type ObjectRef,
  type WriteAnswer,
  type WriteCause,
  type WriteOrder,
} from '../cluster.ts';
import { field, listField, textField, type KubernetesObject } from '../../core/objects/object.ts';

/** Who we are among those who manage the fields of an object. */
export const fieldManager = 'calico-ebpf';

/** Sends a change once. @throws StatusError other than what `WriteAnswer` tells, LostConnection */
export async function writeObject(
  connection: Connection,
  resources: Resources,
  order: WriteOrder,
  signal: AbortSignal,
): Promise<WriteAnswer> {
  const { ref, object } = order;
  const collection = await resources.path(ref.resource, ref.namespace, signal);
  const path = order.verb === 'create' ? collection : `${collection}/${encodeURIComponent(ref.name)}`;
  try {
    const { body, warnings } = await connection.send(`${path}${queryOf(order)}`, askOf(order), signal);
    const written: unknown = JSON.parse(body.toString('utf8'));
    return { kind: 'written', object: isObject(written) ? written : object, warnings };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const answer = toAnswer(error, ref);
    if (answer === undefined) throw error;
    return answer;
  }
}

function queryOf({ verb, force, isDryRun }: WriteOrder): string {
  const query = new URLSearchParams();
  if (isDryRun) query.set('dryRun', 'All');
  if (verb !== 'delete') {
    query.set('fieldManager', fieldManager);
    // A key that the server does not know is an error, and never left out in silence.
    query.set('fieldValidation', 'Strict');
  }
  if (verb === 'apply' && force === true) query.set('force', 'true');
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

function askOf({ verb, object }: WriteOrder): Parameters<Connection['send']>[1] {
  switch (verb) {
    case 'create':
      return { method: 'POST', body: object };
    case 'replace':
      return { method: 'PUT', body: object };
    case 'apply':
      // JSON is YAML; the server takes an apply under this name only.
      return { method: 'PATCH', body: object, contentType: 'application/apply-patch+yaml' };
    case 'delete':
      return { method: 'DELETE', body: deleteOptions(object) };
  }
}

/** Deletes that very version, or nothing. */
function deleteOptions({ metadata }: KubernetesObject): unknown {
  const { resourceVersion } = metadata;
  const preconditions = resourceVersion === undefined ? {} : { preconditions: { resourceVersion } };
  return { apiVersion: 'v1', kind: 'DeleteOptions', ...preconditions };
}

/** What the server says against a change; `undefined` for any other failure. */
function toAnswer(error: StatusError, ref: ObjectRef): WriteAnswer | undefined {
  const causes = causesOf(error);
  const message = sentence(error.message);
  switch (error.code) {
    case 409:
      return { kind: 'conflict', message, causes };
    case 400:
    case 413:
    case 422:
      return { kind: 'refused', message, causes };
    case 404:
      if (field(error.body, 'details', 'name') === ref.name) {
        return { kind: 'conflict', message: `${ref.name} is not there any more.`, causes };
      }
      throw new ClusterError('not-recorded', `The cluster has no resource ${ref.resource}.`, {
        cause: error,
      });
    default:
      return undefined;
  }
}

/** What is wrong, place by place. */
function causesOf({ message, body }: StatusError): readonly WriteCause[] {
  const causes = listField(body, 'details', 'causes').flatMap((cause): readonly WriteCause[] => {
    const place = textField(cause, 'field') ?? '';
    // The server adds one without a place that says that the rest was not looked at.
    if (place === '<nil>') return [];
    return [{ field: place.replace(/^\./, ''), message: textField(cause, 'message') ?? '' }];
  });
  return causes.length > 0 ? causes : strictCauses(message);
}

/** `strict decoding error: unknown field "spec.x", duplicate field "spec.y"` comes without causes. */
function strictCauses(message: string): readonly WriteCause[] {
  return [...message.matchAll(/(unknown|duplicate) field "([^"]+)"/g)].map(([, what = '', place = '']) => ({
    field: place,
    message: what === 'unknown' ? 'this field is not known to the server' : 'this field is given twice',
  }));
}
