import { textField, type KubernetesObject } from '../../objects/object.ts';
import { viaProxy } from '../../names/objects.ts';
import { advise, listSome, type Draft } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import { kubeProxyOn } from './kubeProxyPods.ts';
import type { NodeDigest } from '../knownNode.ts';
import { nodeSubject, serviceSubject } from '../subjects.ts';

/**
 * Where clients from outside lose their address on the way to pods. Calico’s programs keep it, by whichever node they
 * come; kube-proxy replaces it unless externalTrafficPolicy is Local, and so does a load balancer that is a proxy.
 */
export function lostClients(cluster: KnownCluster, nodes: readonly NodeDigest[]): readonly Draft[] {
  const services = cluster.objects('services').filter(isOpen);
  return [...byKubeProxy(cluster, nodes, services), ...byProxies(cluster)];
}

function isOpen(service: KubernetesObject): boolean {
  const type = textField(service, 'spec', 'type');
  const policy = textField(service, 'spec', 'externalTrafficPolicy') ?? 'Cluster';
  return (type === 'NodePort' || type === 'LoadBalancer') && policy === 'Cluster';
}

function byKubeProxy(
  cluster: KnownCluster,
  nodes: readonly NodeDigest[],
  services: readonly KubernetesObject[],
): readonly Draft[] {
  const names = services.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  const off = nodes.filter(({ ebpf, agent }) => ebpf.state === 'off' && agent.kind !== 'windows');
  if (names.length === 0 || off.length === nodes.length) return [];
  return off.flatMap(({ name }): readonly Draft[] => {
    const object = kubeProxyOn(name, cluster);
    if (object === undefined) return [];
    return [
      {
        severity: 'information',
        subject: nodeSubject(name),
        cause: 'kube-proxy',
        title: `Clients from outside that come by {nodes} lose their address on the way to ${listSome(names, 'Services')}, since kube-proxy replaces it there; by nodes that run eBPF they keep it.`,
        evidence: [
          objectEvidence(cluster, {
            resource: 'pods',
            object,
            shows: 'A node without eBPF, whose Services kube-proxy serves.',
            value: object.metadata.name,
          }),
        ],
        fix: advise('Run eBPF on all nodes; until then let load balancers leave these nodes out.'),
      },
    ];
  });
}

function byProxies(cluster: KnownCluster): readonly Draft[] {
  return cluster.surroundings.services.flatMap(({ namespace, name, addresses }): readonly Draft[] => {
    const proxied = addresses.find(({ how }) => how === viaProxy);
    const object = findObject(cluster, 'services', name, namespace);
    if (proxied === undefined || object === undefined) return [];
    return [
      {
        severity: 'information',
        subject: serviceSubject(`${namespace}/${name}:`),
        cause: `proxy ${namespace}/${name}`,
        title: `The load balancer of ${namespace}/${name} is a proxy: its pods see its address in place of the client’s, unless it sends that along (PROXY protocol, X-Forwarded-For).`,
        evidence: [
          objectEvidence(cluster, {
            resource: 'services',
            object,
            shows: 'What the load balancer says of itself.',
            value: `ip: ${proxied.address}, ipMode: Proxy`,
          }),
        ],
        fix: advise('Nothing, unless the pods or their policies go by the address of the client.'),
      },
    ];
  });
}
