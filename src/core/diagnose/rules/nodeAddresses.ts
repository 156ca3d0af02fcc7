/** The addresses that Calico has for nodes, beside those that the nodes have. */
import { isIpv4, parseIp, withoutLength } from '../../net/address.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { listField, textField, type KubernetesObject } from '../../objects/object.ts';
import { valueEvidence } from '../evidence.ts';
import { advise, configure, patchFelix, type Draft } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { interfaceSubject, nodeSubject } from '../subjects.ts';
import { defaultRoute } from '../system.ts';

const annotations = ['projectcalico.org/IPv4Address', 'projectcalico.org/IPv6Address'] as const;

/** The node that has an address, by Calico or by its kubelet. */
export function nodeAt(cluster: KnownCluster, address: string): string | undefined {
  return nodesByAddress(cluster.objects('nodes')).get(address);
}

const nodesByAddress = indexOnce(
  (nodes: readonly KubernetesObject[]) =>
    new Map(
      nodes.flatMap((node) => addressesOf(node).map((address) => [address, node.metadata.name] as const)),
    ),
);

/** Calico’s addresses of a node and those that the kubelet gave it, in their shortest form. */
export function addressesOf(node: KubernetesObject): readonly string[] {
  const given = listField(node, 'status', 'addresses').flatMap((each) => textField(each, 'address') ?? []);
  return [...calicoAddresses(node).map(({ address }) => address), ...given.map(canonical)];
}

interface CalicoAddress {
  readonly annotation: string;
  readonly address: string;
}

function calicoAddresses({ metadata }: KubernetesObject): readonly CalicoAddress[] {
  return annotations.flatMap((annotation) => {
    const cidr = metadata.annotations?.[annotation];
    return cidr === undefined ? [] : { annotation, address: canonical(withoutLength(cidr)) };
  });
}

function canonical(address: string): string {
  return parseIp(address) ?? address;
}

/** The addresses of a node by the kernel’s table of local routes, each with its interface. */
function localAddresses(node: KnownNode): ReadonlyMap<string, string> {
  return new Map(
    node
      .kernelRoutes()
      .flatMap(({ type, destination, device }) =>
        type === 'local' && device !== undefined ? ([[canonical(destination), device]] as const) : [],
      ),
  );
}

/** Calico’s address of a node that no interface of it has any more: others send to nobody. */
export function lostAddress(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const object = findObject(cluster, 'nodes', node.name);
  const local = localAddresses(node);
  const uplink = defaultRoute(node.kernelRoutes())?.device;
  return (object === undefined ? [] : calicoAddresses(object)).flatMap(
    ({ annotation, address }): readonly Draft[] => {
      const own = [...local].filter(
        ([each, device]) => isIpv4(each) === isIpv4(address) && device === uplink,
      );
      // Where no address of the family is seen, the table was not printed.
      if (object === undefined || local.has(address) || own.length === 0) return [];
      // Nodes that have one address in common have a finding of their own.
      const owners = cluster.objects('nodes').filter((each) => addressesOf(each).includes(address));
      if (owners.length > 1) return [];
      return [
        {
          severity: 'error',
          subject: nodeSubject(node.name),
          cause: `${annotation} ${address}`,
          title: `Calico has ${address} for {nodes}, and no interface there has this address (${uplink ?? 'the card'} has ${own[0]?.[0] ?? ''}): what other nodes send to its pods is lost.`,
          evidence: [
            objectEvidence(cluster, {
              resource: 'nodes',
              object,
              shows: 'What Calico found when it started.',
              value: `${annotation}: ${address}`,
            }),
            valueEvidence(node, 'ip.route', {
              value: own.map(([each, device]) => `local ${each} dev ${device}`).join(', '),
              shows: 'The addresses of the node.',
            }),
          ],
          fix: advise(
            'The address of the node has changed. calico-node looks for it when it starts, and while it runs where IP_AUTODETECTION is on.',
            `kubectl -n calico-system delete pod -l k8s-app=calico-node --field-selector spec.nodeName=${node.name}`,
          ),
        },
      ];
    },
  );
}

/** Calico’s address of a node on an interface without programs, beside that of the default route. */
export function bareAddress(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const object = findObject(cluster, 'nodes', node.name);
  const local = localAddresses(node);
  const uplink = defaultRoute(node.kernelRoutes())?.device;
  const found = (object === undefined ? [] : calicoAddresses(object)).flatMap(({ annotation, address }) => {
    const device = local.get(address);
    const state = node.ifstate()?.entries.find(({ name }) => name === device?.slice(0, 15));
    // An address on `lo` or a dummy is announced by routing, and is nobody’s card.
    const isVirtual = node.links().some(({ name, kind }) => name === device && kind === 'dummy');
    const isBare = state === undefined || state.flags.includes('notmanaged');
    return device === undefined || device === uplink || device === 'lo' || isVirtual || !isBare
      ? []
      : { annotation, address, device };
  });
  return found.slice(0, 1).map(({ annotation, address, device }): Draft => ({
    severity: 'error',
    subject: interfaceSubject(device, node.name),
    cause: device,
    title: `Calico’s address of {nodes} is on ${device}, which has no programs: what other nodes forward there for NodePorts and load balancers is lost.`,
    evidence: [
      valueEvidence(node, 'ip.route', {
        value: `local ${address} dev ${device}`,
        shows: `${annotation} of the node is the address of ${device}.`,
      }),
      valueEvidence(node, 'ifstate.dump', {
        value: `${device}: ${node.ifstate()?.entries.some(({ name }) => name === device.slice(0, 15)) === true ? 'notmanaged' : 'no entry'}`,
        shows: `What Calico’s programs know of ${device}.`,
      }),
    ],
    fix: configure(
      `Make the pattern match ${device}, too, or have Calico take another card’s address (IP_AUTODETECTION_METHOD, nodeAddressAutodetection of the Installation).`,
      patchFelix('bpfDataIfacePattern', `^(${[uplink, device].join('|')})$`),
    ),
  }));
}
