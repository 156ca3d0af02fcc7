/** Rules of the host’s own firewall that drop what nodes send each other in VXLAN. */
import { lineEvidence } from '../evidence.ts';
import { advise, type Draft } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { usesVxlan } from './pools.ts';
import { settingOn } from '../settings.ts';
import { nodeSubject } from '../subjects.ts';

/** The rule of each form that drops a port of UDP, with the packets that it has dropped. */
const forms = [
  {
    probe: 'iptables.save',
    rule: /^\[(\d+):\d+\] -A (?!cali-)\S+ .*-p udp .*--dports? ([\d:,]+).* -j (?:DROP|REJECT)\b.*$/gm,
  },
  {
    probe: 'nft.ruleset',
    rule: /^\s+.*\budp dport \{? ?([\d, ]+?) ?\}? .*\b(?:drop|reject)\b.*$/gm,
  },
] as const;

/** The first rule that has dropped packets of VXLAN, in the tables of others than Calico. */
export function closedFirewalls(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  if (!usesVxlan(cluster)) return [];
  const port = Number(settingOn(node, cluster, 'vxlanPort').value ?? '4789');
  for (const { probe, rule } of forms) {
    const text = node.text(probe) ?? '';
    // Hosts have thousands of rules, and hardly any of this port.
    if (!text.includes(String(port))) continue;
    for (const found of text.matchAll(rule)) {
      const packets = packetsOf(found[0]);
      if (packets === 0 || !portsOf(found[0]).includes(port) || isOfCalico(text, found.index)) continue;
      return [toDraft(node, { probe, start: found.index + found[0].search(/\S/), port, packets })];
    }
  }
  return [];
}

function packetsOf(rule: string): number {
  return Number(/^\[(\d+):|\bpackets (\d+) /.exec(rule)?.slice(1).find(Boolean) ?? 0);
}

function portsOf(rule: string): readonly number[] {
  const list = /(?:--dports? |udp dport \{? ?)([\d:, ]+)/.exec(rule)?.[1] ?? '';
  return list.split(',').map((port) => Number(port.trim()));
}

/** Whether a rule of nftables is in a table or chain of Calico’s. */
function isOfCalico(text: string, offset: number): boolean {
  const before = text.slice(0, offset);
  const [table, chain] = ['table ', 'chain '].map((word) => before.slice(before.lastIndexOf(word)));
  const isNft = /^table (?:ip6?|inet) /m.test(before);
  return isNft && (/^table \S+ calico\b/.test(table ?? '') || /^chain (?:\w+-)?cali-/.test(chain ?? ''));
}

interface Closed {
  readonly probe: string;
  readonly start: number;
  readonly port: number;
  readonly packets: number;
}

function toDraft(node: KnownNode, { probe, start, port, packets }: Closed): Draft {
  return {
    severity: 'error',
    subject: nodeSubject(node.name),
    cause: `${port}`,
    title: `The firewall of {nodes} itself drops VXLAN (UDP ${port}): ${packets.toLocaleString('en')} packets so far, and with them what pods of other nodes send to its own.`,
    evidence: [lineEvidence(node, probe, { span: { start }, shows: 'The rule, with what it has dropped.' })],
    fix: advise('Let UDP of this port pass between the nodes, and keep it so after a reboot.'),
  };
}
