/** Clusters that are made otherwise than the recorded ones, and are as healthy: nothing more is found in them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../../src/core/objects/object.ts';
import { addLink, withSettings } from '../../support/faults/edits.ts';
import { expectedFindings, spell } from './expected.ts';
import { change, diagnoseRecording, type Edits } from './recorded.ts';

interface Variant {
  readonly name: string;
  readonly edits: Edits;
}

type ObjectsEdit = (objects: readonly KubernetesObject[]) => readonly KubernetesObject[];

const add =
  (...added: readonly KubernetesObject[]): ObjectsEdit =>
  (objects) => [...objects, ...added];

function pod(name: string, spec: object, status: object): KubernetesObject {
  return { metadata: { name, namespace: 'shop', labels: {} }, spec: { containers: [], ...spec }, status };
}

function service(name: string, spec: object, status: object = {}): KubernetesObject {
  return { metadata: { name, namespace: 'shop' }, spec, status };
}

const http = { name: 'http', port: 80, protocol: 'TCP' };
const old = '2026-11-01T00:00:00Z';

/** Felix is asked for something, and has taken it up. */
function configured(spec: object, settings: Readonly<Record<string, string>>): Edits {
  return {
    objects: {
      'felixconfigurations.crd.projectcalico.org': change('default', (felix) => {
        felix['spec'] = { ...(felix['spec'] as object), ...spec };
      }),
    },
    probes: {
      '*/felix.log': (text) => withSettings(settings)(text.replaceAll('"NFTablesMode":"Auto", ', '')),
    },
  };
}

const pods: readonly Variant[] = [
  {
    name: 'pods that have ended, are waiting, or have the address of their host',
    edits: {
      objects: {
        pods: add(
          pod('job', { nodeName: 'node-a' }, { phase: 'Succeeded', podIP: '10.244.174.140', startTime: old }),
          pod('failed', { nodeName: 'node-b' }, { phase: 'Failed', reason: 'Evicted', startTime: old }),
          pod('waiting', {}, { phase: 'Pending' }),
          pod(
            'agent',
            { nodeName: 'node-c', hostNetwork: true },
            { phase: 'Running', podIP: '172.18.0.4', startTime: old },
          ),
        ),
      },
    },
  },
  {
    name: 'a node that runs Windows',
    edits: {
      objects: {
        nodes: add({
          metadata: { name: 'win', labels: { 'kubernetes.io/os': 'windows' } },
          status: {
            conditions: [{ type: 'Ready', status: 'True' }],
            nodeInfo: { operatingSystem: 'windows' },
          },
        }),
      },
    },
  },
];

const services: readonly Variant[] = [
  {
    name: 'services without an address of their own, and those left to another proxy',
    edits: {
      objects: {
        services: add(
          service('elsewhere', { type: 'ExternalName', externalName: 'db.example.com' }),
          service('peers', {
            clusterIP: 'None',
            clusterIPs: ['None'],
            selector: { app: 'db' },
            ports: [http],
          }),
          {
            ...service('mesh', { clusterIP: '10.96.3.3', selector: { app: 'db' }, ports: [http] }),
            metadata: {
              name: 'mesh',
              namespace: 'shop',
              labels: { 'service.kubernetes.io/service-proxy-name': 'mesh' },
            },
          },
        ),
      },
    },
  },
  {
    name: 'a load balancer that sends to NodePorts, one by name, and one that is not made yet',
    edits: {
      objects: {
        services: change('web', (web) => {
          web['status'] = {
            loadBalancer: {
              ingress: [{ ip: '192.0.2.77', ipMode: 'Proxy' }, { hostname: 'lb.example.com' }],
            },
          };
        }),
      },
    },
  },
  {
    name: 'session affinity, and endpoints with hints of topology',
    edits: {
      objects: {
        services: change('cart', (cart) => {
          cart['spec'] = {
            ...(cart['spec'] as object),
            sessionAffinity: 'ClientIP',
            sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
          };
        }),
        'endpointslices.discovery.k8s.io': (objects) =>
          objects.map((slice) => ({
            ...slice,
            endpoints: ((slice['endpoints'] ?? []) as readonly object[]).map((each) => ({
              ...each,
              hints: { forZones: [{ name: 'zone-a' }] },
            })),
          })),
      },
    },
  },
  {
    name: 'a port of SCTP, which eBPF does not serve',
    edits: {
      objects: {
        services: change('db', (db) => {
          const spec = db['spec'] as { readonly ports: readonly object[] };
          db['spec'] = {
            ...spec,
            ports: [...spec.ports, { name: 'signal', port: 3868, protocol: 'SCTP', targetPort: 3868 }],
          };
        }),
      },
    },
  },
];

const hosts: readonly Variant[] = [
  {
    name: 'cards and bridges that are none of Calico’s',
    edits: {
      probes: {
        '*/ip.link': (text) =>
          [
            { ifname: 'docker0', linkinfo: { info_kind: 'bridge' }, flags: ['UP'] },
            { ifname: 'dummy0', linkinfo: { info_kind: 'dummy' } },
            { ifname: 'ipmi0', mtu: 1500, flags: [] },
            { ifname: 'nodelocaldns', linkinfo: { info_kind: 'dummy' } },
          ].reduce((links, link) => addLink(link)(links), text),
      },
    },
  },
  {
    name: 'rules of others in iptables and nftables',
    edits: {
      probes: {
        '*/iptables.save': (text) =>
          `${text}*nat\n:DOCKER - [0:0]\n:CNI-HOSTPORT-DNAT - [0:0]\n:KUBE-KUBELET-CANARY - [0:0]\n-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE\nCOMMIT\n`,
        '*/nft.ruleset': (text) =>
          `${text}table inet firewalld {\n\tchain filter_INPUT {\n\t\ttype filter hook input priority 10; policy accept;\n\t}\n}\n`,
      },
    },
  },
  {
    name: 'Felix writes its rules with nftables',
    edits: configured({ nftablesMode: 'Enabled' }, { NFTablesMode: 'Enabled' }),
  },
  {
    name: 'all nodes answer clients directly',
    edits: configured({ bpfExternalServiceMode: 'DSR' }, { BPFExternalServiceMode: 'DSR' }),
  },
];

const rolling: readonly Variant[] = [
  {
    name: 'an update of Calico rolls over the nodes',
    edits: {
      objects: {
        pods: (objects) =>
          objects.map((object) => {
            const spec = object['spec'] as {
              readonly nodeName?: string;
              readonly containers: readonly object[];
            };
            const isMeant =
              object.metadata.labels?.['k8s-app'] === 'calico-node' && spec.nodeName === 'node-a';
            if (!isMeant) return object;
            const containers = spec.containers.map((each) => ({
              ...each,
              image: 'quay.io/calico/node:v3.33.0',
            }));
            return { ...object, spec: { ...spec, containers } };
          }),
        'daemonsets.apps': (objects) =>
          objects.map((object) => ({
            ...object,
            status: { ...(object['status'] as object), updatedNumberScheduled: 1, desiredNumberScheduled: 3 },
          })),
      },
    },
  },
];

for (const recording of ['v3.30.7-healthy', 'v3.32.1-healthy', 'master-healthy']) {
  for (const { name, edits } of [...pods, ...services, ...hosts, ...rolling]) {
    test(`${recording} is as healthy with ${name}`, async () => {
      const { findings } = await diagnoseRecording(recording, edits);
      const serious = findings.filter(({ severity }) => severity !== 'information');
      assert.deepEqual(
        serious.map(spell).toSorted(),
        expectedFindings(recording).toSorted(),
        serious.map(({ check, title }) => `${check}: ${title}`).join('\n'),
      );
    });
  }
}
