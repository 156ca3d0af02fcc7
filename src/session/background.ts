import { openSummary, type DumpSummary } from '../core/columns/summaryStream.ts';
import type { MapId } from '../core/probes.ts';

export interface SummaryRequest {
  readonly map: MapId;
  readonly probe: string;
  readonly bytes: Uint8Array;
}

/** Reads dumps that are too long to be read while others wait. */
export interface Background {
  /** `undefined` where nobody reads what the probe prints. */
  summarize(request: SummaryRequest, signal: AbortSignal): Promise<DumpSummary | undefined>;
}

/** Longer dumps are read in the background. */
export const backgroundSize = 1024 * 1024;

/** Reads in the thread that asks, at once: for programs in which nobody waits for something else. */
export const foreground: Background = {
  summarize: ({ map, probe, bytes }) => {
    const stream = openSummary(map, probe);
    stream.push(bytes);
    return Promise.resolve(stream.end());
  },
};
