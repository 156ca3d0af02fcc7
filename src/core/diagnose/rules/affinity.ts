import { readDump } from '../../dump/readers.ts';
import type { NatAffinity } from '../../dump/natAffinity.ts';
import type { Dump } from '../../dump/dump.ts';
import { endpointsKey } from '../../facts/endpoints.ts';
import { lineEvidence } from '../evidence.ts';
import { advise, type Draft } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { serviceSubject } from '../subjects.ts';

/** Clients that the affinity of a service holds to a pod that is no endpoint of it any more. */
export function heldToTheDead(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return ['nat.aff', 'nat.aff.v6'].flatMap((probe) => {
    const text = node.text(probe);
    if (text === undefined) return [];
    const dump = readDump(probe, text) as Dump<NatAffinity> | undefined; // What the probe's name promises.
    const held = (dump?.entries ?? []).flatMap((entry, row) => {
      const { frontend, protocol, backend } = entry;
      const service = cluster.surroundings.findService(frontend.address, frontend.port, protocol);
      const known = cluster.surroundings.endpoints.get(endpointsKey(service ?? '', protocol));
      const span = dump?.spans[row];
      const isDead =
        known !== undefined &&
        known.serving.size > 0 &&
        !known.serving.has(`${backend.address} ${backend.port}`);
      return service === undefined || span === undefined || !isDead ? [] : { service, span, backend };
    });
    return [...Map.groupBy(held, ({ service }) => service)].map(([service, all]): Draft => ({
      severity: 'warning',
      subject: serviceSubject(service),
      cause: `affinity ${service}`,
      title: `${all.length === 1 ? 'A client' : `${all.length} clients`} of ${service} on {nodes} ${all.length === 1 ? 'is' : 'are'} held by session affinity to ${all[0]?.backend.address ?? ''}, which is no endpoint of it any more.`,
      evidence: all
        .slice(0, 3)
        .map(({ span }) => lineEvidence(node, probe, { span, shows: 'The entry of the client.' })),
      fix: advise('Felix removes such entries when it writes NAT: see its log on the node.'),
    }));
  });
}
