/** `bpftool map list -j`: a JSON array of the kernel's maps (bpftool's map.c). */
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
  let best: { readonly version: number; readonly maxEntries: number } | undefined;
  for (const { name, maxEntries } of maps) {
    const version = versionOf(name, pinBase);
    if (version !== undefined && (best === undefined || version > best.version))
      best = { version, maxEntries };
  }
  return best?.maxEntries;
}

const kernelNameLength = 15;

function versionOf(name: string, pinBase: string): number | undefined {
  if (name === pinBase.slice(0, kernelNameLength)) return 1;
  const digits = name.startsWith(pinBase) ? name.slice(pinBase.length) : '';
  return /^\d$/.test(digits) ? Number(digits) : undefined;
}
