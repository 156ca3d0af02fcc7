import { lookAround, type KnownObjects } from '../core/facts/known.ts';
import { judgeSummary, openSummary, type JudgedSummary } from '../core/table/summaryStream.ts';
import type { MapId } from '../core/probes.ts';
import type { Printed } from '../core/text/printed.ts';

export interface SummaryRequest {
  readonly map: MapId;
  readonly probe: string;
  readonly output: Printed;
  /** What its facts follow from. */
  readonly known: KnownObjects;
}

/** Reads dumps that are too long to be read while others wait. */
export interface Background {
  /** `undefined` where nobody reads what the probe prints. */
  summarize(request: SummaryRequest, signal: AbortSignal): Promise<JudgedSummary | undefined>;
}

/** Longer dumps are read in the background. */
export const backgroundSize = 1024 * 1024;

/** Reads in the thread that asks: for programs in which nobody waits for something else. */
export const foreground: Background = {
  async summarize({ map, probe, output, known }) {
    const stream = openSummary(map, probe);
    for await (const bytes of output.pieces()) stream.push(bytes);
    return judgeSummary(stream, () => lookAround(known));
  },
};
