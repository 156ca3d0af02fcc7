/** Faults of IPv6, in a cluster of two families. */
import type { KubernetesObject } from '../../../src/core/objects/object.ts';
import { backendsOf, dropFrontends, mapLines, sizeMaps, withoutLines } from './edits.ts';
import type { Fault } from './fault.ts';

const recordings = /dual-stack/;
const [edge, edgeOnA, edgeOnB] = [
  'fd00:96::50',
  'fd00:244:0:6d15:74ba:80e:4835:8080',
  'fd00:244:0:da40:995e:89a6:1d37:a7c0',
];

const connections = (count: number, end: string) => () =>
  Array.from({ length: count }, (_, index) => `TCP ${edgeOnA}:${40_000 + index} -> ${end}\n`).join('');

/** A service that answers datagrams, which the recording has none of. */
const names = {
  services: (objects: readonly KubernetesObject[]) => [
    ...objects,
    {
      metadata: { namespace: 'shop', name: 'names' },
      spec: { clusterIP: 'fd00:96::53', clusterIPs: ['fd00:96::53'], ports: [{ port: 53, protocol: 'UDP' }] },
    },
  ],
  'endpointslices.discovery.k8s.io': (objects: readonly KubernetesObject[]) => [
    ...objects,
    {
      metadata: { namespace: 'shop', name: 'names-1', labels: { 'kubernetes.io/service-name': 'names' } },
      ports: [{ name: '', port: 53, protocol: 'UDP' }],
      endpoints: [{ addresses: [edgeOnB], conditions: { ready: true } }],
    },
  ],
};
const namesInNat = (text: string) =>
  `${text}fd00:96::53 port 53 proto 17 id 9 count 1 local 0\n\t9:0\t [${edgeOnB}]:53\n`;

export const ipv6Faults: readonly Fault[] = [
  {
    name: 'a pod of both families is ready for IPv4 alone',
    recordings,
    edits: {
      probes: {
        'node-b/ifstate.dump': mapLines(/calic58e78713b5/, (line) => line.replace('v6Ready,', '')),
      },
    },
    found: ['error pod shop/edge-6c5d8b7f94-v6bb2 on node-b'],
  },
  {
    name: 'an IPv6 service is not in NAT of one node',
    recordings,
    edits: { probes: { 'node-b/nat.dump.v6': dropFrontends(/^fd00:96::50 /) } },
    found: ['error service shop/edge on node-b'],
  },
  {
    name: 'an IPv6 service has lost one of its backends in NAT of one node',
    recordings,
    edits: { probes: { 'node-a/nat.dump.v6': backendsOf(edge, (backends) => backends.slice(1)) } },
    found: ['error service shop/edge on node-a'],
  },
  {
    name: 'an IPv6 service sends to a pod that is gone',
    recordings,
    edits: {
      probes: {
        'node-c/nat.dump.v6': backendsOf(edge, (backends) => [...backends, '[fd00:244::99]:8080']),
      },
    },
    found: ['error service shop/edge on node-c'],
  },
  {
    name: 'a client of an IPv6 service sends datagrams to the address of the service itself',
    recordings,
    edits: {
      objects: names,
      probes: {
        '*/nat.dump.v6': namesInNat,
        'node-a/conntrack.dump.v6': () => `UDP ${edgeOnA}:5353 -> fd00:96::53:53  Active ago 1.5s\n`,
      },
    },
    found: ['error service shop/names on node-a'],
  },
  {
    name: 'a connection goes on to an IPv6 address that no pod has any more',
    recordings,
    edits: {
      probes: {
        'node-a/conntrack.dump.v6': connections(1, 'fd00:244::99:8080  Active ago 1s ESTABLISHED'),
      },
    },
    found: ['warning node node-a on node-a'],
  },
  {
    name: 'a pod does not answer over IPv6, and another port of it does',
    recordings,
    edits: {
      probes: {
        'node-a/conntrack.dump.v6': () =>
          connections(25, `${edgeOnB}:8080  Active ago 5s SYN-SENT`)() +
          connections(1, `${edgeOnB}:9090  Active ago 5s ESTABLISHED`)(),
      },
    },
    found: ['warning pod shop/edge-6c5d8b7f94-v6bb2 on node-b'],
  },
  {
    name: 'packets of IPv6 between two nodes are lost',
    recordings,
    edits: {
      probes: { 'node-a/conntrack.dump.v6': connections(5, `${edgeOnB}:8080  Active ago 5s SYN-SENT`) },
    },
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'the conntrack table of IPv6 is full',
    recordings,
    edits: {
      probes: {
        'node-a/bpftool.map': sizeMaps('cali_v6_ct', 10),
        'node-a/conntrack.dump.v6': connections(10, `${edgeOnB}:8080  Active ago 5s ESTABLISHED`),
      },
    },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'a node has no IPv6 route to the pods of another',
    recordings,
    edits: { probes: { 'node-b/routes.dump.v6': withoutLines(/\/122: remote/) } },
    found: ['error node node-b on node-b'],
  },
];
