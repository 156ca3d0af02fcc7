import { basename, join } from 'node:path';
import { ClusterError } from '../cluster.ts';
import { listField, textField, type KubernetesObject } from '../../core/objects/object.ts';
import { readMaybePacked } from './files.ts';

/** The objects of a resource as `objects/<plural>.<group>.json` holds them. */
export async function readObjects(
  folder: string,
  resource: string,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const path = join(folder, 'objects', `${basename(resource)}.json`);
  const bytes = await readMaybePacked(path, signal);
  if (bytes === undefined) {
    throw new ClusterError(
      'not-recorded',
      `The snapshot holds no ${resource}: objects/${resource}.json is missing.`,
    );
  }
  try {
    const list: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return listField(list, 'items').filter(isObject);
  } catch (error) {
    throw new ClusterError('unreadable', `${path} is not JSON. The snapshot is damaged.`, { cause: error });
  }
}

function isObject(item: unknown): item is KubernetesObject {
  return textField(item, 'metadata', 'name') !== undefined;
}
