import { lineEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import type { KnownNode } from '../knownNode.ts';

/** Packets that Calico’s programs dropped on an interface, for one reason. */
export interface Drops {
  readonly interface: string;
  readonly reason: string;
  readonly packets: bigint;
  /** All packets that its programs saw. */
  readonly total: bigint;
  readonly evidence: Evidence;
}

/** What was dropped on a node, by interface and reason. */
export function dropsOf(node: KnownNode): readonly Drops[] {
  const dump = node.counters();
  if (dump === undefined) return [];
  return dump.entries.flatMap(({ interface: name, counters }, row) => {
    const span = dump.spans[row];
    const sum = (each: (typeof counters)[number]) =>
      (each.ingress ?? 0n) + (each.egress ?? 0n) + (each.xdp ?? 0n);
    const total = counters
      .filter(({ category }) => category === 'Total')
      .reduce((all, each) => all + sum(each), 0n);
    return counters.flatMap((each): readonly Drops[] => {
      const packets = sum(each);
      if (each.category !== 'Dropped' || packets === 0n || span === undefined) return [];
      const evidence = dropEvidence(node, name, { reason: each.type, start: span.start, packets });
      return [{ interface: name, reason: each.type, packets, total, evidence }];
    });
  });
}

/** The row of a reason in an interface’s table; its text may be wrapped. */
function dropEvidence(
  node: KnownNode,
  name: string,
  { reason, start, packets }: { readonly reason: string; readonly start: number; readonly packets: bigint },
): Evidence {
  const text = node.text('counters.dump') ?? '';
  const dropped = text.indexOf('Dropped', start);
  const row = dropped === -1 ? -1 : text.indexOf(firstLine(reason), dropped);
  const shows = `${name}: ${spellCount(packets)} dropped, ${reason}.`;
  return lineEvidence(node, 'counters.dump', { span: { start: row === -1 ? start : row }, shows });
}

/** Through v3.32 the tables wrap texts at 30 characters. */
function firstLine(reason: string): string {
  const words = reason.split(' ');
  let line = words.shift() ?? '';
  for (const word of words) {
    if (line.length + 1 + word.length > 30) break;
    line += ` ${word}`;
  }
  return line;
}

/** `1 packet`, `1,234 packets` */
export function spellCount(packets: bigint): string {
  return packets === 1n ? '1 packet' : `${counted.format(packets)} packets`;
}

const counted = new Intl.NumberFormat('en');

/** ` (12.5 % of all)`; empty for next to nothing. */
export function spellShare({ packets, total }: Pick<Drops, 'packets' | 'total'>): string {
  // Both are counted while packets go on.
  const share = total === 0n ? 0 : Math.min(100, Number((packets * 1000n) / total) / 10);
  return share >= 0.1 ? ` (${share} % of all)` : '';
}
