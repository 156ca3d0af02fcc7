import { spellCount } from './drops.ts';
import { lineEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import type { KnownNode } from '../knownNode.ts';

/** Packets of a pod that its policies dropped. */
export interface PolicyDrops {
  readonly interface: string;
  /** `shop/cart-m8t2l` */
  readonly pod: string;
  /** As the pod sees it. */
  readonly direction: 'ingress' | 'egress';
  readonly packets: bigint;
  readonly evidence: Evidence;
}

/** What policies dropped on the workload interfaces of a node; the most first. */
export function policyDrops(node: KnownNode): readonly PolicyDrops[] {
  const dump = node.counters();
  if (dump === undefined) return [];
  const found = dump.entries.flatMap(({ interface: name, counters }, row): readonly PolicyDrops[] => {
    const dropped = counters.find(({ category, type }) => category === 'Dropped' && type === 'by policy');
    const pod = node
      .names()
      .interfaceName(name)
      .find(({ kind }) => kind === 'pod')?.label;
    const span = dump.spans[row];
    if (dropped === undefined || pod === undefined || span === undefined) return [];
    // tc’s egress is towards the pod.
    const sides = [
      { direction: 'ingress', packets: dropped.egress ?? 0n },
      { direction: 'egress', packets: dropped.ingress ?? 0n },
    ] as const;
    return sides
      .filter(({ packets }) => packets > 0n)
      .map(({ direction, packets }) => ({
        interface: name,
        pod,
        direction,
        packets,
        evidence: dropLine(node, name, { start: span.start, packets }),
      }));
  });
  return found.toSorted((a, b) => Number(b.packets - a.packets));
}

/** The row `by policy` of the category Dropped in an interface's table, in text or JSON. */
function dropLine(
  node: KnownNode,
  name: string,
  { start, packets }: { readonly start: number; readonly packets: bigint },
): Evidence {
  const text = node.text('counters.dump') ?? '';
  const dropped = text.indexOf('Dropped', start);
  const row = dropped === -1 ? -1 : text.indexOf('by policy', dropped);
  const shows = `${name}: ${spellCount(packets)} dropped by policy.`;
  return lineEvidence(node, 'counters.dump', { span: { start: row === -1 ? start : row }, shows });
}
