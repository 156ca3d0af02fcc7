import type { JudgedSummary } from '../core/table/summaryStream.ts';
import { judgedObjects, type KnownObjects } from '../core/facts/known.ts';
import type { MapId } from '../core/probes.ts';
import type { TableThread } from './protocol.ts';

/** So many bytes are copied at a time, which takes well below a millisecond. */
const pieceSize = 512 * 1024;

interface Dump {
  readonly map: MapId;
  readonly probe: string;
  readonly bytes: Uint8Array;
  /** What its facts follow from. */
  readonly known: KnownObjects;
}

/** Sums up and judges the dump of a map in a thread of its own; nobody waits here for longer than a piece takes to copy. */
export async function sumInThread(
  startThread: () => TableThread,
  { map, probe, bytes, known }: Dump,
  signal: AbortSignal,
): Promise<JudgedSummary | undefined> {
  const thread = startThread();
  try {
    await thread.call('begin', { side: 0, probe, map });
    for (let at = 0; at < bytes.length; at += pieceSize) {
      const piece = new Uint8Array(bytes.subarray(at, at + pieceSize));
      await thread.call('push', { side: 0, bytes: piece });
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
