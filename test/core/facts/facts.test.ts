import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCounters } from '../../../src/core/dump/counters.ts';
import { parseIfState } from '../../../src/core/dump/ifstate.ts';
import { parseRoutes } from '../../../src/core/dump/routes.ts';
import { conntrackFacts } from '../../../src/core/facts/conntrack.ts';
import { ExpectedNat } from '../../../src/core/facts/expectedNat.ts';
import { factRules, type Fact } from '../../../src/core/facts/fact.ts';
import { interfaceStateFacts } from '../../../src/core/facts/interfaceState.ts';
import { natFacts } from '../../../src/core/facts/nat.ts';
import { counterFacts, fullnessFacts, routeFacts } from '../../../src/core/facts/others.ts';
import { buildSurroundings, type Surroundings } from '../../../src/core/facts/surroundings.ts';
import { finish } from '../../../src/core/steps.ts';
import { createNames, noNodeNaming } from '../../../src/core/names/createNames.ts';
import { workloadInterface } from '../../../src/core/names/workloadInterface.ts';
import { recordingNames } from '../../support/recordings.ts';
import { openRecording, recordedBook, recordedNames } from '../names/recorded.ts';
import { conntrackColumns, readNatMap } from './readColumns.ts';

const running = (name: string, ip: string, node = 'node-a') => ({
  metadata: { namespace: 'shop', name },
  spec: { nodeName: node },
  status: { phase: 'Running', podIP: ip },
});

const service = (name: string, clusterIP: string) => ({
  metadata: { namespace: 'shop', name },
  spec: { clusterIP, ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }] },
});

const slice = (name: string, endpoints: readonly unknown[]) => ({
  metadata: { namespace: 'shop', name, labels: { 'kubernetes.io/service-name': name } },
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  endpoints,
});

const objects = {
  nodes: [
    {
      metadata: { name: 'node-a' },
      status: { addresses: [{ type: 'InternalIP', address: '192.168.5.20' }] },
    },
  ],
  pods: [
    running('cart-1', '10.65.0.2'),
    running('cart-2', '10.65.0.3'),
    running('far', '10.65.9.9', 'node-b'),
  ],
  services: [service('cart', '10.96.0.1'), service('web', '10.96.0.2')],
  endpointSlices: [
    slice('cart', [
      { addresses: ['10.65.0.2'], conditions: { ready: true } },
      { addresses: ['10.65.0.3'], conditions: { ready: false, serving: true, terminating: true } },
      { addresses: ['10.65.0.4'], conditions: { ready: false } },
    ]),
  ],
  ipPools: [{ metadata: { name: 'default' }, spec: { cidr: '10.65.0.0/16' } }],
  blockAffinities: [],
};
const surroundings = finish(buildSurroundings(objects));
const web = '10.96.0.2 port 80 proto 6 id 9 count 1 local 0\n\t9:0\t 10.65.9.9:80\n';

/** Each fact as its rule, its rows and its sentence. */
const told = (facts: readonly Fact[]) =>
  facts.map(({ rule, rows, text }) => `${rule} [${rows.join()}] ${text}`);
const factsOfNat = (text: string, around: Surroundings) => {
  const expected = finish(ExpectedNat.build(around));
  const map = readNatMap(text, expected.addresses);
  return natFacts(map, { screened: expected.screen(map), surroundings: around });
};
const nat = (text: string) => told(factsOfNat(text, surroundings));
const conntrack = (text: string) => told(conntrackFacts(conntrackColumns(text), surroundings));

test('NAT that agrees with the endpoints gives no facts, also while a backend ends and serves', () => {
  const cart =
    '10.96.0.1 port 80 proto 6 id 4 count 2 local 2\n\t4:0\t 10.65.0.2:8080\n\t4:1\t 10.65.0.3:8080\n';
  assert.deepEqual(nat(cart + web), []);
});

test('frontends without backends are told once for each service', () => {
  const text = `10.96.0.2 port 80 proto 6 id 9 count 0 local 0
198.51.100.1 port 80 proto 6 id 10 count 0 local 0
10.96.0.1 port 80 proto 6 id 4 count 1 local 1
	4:0	 10.65.0.2:8080
`;
  assert.deepEqual(nat(text), [
    'nat-no-backends [0] shop/web has no backends.',
    'nat-no-backends [1] 198.51.100.1 port 80/TCP has no backends.',
  ]);
});

test('backends that are missing, gone or new are told with their service', () => {
  const text = `10.96.0.1 port 80 proto 6 id 4 count 2 local 2
	4:0	 10.65.0.4:8080
	4:1	 is missing
${web}`;
  assert.deepEqual(nat(text), [
    'nat-backend-missing [0] shop/cart announces 2 backends; the backend map has no 4:1.',
    'nat-backend-not-ready [0] shop/cart sends to 10.65.0.4 port 8080, which is no ready endpoint of it.',
    'nat-endpoint-missing [0] shop/cart has the ready endpoint 10.65.0.2 port 8080, which NAT does not send to.',
  ]);
});

test('an id that two services have, and a service without a frontend, are told', () => {
  const cart = '10.96.0.1 port 80 proto 6 id 9 count 1 local 1\n\t9:0\t 10.65.0.2:8080\n';
  assert.deepEqual(nat(cart + web), ['nat-id-shared [0,1] Service id 9 belongs to shop/cart and shop/web.']);
  assert.deepEqual(nat(cart), [
    'nat-service-missing [] shop/web is not in NAT: no frontend 10.96.0.2 port 80/TCP.',
  ]);
});

test('an empty NAT map says nothing about single services', () => {
  assert.deepEqual(nat(''), []);
});

const states = (text: string) => {
  const { book } = surroundings;
  const names = createNames(book, { ...noNodeNaming, node: 'node-a', interfacePrefixes: ['cali'] });
  return told(interfaceStateFacts(parseIfState(text).entries, { node: 'node-a', names, book }));
};

test('running pods of the node whose interface is absent or not ready are told', () => {
  const first = workloadInterface('shop', 'cart-1');
  assert.deepEqual(
    states(`  2 : {flags: v4Ready,host, name: eth0}\n  7 : {flags: workload, name: ${first}}\n`),
    [
      `interface-not-ready [1] ${first} of shop/cart-1 is not ready: its BPF programs are not in place.`,
      'interface-absent [] shop/cart-2 runs on node-a, and ifstate has no interface of it.',
    ],
  );
});

test('where workload interfaces have no pod that is known, no pod is said to lack one', () => {
  assert.deepEqual(states('  7 : {flags: workload,v4Ready, name: eni0123456789a}\n'), []);
});

test('connections without an answer are told after three seconds, by destination', () => {
  const text = `TCP 10.65.0.2:1 -> 10.65.9.9:80  Active ago 2.9s SYN-SENT
TCP 10.65.0.2:2 -> 10.65.9.9:80  Active ago 3s SYN-SENT
TCP 10.65.0.2:3 -> 10.65.9.9:80  Active ago 1m3s SYN-SENT
TCP 10.65.0.2:4 -> 10.65.9.9:80  Active ago 1m3s ESTABLISHED
`;
  assert.deepEqual(conntrack(text), [
    'conntrack-unanswered [1,2] 2 connections to 10.65.9.9 port 80 have had no answer for 3 s or more.',
  ]);
});

test('a connection to a service that is not sent on is told; to a NodePort of another node it is not', () => {
  const text = `TCP 10.65.0.2:1 -> 10.96.0.1:80  Active ago 1s
TCP 10.65.0.2:1 -> 10.96.0.1:80 -> 10.65.0.2:8080  Active ago 1s
TCP 10.65.0.2:1 -> 192.168.5.20:30080  Active ago 1s
`;
  assert.deepEqual(conntrack(text), [
    'conntrack-no-nat [0] 1 connection to 10.96.0.1 port 80 goes to the service’s own address without being sent on to a backend.',
  ]);
});

test('a connection to an address of the pool that nobody has is told, in the raw form, too', () => {
  const raw = (flags: string) =>
    `ConntrackKey{proto=17 10.65.77.7:53 <-> 10.65.0.2:4000} -> Entry{Type:0, LastSeen:9, Flags: ${flags} Data: {A2B:{Bytes:1 Packets:1 Seqno:0 SynSeen:false AckSeen:false FinSeen:false RstSeen:false Approved:true Opener:false Workload:true Ifindex:1} B2A:{Bytes:1 Packets:1 Seqno:0 SynSeen:false AckSeen:false FinSeen:false RstSeen:false Approved:true Opener:true Workload:true Ifindex:1} OrigDst:0.0.0.0 OrigSrc:0.0.0.0 OrigPort:0 OrigSPort:0 TunIP:0.0.0.0}} Active ago 1s\n`;
  assert.deepEqual(conntrack(raw('0x100 B-A')), [
    'conntrack-pod-gone [0] 1 connection to 10.65.77.7 port 53 goes to an address that no pod has.',
  ]);
  // From an address that nobody has: the pod may have ended since.
  assert.deepEqual(conntrack(raw('<none>')), []);
});

test('a route to an address that no node has is told', () => {
  const text = `10.65.0.0/26: remote workload in-pool nh 192.168.5.20
10.65.1.0/26: remote workload in-pool nh 192.168.5.99
`;
  assert.deepEqual(told(routeFacts(parseRoutes(text).entries, surroundings)), [
    'route-node-gone [1] The route to 10.65.1.0/26 leads to 192.168.5.99, which is the address of no node.',
  ]);
});

test('what was dropped is told by interface and reason', () => {
  const text = `| CATEGORY | TYPE | INGRESS | EGRESS | XDP |
| Dropped | by policy | 3 | N/A | 0 |
| Accepted | by another program | 9 | 9 | 0 |
| Dropped | too short packets | 0 | 0 | 0 |
dumped cali1 counters.
`;
  assert.deepEqual(told(counterFacts(parseCounters(text).entries)), [
    'drops [0] cali1: 3 packets by policy.',
  ]);
});

test('a map is nearly full from nine tenths on', () => {
  assert.deepEqual(fullnessFacts('Conntrack', { used: 899, capacity: 1000 }), []);
  assert.deepEqual(fullnessFacts('Conntrack', { used: 900, capacity: undefined }), []);
  assert.deepEqual(told(fullnessFacts('Conntrack', { used: 1900, capacity: 2000 })), [
    'map-nearly-full [] Conntrack holds 1,900 of at most 2,000 entries.',
  ]);
});

/** What is true of every recording: a service without pods, and traffic that policies deny. */
const usual = ['conntrack-unanswered', 'nat-no-backends'];
const unusual: Readonly<Record<string, readonly string[]>> = {
  // It has no connections.
  'v3.32.1-dual-stack': ['nat-no-backends'],
  'v3.32.1-node-bpf-off': ['conntrack-unanswered', 'interface-absent', 'nat-no-backends'],
};

for (const name of recordingNames) {
  test(`${name} has the facts that are true of it, and no others`, async () => {
    const recording = await openRecording(name);
    const { objects } = recording;
    const all = {
      nodes: objects('nodes'),
      pods: objects('pods'),
      services: objects('services'),
      endpointSlices: objects('endpointslices.discovery.k8s.io'),
      ipPools: [],
      blockAffinities: [],
    };
    const surroundings = finish(buildSurroundings(all, recordedBook(recording)));
    const rules = new Set<string>();
    for (const { metadata } of all.nodes) {
      const node = metadata.name;
      const read = (probe: string) => recording.text(`nodes/${node}/${probe}.out`);
      const facts = [
        ...factsOfNat(read('nat.dump'), surroundings),
        ...factsOfNat(read('nat.dump.v6'), surroundings),
        ...conntrackFacts(conntrackColumns(read('conntrack.dump')), surroundings),
        ...routeFacts(parseRoutes(read('routes.dump')).entries, surroundings),
        ...interfaceStateFacts(parseIfState(read('ifstate.dump')).entries, {
          node,
          names: recordedNames(recording, node),
          book: surroundings.book,
        }),
      ];
      for (const { rule } of facts) rules.add(rule);
    }
    assert.deepEqual([...rules].toSorted(), unusual[name] ?? usual);
  });
}

test('every rule is a sentence', () => {
  for (const rule of Object.values(factRules)) assert.match(rule, /^[A-Z].*\.$/);
});
