/** `bpftool map list -j`: a JSON array of the kernel's maps (bpftool's map.c). */
import { indexOnce } from '../objects/indexOnce.ts';
import { listField, numberField, textField } from '../objects/object.ts';

export interface BpfMap {
  readonly id: number;
  /** The kernel keeps 15 characters of a name. */
  readonly name: string;
  readonly type: string;
  readonly maxEntries: number;
}

/** Reads the list; empty when the text is none. */
export function parseBpftoolMaps(text: string): readonly BpfMap[] {
  let list: unknown;
  try {
    list = { maps: JSON.parse(text) as unknown };
  } catch {
    return [];
  }
  return listField(list, 'maps').flatMap((entry) => {
    const id = numberField(entry, 'id');
    const maxEntries = numberField(entry, 'max_entries');
    if (id === undefined || maxEntries === undefined) return [];
    return [{ id, name: textField(entry, 'name') ?? '', type: textField(entry, 'type') ?? '', maxEntries }];
  });
}

/**
 * How many entries the map with a pinned name can hold. The name on the node has a version digit after the base
 * (felix/bpf/maps/maps.go, `VersionedName`); of several versions the newest counts.
 */
export function findCapacity(maps: readonly BpfMap[], pinBase: string): number | undefined {
  const byName = capacities(maps);
  for (let version = 9; version > 0; version--) {
    const capacity = byName.get(`${pinBase}${version}`);
    if (capacity !== undefined) return capacity;
  }
  return byName.get(pinBase.slice(0, kernelNameLength));
}

const kernelNameLength = 15;

const capacities = indexOnce(
  (maps: readonly BpfMap[]) => new Map(maps.toReversed().map(({ name, maxEntries }) => [name, maxEntries])),
);
