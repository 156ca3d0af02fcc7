/** Services whose endpoints are not what traffic finds: kept on nodes without one, or gone. */
import { endpointsKey } from '../../facts/endpoints.ts';
import type { NatMap } from '../../facts/natMap.ts';
import { parseIp } from '../../net/address.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { field, listField, textField, type KubernetesObject } from '../../objects/object.ts';
import { lineEvidence } from '../evidence.ts';
import { advise, type Draft } from '../finding.ts';
import { clusterDns } from './forgottenDns.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { serviceSubject } from '../subjects.ts';

/** Services of internalTrafficPolicy Local without an endpoint on a node whose pods may ask them. */
export function withoutLocalEndpoints(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const kept = keptLocal(cluster.objects('services'));
  const clients = cluster.surroundings.book
    .podsOn(node.name)
    .filter(({ phase, isHostNetworked }) => phase === 'Running' && !isHostNetworked);
  if (kept.size === 0 || clients.length === 0) return [];
  const maps = [
    { probe: 'nat.dump', nat: node.nat },
    { probe: 'nat.dump.v6', nat: node.natV6 },
  ];
  return maps.flatMap(({ probe, nat }) =>
    rowsOf(nat, addressesOf(cluster)).flatMap((row): readonly Draft[] => {
      const { address, port, protocol, local, flags } = nat?.entry(row) ?? {};
      if (nat === undefined || address === undefined || port === undefined || protocol === undefined)
        return [];
      if (local !== 0 || flags?.includes('internal-local') !== true) return [];
      const label = cluster.surroundings.findService(address, port, protocol) ?? '';
      const service = kept.get(label.replace(/:.*$/, ''));
      const ready = cluster.surroundings.endpoints.get(endpointsKey(label, protocol))?.ready.size ?? 0;
      if (service === undefined || ready === 0) return [];
      const isDns = service === clusterDns(cluster.objects('services'));
      return [
        {
          // Whether anybody asks is known of DNS alone.
          severity: isDns ? 'warning' : 'information',
          subject: serviceSubject(label),
          cause: service.metadata.name,
          title: `${label.replace(/:.*$/, '')} has no endpoint on {nodes}, and internalTrafficPolicy Local keeps what is sent to it on the node: ${isDns ? 'pods there cannot look up names' : 'whoever asks it from there is refused'}.`,
          evidence: [
            lineEvidence(node, probe, {
              span: nat.placeAt(row),
              shows: 'Its frontend has no local backend.',
            }),
            objectEvidence(cluster, {
              resource: 'services',
              object: service,
              shows: 'The Service.',
              value: 'internalTrafficPolicy: Local',
            }),
          ],
          fix: advise(
            'Run one of its pods on every node (a DaemonSet), or let traffic leave the node.',
            `kubectl -n ${service.metadata.namespace ?? 'default'} patch service ${service.metadata.name} -p '{"spec":{"internalTrafficPolicy":"Cluster"}}'`,
          ),
        },
      ];
    }),
  );
}

/** The frontends at some addresses, by the ids of these. */
function rowsOf(nat: NatMap | undefined, addresses: ReadonlySet<number>): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < (nat?.count ?? 0); row++)
    if (addresses.has(nat?.address.at(row) ?? 0)) rows.push(row);
  return rows;
}

/** The ids of the addresses of services that keep traffic on the node: what else NAT has need not be read in full. */
const addressesOf = indexOnce((cluster: KnownCluster): ReadonlySet<number> => {
  const kept = keptLocal(cluster.objects('services'));
  const own = cluster.surroundings.services.filter(({ namespace, name }) => kept.has(`${namespace}/${name}`));
  const addresses = own.flatMap((service) =>
    service.addresses.flatMap(({ address }) => parseIp(address) ?? []),
  );
  return new Set(addresses.map((address) => cluster.expectedNat.addresses.idOf(address)));
});

const keptLocal = indexOnce(
  (services: readonly KubernetesObject[]) =>
    new Map(
      services
        .filter((service) => textField(service, 'spec', 'internalTrafficPolicy') === 'Local')
        .map((service) => [`${service.metadata.namespace ?? ''}/${service.metadata.name}`, service]),
    ),
);

/** A ready endpoint, by the pod that it names. */
interface PodEndpoint {
  readonly slice: KubernetesObject;
  /** `shop/db` */
  readonly service: string;
  readonly pod: { readonly namespace: string; readonly name: string };
  readonly address: string;
}

const byNode = indexOnce((slices: readonly KubernetesObject[]) =>
  Map.groupBy(
    slices.flatMap((slice) =>
      listField(slice, 'endpoints').flatMap((endpoint): readonly (PodEndpoint & { node: string })[] => {
        const service = slice.metadata.labels?.['kubernetes.io/service-name'];
        const name = textField(endpoint, 'targetRef', 'name');
        const node = textField(endpoint, 'nodeName');
        const isReady = field(endpoint, 'conditions', 'ready') !== false;
        if (textField(endpoint, 'targetRef', 'kind') !== 'Pod' || !isReady) return [];
        if (service === undefined || name === undefined || node === undefined) return [];
        const namespace = slice.metadata.namespace ?? '';
        return listField(endpoint, 'addresses').flatMap((address) =>
          typeof address === 'string'
            ? { slice, service: `${namespace}/${service}`, pod: { namespace, name }, address, node }
            : [],
        );
      }),
    ),
    ({ node }) => node,
  ),
);

/** Endpoints whose pod is gone, for Kubernetes and for the node that had it: nobody takes them out. */
export function goneEndpoints(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const own = byNode(cluster.objects('endpointslices.discovery.k8s.io')).get(node.name) ?? [];
  const ended = own.flatMap((endpoint) => endedEndpoint(endpoint, cluster));
  const gone = own.filter(({ pod }) => findObject(cluster, 'pods', pod.name, pod.namespace) === undefined);
  if (gone.length === 0) return ended;
  const routes = new Set<string>(
    [...(node.routes()?.entries ?? []), ...(node.routesV6()?.entries ?? [])].map(({ dest }) => dest),
  );
  // Without routes to pods the node has another network than Calico’s.
  if (routes.size === 0) return ended;
  const lost = gone.flatMap(({ slice, service, pod, address }): readonly Draft[] => {
    if (routes.has(`${address}/${address.includes(':') ? 128 : 32}`)) return [];
    return [
      {
        severity: 'error',
        subject: serviceSubject(`${service}:`),
        cause: `${service} ${address}`,
        title: `${service} still has the endpoint ${address} of ${pod.namespace}/${pod.name}, a pod that is gone for Kubernetes and for Calico on {nodes}: connections that are sent there fail.`,
        evidence: [
          objectEvidence(cluster, {
            resource: 'endpointslices.discovery.k8s.io',
            object: slice,
            shows: 'The endpoint, which is called ready.',
            value: `${address} ${pod.name}`,
          }),
        ],
        fix: advise(
          'kube-controller-manager takes such endpoints out: see whether it runs, and its log.',
          'kubectl -n kube-system get pods -l component=kube-controller-manager',
        ),
      },
    ];
  });
  return [...ended, ...lost];
}

/** An endpoint that is called ready, of a pod that Kubernetes says has ended. */
function endedEndpoint(
  { slice, service, pod, address }: PodEndpoint,
  cluster: KnownCluster,
): readonly Draft[] {
  const object = findObject(cluster, 'pods', pod.name, pod.namespace);
  const phase = textField(object, 'status', 'phase');
  if (object === undefined || (phase !== 'Failed' && phase !== 'Succeeded')) return [];
  return [
    {
      severity: 'error',
      subject: serviceSubject(`${service}:`),
      cause: `${service} ${address} ${phase}`,
      title: `The EndpointSlice of ${service} calls ${address} of ${pod.namespace}/${pod.name} ready, and the pod is ${phase}: connections that are sent there fail.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'endpointslices.discovery.k8s.io',
          object: slice,
          shows: 'What the EndpointSlice says.',
          value: `${address} ${pod.name}: ready`,
        }),
        objectEvidence(cluster, {
          resource: 'pods',
          object,
          shows: 'What the pod says.',
          value: `phase: ${phase}`,
        }),
      ],
      fix: advise(
        'kube-controller-manager takes such endpoints out, unless somebody else writes the slice: see its log, and who manages the slice.',
        'kubectl -n kube-system get pods -l component=kube-controller-manager',
      ),
    },
  ];
}
