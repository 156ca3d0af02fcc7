/** Addresses of load balancers that a host holds itself (kube-vip, keepalived) though nobody there answers for them. */
import { endpointsKey } from '../../facts/endpoints.ts';
import { portLabel } from '../../names/identities.ts';
import type { ServiceFacts } from '../../names/objects.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { textField } from '../../objects/object.ts';
import { valueEvidence } from '../evidence.ts';
import { advise, listSome, type Draft } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { serviceSubject } from '../subjects.ts';

/** A Service of externalTrafficPolicy Local whose address came to a node without a pod of it. */
export function heldWithoutPods(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const kept = keptOutside(cluster);
  if (kept.size === 0) return [];
  // On a device without a wire the address is announced by routing, which asks for local pods.
  const virtual = new Set(node.links().flatMap(({ name, kind }) => (kind === 'dummy' ? name : [])));
  const held = node
    .kernelRoutes()
    .filter(
      ({ type, destination, device = '' }) =>
        type === 'local' && kept.has(destination) && device !== 'lo' && !virtual.has(device),
    );
  return held.flatMap(({ destination, device = '', line }): readonly Draft[] => {
    const service = kept.get(destination);
    const homes = service === undefined ? [] : homesOf(service, cluster);
    if (service === undefined || homes.length === 0 || homes.includes(node.name)) return [];
    const { namespace, name } = service;
    const object = findObject(cluster, 'services', name, namespace);
    return [
      {
        severity: 'error',
        subject: serviceSubject(`${namespace}/${name}:`),
        cause: `${namespace}/${name} ${destination}`,
        title: `The address ${destination} of ${namespace}/${name} is on ${device} of {nodes}, which has no pod of it, and externalTrafficPolicy Local keeps traffic there: clients from outside get no answer. Its pods run on ${listSome(homes, 'nodes')}.`,
        evidence: [
          valueEvidence(node, 'ip.route', {
            value: `local ${destination} dev ${device}`,
            shows: 'The host holds the address.',
            line,
          }),
          ...(object === undefined
            ? []
            : [
                objectEvidence(cluster, {
                  resource: 'services',
                  object,
                  shows: 'The Service.',
                  value: 'externalTrafficPolicy: Local',
                }),
              ]),
        ],
        fix: advise(
          'Let the address follow the pods (kube-vip: an election for each Service), run a pod on every node, or use Cluster: Calico’s eBPF programs keep the address of the client all the same.',
          `kubectl -n ${namespace} patch service ${name} -p '{"spec":{"externalTrafficPolicy":"Cluster"}}'`,
        ),
      },
    ];
  });
}

/** By address, the Services whose traffic from outside stays on the node that it comes to. */
const keptOutside = indexOnce((cluster: KnownCluster): ReadonlyMap<string, ServiceFacts> => {
  const found = new Map<string, ServiceFacts>();
  for (const service of cluster.surroundings.services) {
    const outside = service.addresses.filter(
      ({ how }) => how === 'external IP' || how === 'load-balancer IP',
    );
    if (outside.length === 0) continue;
    const object = findObject(cluster, 'services', service.name, service.namespace);
    if (textField(object, 'spec', 'externalTrafficPolicy') !== 'Local') continue;
    for (const { address } of outside) found.set(address, service);
  }
  return found;
});

/** The nodes that have a ready pod of a Service. */
function homesOf({ ports }: ServiceFacts, { surroundings }: KnownCluster): readonly string[] {
  const homes = ports.flatMap((port) => {
    const label = portLabel({ ...port, portName: port.name });
    const ready = surroundings.endpoints.get(endpointsKey(label, port.protocol))?.ready ?? [];
    return [...ready].flatMap((each) =>
      surroundings.book.podsAt(each.split(' ')[0] ?? '').flatMap(({ node }) => node ?? []),
    );
  });
  return [...new Set(homes)];
}
