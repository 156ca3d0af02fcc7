/** What is contradictory in how Calico was installed. */
import { isAgent } from '../../nodes/agent.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { field, listField, textField, type KubernetesObject } from '../../objects/object.ts';
import { advise, configure, patchFelix, type Draft } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode, NodeDigest } from '../knownNode.ts';
import { isSettled } from './starting.ts';
import { keySubject, nodeSubject } from '../subjects.ts';

/** The calico-node pods of each node that run and are not about to end. */
const agentsByNode = indexOnce((pods: readonly KubernetesObject[]) =>
  Map.groupBy(
    pods.filter(
      (pod) =>
        isAgent(pod) &&
        pod.metadata['deletionTimestamp'] === undefined &&
        textField(pod, 'status', 'phase') === 'Running',
    ),
    (pod) => textField(pod, 'spec', 'nodeName'),
  ),
);

/** Two calico-node pods on one node, of two installations: each undoes what the other does. */
export function twoAgents(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const pods = agentsByNode(cluster.objects('pods')).get(node.name) ?? [];
  const namespaces = [...new Set(pods.map(({ metadata }) => metadata.namespace ?? ''))].toSorted();
  if (namespaces.length < 2) return [];
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: namespaces.join(' '),
      title: `Two calico-node pods run on {nodes}, of namespaces ${namespaces.join(' and ')}: each replaces the programs and maps of the other.`,
      evidence: pods.map((object) =>
        objectEvidence(cluster, {
          resource: 'pods',
          object,
          shows: 'One of them.',
          value: `${object.metadata.namespace ?? ''}/${object.metadata.name}`,
        }),
      ),
      fix: advise(
        'Calico was installed by manifest and by operator. Keep one of the two: finish the migration, which removes the DaemonSet in kube-system.',
        'kubectl -n kube-system get daemonset calico-node',
      ),
    },
  ];
}

/** A node whose network Kubernetes calls unavailable: new pods are kept from it. */
export function unavailableNetwork(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const object = findObject(cluster, 'nodes', node.name);
  const condition = listField(object, 'status', 'conditions').find(
    (each) => textField(each, 'type') === 'NetworkUnavailable',
  );
  if (object === undefined || textField(condition, 'status') !== 'True') return [];
  if (!isSettled(node.name, cluster)) return [];
  const reason = textField(condition, 'reason') ?? 'no reason given';
  return [
    {
      severity: 'warning',
      subject: nodeSubject(node.name),
      cause: reason,
      title: `Kubernetes takes the network of {nodes} for unavailable (${reason}), though calico-node runs there: no new pods are placed on it.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'nodes',
          object,
          shows: 'The condition of the node.',
          value: `NetworkUnavailable: True, ${reason} ${textField(condition, 'message') ?? ''}`.trim(),
        }),
      ],
      fix: advise(
        'calico-node clears the condition when it starts, unless it may not patch nodes/status or a cloud controller sets it anew (it waits for routes that Calico does not need: --configure-cloud-routes=false).',
      ),
    },
  ];
}

/** A node may be away so long before anybody should look for it; milliseconds. */
const patience = 600_000;

/** A node that the kubelet calls not ready: for want of the network plugin, or for long. */
export function notReady(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const object = findObject(cluster, 'nodes', node.name);
  const condition = listField(object, 'status', 'conditions').find(
    (each) => textField(each, 'type') === 'Ready',
  );
  const status = textField(condition, 'status');
  if (object === undefined || condition === undefined || status === 'True') return [];
  const message = textField(condition, 'message') ?? '';
  const isPlugin = /cni|NetworkPluginNotReady/i.test(message);
  const since = Date.parse(textField(condition, 'lastTransitionTime') ?? '');
  const isLong = cluster.time !== undefined && Date.parse(cluster.time) - since > patience;
  if (!isLong || !isSettled(node.name, cluster)) return [];
  const reason = textField(condition, 'reason') ?? 'no reason given';
  return [
    {
      severity: isPlugin ? 'error' : 'warning',
      subject: nodeSubject(node.name),
      cause: `${String(isPlugin)} ${reason}`,
      title: isPlugin
        ? '{nodes} finds no network plugin, though calico-node runs there: new pods do not start.'
        : `Kubernetes calls {nodes} not ready (${reason}), though calico-node is there: its pods are taken out of Services, and no new ones are placed on it.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'nodes',
          object,
          shows: 'The condition of the node.',
          value: `Ready: ${status ?? ''}, ${reason} ${message}`.trim(),
        }),
      ],
      fix: isPlugin
        ? advise(
            'See the init container install-cni of calico-node, and whether /etc/cni/net.d and /opt/cni/bin are where the kubelet’s runtime looks.',
          )
        : advise(
            'See the kubelet of the node, and whether it reaches the API server.',
            'journalctl -u kubelet',
          ),
    },
  ];
}

/** The operator is asked for another dataplane than the one that nodes run, or than Felix is asked for. */
export function otherDataplane(cluster: KnownCluster, nodes: readonly NodeDigest[]): readonly Draft[] {
  const resource = 'installations.operator.tigera.io';
  return cluster.objects(resource).flatMap((object): readonly Draft[] => {
    const asked = textField(object, 'spec', 'calicoNetwork', 'linuxDataplane');
    const isOn = nodes.some(({ ebpf }) => ebpf.state === 'on');
    const config = findObject(cluster, 'felixconfigurations', 'default');
    const said = field(config, 'spec', 'bpfEnabled');
    const wantsBpf = asked?.toUpperCase() === 'BPF';
    if (asked === undefined || (wantsBpf ? said !== false : !isOn)) return [];
    return [
      {
        severity: 'warning',
        subject: keySubject('linuxDataplane'),
        cause: asked,
        title: wantsBpf
          ? `The Installation ${object.metadata.name} asks for linuxDataplane ${asked}, and FelixConfiguration default says bpfEnabled: false: the operator has taken kube-proxy’s part for served, and Felix serves no Services.`
          : `The Installation ${object.metadata.name} asks for linuxDataplane ${asked}, and nodes run eBPF${said === true ? ' since FelixConfiguration has bpfEnabled: true' : ''}: the operator leaves kube-proxy and its own settings as for ${asked}, and may switch eBPF off at its next change.`,
        evidence: [
          objectEvidence(cluster, {
            resource,
            object,
            shows: 'What the operator is asked for.',
            value: `linuxDataplane: ${asked}`,
          }),
          ...(config === undefined
            ? []
            : [
                objectEvidence(cluster, {
                  resource: 'felixconfigurations',
                  object: config,
                  shows: 'What Felix is asked for.',
                  value: `bpfEnabled: ${String(said)}`,
                }),
              ]),
        ],
        fix: wantsBpf
          ? configure(
              'Take the key out and let the operator set it, or ask the operator for Iptables.',
              patchFelix('bpfEnabled', null),
            )
          : advise(
              'Let the operator know: it then sets bpfEnabled by itself.',
              `kubectl patch installation ${object.metadata.name} --type merge -p '{"spec":{"calicoNetwork":{"linuxDataplane":"BPF"}}}'`,
            ),
      },
    ];
  });
}

const ofNode = 'node.';

/** Configurations for nodes that are not there: a name was misspelled, or the node has gone. */
export function configurationsOfNobody(cluster: KnownCluster): readonly Draft[] {
  const names = new Set(cluster.objects('nodes').map(({ metadata }) => metadata.name));
  const mine = cluster
    .objects('felixconfigurations')
    .filter(({ metadata }) => metadata.name.startsWith(ofNode));
  if (names.size === 0) return [];
  return mine.flatMap((object): readonly Draft[] => {
    const { name } = object.metadata;
    const node = name.slice(ofNode.length);
    if (names.has(node)) return [];
    const similar = [...names].find((each) => plain(each) === plain(node));
    return [
      {
        // Of a node that has gone it may wait for the next one of that name.
        severity: similar === undefined ? 'information' : 'warning',
        subject: keySubject(name),
        cause: name,
        title: `FelixConfiguration ${name} is for a node that is not there, and has no effect${similar === undefined ? '' : `; ${similar} has a similar name`}.`,
        evidence: [
          objectEvidence(cluster, {
            resource: 'felixconfigurations',
            object,
            shows: 'What is written.',
            value: JSON.stringify(field(object, 'spec') ?? {}),
          }),
        ],
        fix: configure(
          similar === undefined
            ? 'Delete it if the node does not come back.'
            : `Name it ${ofNode}${similar}, as Kubernetes names the node.`,
          `kubectl delete felixconfiguration ${name}`,
        ),
      },
    ];
  });
}

/** A name without what is easily forgotten: case, signs, and the domain. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/\..*$/, '')
    .replaceAll(/[^a-z0-9]/g, '');
}
