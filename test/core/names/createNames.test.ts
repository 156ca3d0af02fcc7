import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIpSets } from '../../../src/core/dump/ipsets.ts';
import { parseNat } from '../../../src/core/dump/nat.ts';
import { createAddressBook } from '../../../src/core/names/addressBook.ts';
import { createNames, noNodeNaming } from '../../../src/core/names/createNames.ts';

const book = createAddressBook({
  nodes: [],
  pods: [
    {
      metadata: { namespace: 'default', name: 'nginx-0' },
      spec: { nodeName: 'node-a' },
      status: { podIP: '10.65.0.2' },
    },
    {
      metadata: { namespace: 'default', name: 'nginx-1' },
      spec: { nodeName: 'node-b' },
      status: { podIP: '10.65.1.2' },
    },
  ],
  services: [
    {
      metadata: { namespace: 'shop', name: 'web' },
      spec: { clusterIPs: ['10.96.4.7'], ports: [{ name: 'http', port: 80 }] },
    },
  ],
  endpointSlices: [],
  ipPools: [],
  blockAffinities: [],
});

const names = createNames(book, {
  ...noNodeNaming,
  node: 'node-a',
  interfaces: [{ index: 12, name: 'calic048fd9a750' }],
  frontends: parseNat(
    '10.96.4.7 port 80 proto 6 id 7 count 0 local 0\n10.9.9.9 port 80 proto 6 id 8 count 0 local 0\n',
  ).entries,
  ipSets: parseIpSets('IP set 0x9bb9786e55d550fe\n   10.65.0.2/32\n').entries,
  ipSetNames: new Map([['0x27e6ff21d0b1479c', 's:b4sWc81MQqtsNxG5habiaQCXwAKuJJbRfKXZUg']]),
});

test('an interface index leads to the interface and the pod behind it', () => {
  assert.deepEqual(
    names.interfaceIndex(12).map(({ kind, label }) => `${kind} ${label}`),
    ['interface calic048fd9a750', 'pod default/nginx-0'],
  );
  assert.deepEqual(names.interfaceIndex(13), []);
});

test('an interface name is looked up among the pods of the node only', () => {
  assert.equal(names.interfaceName('calic048fd9a750')[0]?.label, 'default/nginx-0');
  const elsewhere = createNames(book, { ...noNodeNaming, node: 'node-b' });
  assert.deepEqual(elsewhere.interfaceName('calic048fd9a750'), []);
});

test('the devices of Calico are told by their names', () => {
  assert.deepEqual(names.interfaceName('vxlan.calico')[0]?.details, ['VXLAN tunnel']);
  assert.deepEqual(names.interfaceName('eth0'), []);
});

test('an interface of the node is known by its index', () => {
  const own = createNames(book, {
    ...noNodeNaming,
    node: 'node-a',
    interfaces: [{ index: 2, name: 'eth0' }],
  });
  assert.deepEqual(own.interfaceName('eth0')[0]?.details, ['interface index 2']);
  assert.deepEqual(
    own.interfaceIndex(2).map(({ label }) => label),
    ['eth0'],
  );
});

test('a service id leads to the service of its frontend; an unknown one to nothing', () => {
  assert.equal(names.serviceId(7)[0]?.label, 'shop/web:http');
  assert.match(names.serviceId(7)[0]?.source ?? '', /service id 7 has the frontend 10\.96\.4\.7 port 80/);
  assert.deepEqual(names.serviceId(8), []);
  assert.deepEqual(names.serviceId(99), []);
});

test('an IP set is known by its members, or by its name in Felix’s log; else not at all', () => {
  assert.deepEqual(names.ipSet('0x9bb9786e55d550fe')[0]?.details, [
    '1 member',
    '10.65.0.2/32 default/nginx-0',
  ]);
  const [empty] = names.ipSet('0x27e6ff21d0b1479c');
  assert.equal(empty?.label, 's:b4sWc81MQqtsNxG5habiaQCXwAKuJJbRfKXZUg');
  assert.match(empty?.details[0] ?? '', /empty/);
  assert.deepEqual(names.ipSet('0x1'), []);
});

test('where another CNI names the interfaces, the routes tell the pods behind them', () => {
  const chained = createNames(book, {
    ...noNodeNaming,
    node: 'node-a',
    interfaces: [{ index: 7, name: 'eni0a1b2c3d4e5' }],
    routes: [
      { dest: '10.65.0.2/32', ifIndex: 7 },
      { dest: '10.65.0.0/16', ifIndex: undefined },
    ],
  });
  const [pod] = chained.interfaceName('eni0a1b2c3d4e5');
  assert.equal(pod?.label, 'default/nginx-0');
  assert.match(
    pod?.source ?? '',
    /routes dump: 10\.65\.0\.2\/32 .* index 7, and ifstate calls that eni0a1b2c3d4e5/,
  );
});

test('a name that an old trace cuts off is told by its beginning', () => {
  assert.equal(names.interfaceName('calic048')[0]?.label, 'default/nginx-0');
  assert.deepEqual(names.interfaceName('calid048'), []);
});
