/**
 * `profiling e2e`: one bordered table of mean execution times, without a caption (v3.30 and later;
 * felix/cmd/calico-bpf/commands/profiling.go). Reading it deletes the data on the node.
 */
import { linesOf } from '../text/lines.ts';
import type { Problem, Span } from '../text/problem.ts';
import { isBlankOrLog, toDump, type Dump } from './dump.ts';

/** How long the programs of an interface take. */
export interface Profile {
  readonly interface: string;
  /** Policy directions. `New`: the first packet of a flow; `Known`: the packets after it. */
  readonly ingressNew: Timing | undefined;
  readonly ingressKnown: Timing | undefined;
  readonly egressNew: Timing | undefined;
  readonly egressKnown: Timing | undefined;
}

export interface Timing {
  /** Mean, in nanoseconds. */
  readonly nanoseconds: number;
  readonly samples: number;
}

export function parseProfiling(text: string): Dump<Profile> {
  const entries: Profile[] = [];
  const spans: Span[] = [];
  const problems: Problem[] = [];
  for (const span of linesOf(text)) {
    const line = text.slice(span.start, span.end).trim();
    if (isBlankOrLog(text, span, problems) || /^\+[-+]*\+?$/.test(line) || /^\| +IFACE +\|/.test(line))
      continue;
    const profile = line.startsWith('|') ? parseRow(line) : undefined;
    if (profile === undefined) {
      const message = 'expected an interface and four times with their numbers of samples';
      problems.push({ code: 'expected', span, message });
      continue;
    }
    entries.push(profile);
    spans.push(span);
  }
  return toDump(text, 'profiling table', { entries, spans, problems });
}

function parseRow(line: string): Profile | undefined {
  const cells = line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
  const [name = '', ...rest] = cells;
  if (name === '' || rest.length !== 8) return undefined;
  const pairs = [0, 2, 4, 6].map((at): Pair => [rest[at] ?? '', rest[at + 1] ?? '']);
  if (!pairs.every(isTiming)) return undefined;
  const [ingressNew, ingressKnown, egressNew, egressKnown] = pairs.map(toTiming);
  return { interface: name, ingressNew, ingressKnown, egressNew, egressKnown };
}

/** `8123.250 ns` and `12`; `---` for none. */
type Pair = readonly [time: string, samples: string];

function isTiming([time, samples]: Pair): boolean {
  return time === '---' || (/^\d+(?:\.\d+)? ns$/.test(time) && /^\d+$/.test(samples));
}

function toTiming([time, samples]: Pair): Timing | undefined {
  return time === '---' ? undefined : { nanoseconds: Number.parseFloat(time), samples: Number(samples) };
}
