import type { Problem } from '../text/problem.ts';

/**
 * What it means that a probe printed nothing; `undefined` of a text in which something stands. Most commands print
 * nothing for an empty map; the others have headings, or a line that says so (recorded on v3.28.5 to master).
 */
export function judgeBlank(probe: string, text: string): Problem | undefined {
  const isJson = probe.endsWith('.json');
  if (text.trim() !== '' || (text !== '' && !isJson && isOf(probe, 'nat.aff'))) return undefined;
  const span = { start: 0, end: 0 };
  const isPolicy = isOf(probe, 'policy.dump');
  if (!isPolicy && (isJson || wordy.some((start) => isOf(probe, start)))) {
    const message =
      'This is empty: the command always prints something, so it failed, or its output was lost.';
    return { code: 'foreign', span, message };
  }
  const meaning = isPolicy ? 'there is no policy program to show' : 'the map has no entries';
  return {
    code: 'empty',
    span,
    message: `This is empty: ${meaning}, the command failed, or its output was lost.`,
  };
}

/** How a dump that comes in pieces begins, as far as it takes to tell whether there is anything in it. */
export class Beginning {
  text = '';

  /** Takes the next piece. */
  see(bytes: Uint8Array): void {
    if (this.text.trim() === '') this.text = new TextDecoder().decode(bytes.subarray(0, headSize));
  }
}

const headSize = 4096;

/** What prints something in any case; of NAT affinity at least a line feed. */
const wordy = ['conntrack.stats', 'counters.dump', 'ipsets.dump', 'nat.aff', 'profiling.e2e', 'version'];

function isOf(probe: string, start: string): boolean {
  return probe === start || probe.startsWith(`${start}.`);
}
