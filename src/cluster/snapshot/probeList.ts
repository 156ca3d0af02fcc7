import { join } from 'node:path';
import { field, listField, numberField, textField } from '../../core/objects/object.ts';
import { readMaybePacked } from './files.ts';

/** One entry of a node's `probes.json`: how a probe was asked and how it ended. */
export interface RecordedProbe {
  readonly id: string;
  readonly argv: readonly string[];
  readonly exitCode: number | undefined;
  readonly startedAt: Date | undefined;
  readonly durationMs: number | undefined;
  readonly truncated: boolean;
}

/** What was asked of a node. `undefined` when `probes.json` is missing or damaged: the outputs may be there all the same. */
export async function readProbeList(
  nodeFolder: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RecordedProbe> | undefined> {
  const bytes = await readMaybePacked(join(nodeFolder, 'probes.json'), signal);
  if (bytes === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!Array.isArray(list)) return undefined;
    return new Map(list.map(toProbe).map((probe) => [probe.id, probe]));
  } catch {
    return undefined;
  }
}

function toProbe(entry: unknown): RecordedProbe {
  const startedAt = textField(entry, 'startedAt');
  return {
    id: textField(entry, 'id') ?? '',
    argv: listField(entry, 'argv').filter((word) => typeof word === 'string'),
    exitCode: numberField(entry, 'exitCode'),
    startedAt: startedAt === undefined ? undefined : new Date(startedAt),
    durationMs: numberField(entry, 'durationMs'),
    truncated: field(entry, 'truncated') === true,
  };
}
