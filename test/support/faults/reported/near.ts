/** What looks like a reported fault, and is none. */
import { change, type Edits } from '../../edited.ts';
import { add, all, each, link, links, managed, pod, printed, unmanaged } from '../../healthy/healthy.ts';
import type { NearMiss } from '../fault.ts';
import { editLink, withConfigMap } from '../edits.ts';
import { toldOf } from './contradictions.ts';
import { keptLocal } from './services.ts';

const localhost = { name: 'KUBERNETES_SERVICE_HOST', value: 'localhost' };

/** Another pod on node-a. */
function another(name: string, spec: object, status: object = {}): Edits {
  return {
    objects: {
      pods: add(
        pod(name, { nodeName: 'node-a', ...spec }, { phase: 'Running', podIP: '172.18.0.2', ...status }),
      ),
    },
  };
}

export const reportedNearMisses: readonly NearMiss[] = [
  {
    rule: 'configuration/mesh',
    name: 'a gateway of the mesh is on the network of its host',
    edits: another('gateway', { hostNetwork: true, containers: [{ name: 'istio-proxy' }] }),
  },
  {
    rule: 'configuration/mesh',
    name: 'a pod is left out of the mesh that its namespace has',
    edits: {
      objects: {
        namespaces: change('shop', (namespace) => {
          namespace.metadata = { ...namespace.metadata, labels: { 'istio.io/dataplane-mode': 'ambient' } };
        }),
        pods: each((each) => {
          each.metadata = {
            ...each.metadata,
            labels: { ...each.metadata.labels, 'istio.io/dataplane-mode': 'none' },
          };
        }),
      },
    },
  },
  {
    rule: 'configuration/spoofing',
    name: 'a pod that has ended might have sent with addresses of others',
    edits: {
      objects: {
        pods: add({
          ...pod('ended', { nodeName: 'node-a' }, { phase: 'Succeeded' }),
          metadata: {
            name: 'ended',
            namespace: 'shop',
            annotations: { 'cni.projectcalico.org/allowedSourcePrefixes': '[]' },
          },
        }),
      },
    },
  },
  {
    rule: 'host/plugins',
    name: 'chains are left without a rule, and flannel lets all through',
    edits: printed({
      'iptables.save': (text) =>
        `${text}*filter\n:CILIUM_FORWARD - [0:0]\n:KUBE-ROUTER-INPUT - [0:0]\n:FLANNEL-FWD - [0:0]\n-A FORWARD -j FLANNEL-FWD\n-A FLANNEL-FWD -s 10.244.0.0/16 -j ACCEPT\nCOMMIT\n`,
    }),
  },
  {
    rule: 'external/held',
    name: 'the node that has the address has a pod, too',
    edits: all(keptLocal, {
      probes: { 'node-a/ip.route': (text) => `${text}local 192.0.2.20 dev eth0 table local scope host \n` },
    }),
  },
  {
    rule: 'external/held',
    name: 'all nodes have the address on a device without a wire, and announce it',
    edits: all(
      keptLocal,
      printed({
        'ip.link': links((known) => [...known, link('kube-dummy', 91, { linkinfo: { info_kind: 'dummy' } })]),
        'ip.route': (text) => `${text}local 192.0.2.20 dev kube-dummy table local scope host \n`,
      }),
    ),
  },
  {
    rule: 'api-server/localhost',
    name: 'a pod of the host looks at localhost, one whose proxy listens there, and one that is ready',
    edits: all(
      another('of-host', { hostNetwork: true, containers: [{ name: 'one', env: [localhost] }] }),
      another(
        'well',
        { containers: [{ name: 'one', env: [localhost] }] },
        { conditions: [{ type: 'Ready', status: 'True' }] },
      ),
      another('behind-proxy', { containers: [{ name: 'one', env: [localhost] }, { name: 'proxy' }] }),
    ),
  },
  {
    rule: 'interfaces/layer3',
    name: 'a tunnel is left alone, and another one is known for what it is',
    edits: all(
      unmanaged('wg0', 71, { more: { link_type: 'none', linkinfo: { info_kind: 'wireguard' } } }),
      managed('wg1', 72, { flags: 'v4Ready,host,l3', more: { link_type: 'none' } }),
    ),
  },
  {
    rule: 'interfaces/default',
    name: 'two ways lead out, of which each is in a line of its own',
    edits: printed({
      'ip.route': (text) =>
        text.replace(
          /^default .*\n/,
          'default proto static metric 20 \n\tnexthop via 172.18.0.1 dev eth0 weight 1 \n\tnexthop via 172.18.0.254 dev eth0 weight 1 \n',
        ),
    }),
  },
  {
    rule: 'felix-health/binary',
    name: 'the image has a build of one’s own, whose tag is no release',
    edits: {
      objects: {
        pods: each((each) => {
          if (each.metadata.labels['k8s-app'] === 'calico-node')
            each.spec['containers'] = [{ name: 'calico-node', image: 'calico/node:v3.32.1-fips' }];
        }),
      },
    },
  },
  {
    rule: 'felix-health/image',
    name: 'the update of a node is about to begin',
    edits: {
      objects: {
        'daemonsets.apps': each((set) => {
          set.spec['template'] = {
            spec: { containers: [{ name: 'calico-node', image: 'calico/node:v3.33.0' }] },
          };
          set.status = { ...set.status, updatedNumberScheduled: 0, desiredNumberScheduled: 3 };
        }),
      },
    },
  },
  {
    rule: 'configuration/bypass',
    name: 'pods are at ports of their hosts, and this version leads their answers through the kernel',
    edits: another('mapped', { containers: [{ name: 'one', ports: [{ hostPort: 80 }] }] }),
  },
  {
    rule: 'external/ranges',
    name: 'some are let in, and the others dropped',
    edits: printed({ 'nat.dump': (text) => text }),
  },
  {
    rule: 'interfaces/path',
    name: 'the old state of an interface is left beside the new one',
    edits: {
      probes: {
        'node-a/ip.link': editLink('cali30bba3e0534', { ifindex: 128 }),
        'node-a/routes.dump': (text) => text.replace(/^(.*10\.244\.174\.129\/32.* idx )8$/m, '$1128'),
        'node-a/ifstate.dump': (text) =>
          text + (/^.*name: cali30bba3e0534\}\n/m.exec(text)?.[0].replace(/^ +8 :/, '  128 :') ?? ''),
      },
    },
  },
  {
    rule: 'overlay/no-pool',
    name: 'one of two pools is disabled',
    edits: {
      objects: {
        'ippools.crd.projectcalico.org': add({
          metadata: { name: 'closed' },
          spec: { cidr: '10.251.0.0/16', vxlanMode: 'Always', natOutgoing: true, disabled: true },
        }),
      },
    },
  },
  {
    rule: 'felix-health/not-ready',
    name: 'a node has been away for a moment',
    edits: {
      objects: {
        nodes: change('node-b', (node) => {
          node.status['conditions'] = [
            { type: 'Ready', status: 'Unknown', lastTransitionTime: '2030-01-01T00:00:00Z' },
          ];
        }),
      },
    },
  },
  {
    rule: 'api-server/other',
    name: 'the ConfigMap and the environment name one address',
    edits: { objects: { configmaps: withConfigMap('172.18.0.1', '6443'), pods: toldOf('172.18.0.1') } },
  },
  {
    rule: 'interfaces/vlan',
    name: 'this version reads what a VLAN carries',
    edits: all(
      managed('bond0', 81, { more: { linkinfo: { info_kind: 'bond' } } }),
      managed('bond0.100', 82, { more: { link: 'bond0', linkinfo: { info_kind: 'vlan' } } }),
    ),
  },
];
