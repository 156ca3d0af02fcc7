import { quote } from './expectation.ts';
import { finding, within, type FelixFinding } from './findings.ts';
import { findNearest } from './nearest.ts';
import { duplicateKeys, refusedKey, renameTo, wrongShape } from './structure.ts';
import { isDnsSubdomain } from './syntax/network.ts';
import { entryOf, type YamlMap, type YamlValue } from './yamlValue.ts';

/**
 * What Kubernetes writes into the metadata of an object beside its name, labels and annotations, and what a file that
 * was fetched from a cluster may still have (ObjectMeta in k8s.io/apimachinery/pkg/apis/meta/v1, and ValidateObjectMeta
 * in k8s.io/apimachinery/pkg/api/validation).
 */
type Shape = 'text' | 'integer' | 'boolean' | 'time' | 'anything' | ListShape;

interface ListShape {
  /** What each item is, in words. */
  readonly of: string;
  readonly item: 'text' | Readonly<Record<string, Shape>>;
}

const shapes: Readonly<Record<string, Shape>> = {
  annotations: 'anything',
  creationTimestamp: 'time',
  deletionGracePeriodSeconds: 'integer',
  deletionTimestamp: 'time',
  finalizers: { of: 'texts', item: 'text' },
  generateName: 'text',
  generation: 'integer',
  labels: 'anything',
  managedFields: {
    of: 'mappings',
    item: {
      apiVersion: 'text',
      fieldsType: 'text',
      fieldsV1: 'anything',
      manager: 'text',
      operation: 'text',
      subresource: 'text',
      time: 'time',
    },
  },
  name: 'anything',
  namespace: 'text',
  ownerReferences: {
    of: 'mappings',
    item: {
      apiVersion: 'text',
      blockOwnerDeletion: 'boolean',
      controller: 'boolean',
      kind: 'text',
      name: 'text',
      uid: 'text',
    },
  },
  resourceVersion: 'text',
  selfLink: 'text',
  uid: 'text',
};

/** Judges what stands in metadata by type, and what the API server asks of owners and finalizers. */
export function judgeObjectMeta(metadata: YamlMap): readonly FelixFinding[] {
  const wrong = mapFindings(metadata, shapes, 'Metadata');
  return wrong.length > 0 ? wrong : [...ownerFindings(metadata), ...finalizerFindings(metadata)];
}

function mapFindings(
  map: YamlMap,
  shapes: Readonly<Record<string, Shape>>,
  what: string,
): readonly FelixFinding[] {
  const known = Object.keys(shapes);
  const unknown = map.entries
    .filter(({ key }) => !Object.hasOwn(shapes, key))
    .map(({ key }) => {
      const message = `${what} has no key “${key}”; the API server refuses it.`;
      return refusedKey(key, 'unknown-key', message, renameTo(findNearest(key, known)));
    });
  const shaped = map.entries.flatMap(({ key, value }) =>
    shapeFindings(key, value, shapes[key] ?? 'anything').map((inner) => within(key, inner)),
  );
  return [...duplicateKeys(map), ...unknown, ...shaped];
}

/** `null` is as good as nothing wherever Kubernetes reads by type. */
function shapeFindings(key: string, value: YamlValue, shape: Shape): readonly FelixFinding[] {
  if (value.kind === 'null') return [];
  if (typeof shape === 'string') {
    const wrong = scalarError(key, value, shape);
    return wrong === undefined ? [] : [wrongShape(wrong)];
  }
  const { of, item } = shape;
  if (value.kind !== 'list') return [wrongShape(`${key} is a list of ${of}.`)];
  return value.items.flatMap((each, index) =>
    itemFindings(key, each, item).map((inner) => within(index, inner)),
  );
}

function itemFindings(key: string, value: YamlValue, item: ListShape['item']): readonly FelixFinding[] {
  if (item === 'text') return shapeFindings(key, value, item);
  if (value.kind === 'null') return [];
  return value.kind === 'map'
    ? mapFindings(value, item, `An item of ${key}`)
    : [wrongShape(`${key} is a list of mappings.`)];
}

function scalarError(key: string, value: YamlValue, shape: Exclude<Shape, ListShape>): string | undefined {
  switch (shape) {
    case 'text':
      return value.kind === 'string' ? undefined : `${key} is a text: put it in quotes.`;
    case 'integer':
      return value.kind === 'int' ? undefined : `${key} is a whole number.`;
    case 'boolean':
      return value.kind === 'bool' ? undefined : `${key} is true or false, without quotes.`;
    case 'time':
      return value.kind === 'string' && isTime(value.value)
        ? undefined
        : `${key} is a time such as "2026-11-21T04:08:36Z".`;
    case 'anything':
      return undefined;
  }
}

/** RFC 3339 as Go reads it. */
function isTime(text: string): boolean {
  const found = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d+)?(?:Z|[-+]\d\d:\d\d)$/.exec(
    text,
  );
  const date = new Date(`${found?.[1]}T00:00:00Z`);
  // A day that its month does not have becomes one of the next.
  return found !== null && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(found[1] ?? '');
}

function ownerFindings(metadata: YamlMap): readonly FelixFinding[] {
  const owners = entryOf(metadata, 'ownerReferences');
  if (owners?.kind !== 'list') return [];
  const each = owners.items.flatMap((owner, index) => {
    const wrong = ownerError(owner.kind === 'map' ? owner : { kind: 'map', entries: [] });
    return wrong === undefined ? [] : [within(index, refused('format', wrong))];
  });
  const controllers = owners.items.filter((owner) => {
    const controller = owner.kind === 'map' ? entryOf(owner, 'controller') : undefined;
    return controller?.kind === 'bool' && controller.value;
  });
  const tooMany = 'Only one owner can be the controller; the API server refuses more.';
  const all = [...each, ...(controllers.length > 1 ? [refused('combination', tooMany)] : [])];
  return all.map((inner) => within('ownerReferences', inner));
}

function ownerError(owner: YamlMap): string | undefined {
  const [apiVersion = '', kind = '', name = '', uid = ''] = ['apiVersion', 'kind', 'name', 'uid'].map(
    (key) => {
      const value = entryOf(owner, key);
      return value?.kind === 'string' ? value.value : '';
    },
  );
  if (!/^(?:[^/]*\/)?[^/]+$/.test(apiVersion))
    return 'An owner has an apiVersion such as v1 or apps/v1; the API server refuses it otherwise.';
  if (kind === '' || name === '' || uid === '')
    return 'An owner has a kind, a name and a uid; the API server refuses it otherwise.';
  if (apiVersion === 'v1' && kind === 'Event')
    return 'An Event cannot be an owner; the API server refuses it.';
  return undefined;
}

function finalizerFindings(metadata: YamlMap): readonly FelixFinding[] {
  const finalizers = entryOf(metadata, 'finalizers');
  if (finalizers?.kind !== 'list') return [];
  const names = finalizers.items.map((item) => (item.kind === 'string' ? item.value : ''));
  const each = names.flatMap((name, index) =>
    isQualifiedName(name)
      ? []
      : [within(index, refused('name', `${quote(name)} is not a name for a finalizer.`))],
  );
  const both = ['orphan', 'foregroundDeletion'].every((name) => names.includes(name));
  const message =
    'The finalizers orphan and foregroundDeletion exclude each other; the API server refuses both.';
  const all = [...each, ...(both ? [refused('combination', message)] : [])];
  return all.map((inner) => within('finalizers', inner));
}

/** Names of annotations, labels and finalizers by the rules of Kubernetes: `[prefix/]name`. */
export function isQualifiedName(name: string): boolean {
  const [prefix, part, ...rest] = name.includes('/') ? name.split('/') : [undefined, name];
  return rest.length === 0 && (prefix === undefined || isDnsSubdomain(prefix)) && isLabelPart(part ?? '');
}

/** A value of a label, or the name of one behind its prefix. */
export function isLabelPart(text: string): boolean {
  return text.length <= 63 && /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(text);
}

function refused(code: FelixFinding['code'], message: string): FelixFinding {
  return finding({ code, verdict: 'refused', message });
}
