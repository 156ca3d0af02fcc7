/** Nodes on which nobody serves Services: eBPF is off by configuration, and kube-proxy did not come back. */
import { valueEvidence } from '../evidence.ts';
import { configure, patchFelix, type Draft } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { kubeProxyOn } from './kubeProxyPods.ts';
import { fromObjects, isOn, settingEvidence } from '../settings.ts';
import { nodeSubject } from '../subjects.ts';

const key = 'bpfEnabled';

/** What serves Services with rules, and what does it without any. */
const proxies = /KUBE-SVC-|KUBE-SERVICES|\bkube-proxy\b|\bcilium/i;

/** A node that does not run eBPF since it is off for all, without the rules of anybody else for Services. */
export function unserved(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const setting = fromObjects(node.name, cluster, key);
  // An exception for a node is told beside the nodes that run eBPF.
  if (setting === undefined || isOn(setting) || setting.source !== 'FelixConfiguration default') return [];
  if (node.facts().ebpf.state !== 'off' || kubeProxyOn(node.name, cluster) !== undefined) return [];
  const rules = ['iptables.save', 'nft.ruleset'].map((probe) => node.text(probe));
  const [iptables] = rules;
  if (iptables === undefined || rules.some((text) => proxies.test(text ?? ''))) return [];
  const names = node.links().map(({ name }) => name);
  if (names.length === 0 || names.some((name) => name === 'kube-ipvs0' || name.startsWith('cilium')))
    return [];
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: 'unserved',
      title: `Nobody serves Services on {nodes}: ${setting.source} sets ${key} to false, no kube-proxy runs there, and no rules of one are there.`,
      evidence: [
        ...settingEvidence(cluster, key, setting),
        valueEvidence(node, 'iptables.save', {
          value: 'no chain KUBE-SERVICES',
          shows: 'The rules of the node.',
        }),
      ],
      fix: configure('Turn eBPF on again, or bring kube-proxy back.', patchFelix(key, true)),
    },
  ];
}
