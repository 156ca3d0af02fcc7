import type { JudgedSummary } from '../core/table/summaryStream.ts';
import { judgedObjects, type KnownObjects } from '../core/facts/known.ts';
import type { MapId } from '../core/probes.ts';
import type { Printed } from '../core/text/printed.ts';
import type { TableThread } from './protocol.ts';

interface Dump {
  readonly map: MapId;
  readonly probe: string;
  readonly output: Printed;
  /** What its facts follow from. */
  readonly known: KnownObjects;
}

/** Sums up and judges the dump of a map in a thread of its own; nobody waits here for longer than a piece takes to read. */
export async function sumInThread(
  startThread: () => TableThread,
  { map, probe, output, known }: Dump,
  signal: AbortSignal,
): Promise<JudgedSummary | undefined> {
  const thread = startThread();
  try {
    await thread.call('begin', { side: 0, probe, map });
    for await (const bytes of output.pieces()) {
      await thread.call('push', { side: 0, bytes });
      signal.throwIfAborted();
    }
    for (const some of judgedObjects(known.objects)) {
      await thread.call('know', some);
      signal.throwIfAborted();
    }
    return await thread.call('sum', { node: known.node });
  } finally {
    thread.dispose();
  }
}
