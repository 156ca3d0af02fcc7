/** Rules of kube-proxy that somebody has written since eBPF runs: there is one that no pod tells of. */
import { parseIp } from '../../net/address.ts';
import { textField } from '../../objects/object.ts';
import { valueEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';

const target = /-A KUBE-SEP-\S+ .*--to-destination (\[[\da-f:]+\]|[\d.]+):\d+/g;

/** kube-proxy may have been switched off so long after Felix began; milliseconds. */
const handover = 600_000;

/** A rule to a pod that is younger than eBPF on the node, where all rules lead to pods that are there. */
export function writtenSince(node: KnownNode, probe: string, cluster: KnownCluster): readonly Evidence[] {
  const began = Date.parse(
    `${/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.exec(node.currentLog()?.text ?? '')?.[0].replace(' ', 'T') ?? ''}Z`,
  );
  const { book } = cluster.surroundings;
  const addresses = new Set(
    [...(node.text(probe) ?? '').matchAll(target)].map(([, address = '']) =>
      address.replaceAll(/[[\]]/g, ''),
    ),
  );
  const pods = [...addresses].map((address) => {
    const ip = parseIp(address);
    return { address, pod: ip === undefined ? undefined : book.podsAt(ip)[0] };
  });
  if (Number.isNaN(began) || pods.some(({ pod }) => pod === undefined)) return [];
  for (const { address, pod } of pods) {
    const object = pod && findObject(cluster, 'pods', pod.name, pod.namespace);
    const started =
      textField(object, 'status', 'startTime') ?? textField(object, 'metadata', 'creationTimestamp') ?? '';
    if (object === undefined || !(Date.parse(started) - began > handover)) continue;
    return [
      valueEvidence(node, probe, {
        value: `--to-destination ${address}`,
        shows: 'A rule that leads to the pod.',
      }),
      objectEvidence(cluster, {
        resource: 'pods',
        object,
        shows: 'When the pod was started.',
        value: `startTime: ${started}`,
      }),
      valueEvidence(node, 'felix.log', {
        value: new Date(began).toISOString(),
        shows: 'When Felix started eBPF.',
      }),
    ];
  }
  return [];
}
