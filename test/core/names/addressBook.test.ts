import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAddressBook } from '../../../src/core/names/addressBook.ts';
import { noObjects } from '../../../src/core/names/objects.ts';
import type { KubernetesObject } from '../../../src/core/objects/object.ts';

const node: KubernetesObject = {
  metadata: { name: 'node-a', annotations: { 'projectcalico.org/IPv4VXLANTunnelAddr': '10.65.0.0' } },
  spec: { podCIDRs: ['10.65.0.0/24', 'fd00:65::/64'] },
  status: { addresses: [{ type: 'InternalIP', address: '192.168.5.20' }] },
};
const pod: KubernetesObject = {
  metadata: { namespace: 'shop', name: 'web-1' },
  spec: { nodeName: 'node-a' },
  status: { phase: 'Running', podIPs: [{ ip: '10.65.0.2' }, { ip: 'fd00:65::0002' }] },
};
const hostPod: KubernetesObject = {
  metadata: { namespace: 'kube-system', name: 'proxy' },
  spec: { nodeName: 'node-a', hostNetwork: true },
  status: { podIPs: [{ ip: '192.168.5.20' }] },
};
const service: KubernetesObject = {
  metadata: { namespace: 'shop', name: 'web' },
  spec: {
    type: 'LoadBalancer',
    clusterIPs: ['10.96.4.7'],
    externalIPs: ['192.0.2.10'],
    ports: [
      { name: 'http', port: 80, targetPort: 8080, nodePort: 30080 },
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' },
    ],
  },
  status: { loadBalancer: { ingress: [{ ip: '192.0.2.20' }] } },
};
const slice: KubernetesObject = {
  metadata: { namespace: 'shop', name: 'web-x', labels: { 'kubernetes.io/service-name': 'web' } },
  ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  endpoints: [{ addresses: ['10.65.0.2'], conditions: { ready: true } }],
};
const pool: KubernetesObject = { metadata: { name: 'default-pool' }, spec: { cidr: '10.65.0.0/16' } };
const affinity: KubernetesObject = {
  metadata: { name: 'node-b-block' },
  spec: { cidr: '10.65.7.0/26', node: 'node-b' },
};

const book = createAddressBook({
  nodes: [node],
  pods: [pod, hostPod],
  services: [service],
  endpointSlices: [slice],
  ipPools: [pool],
  blockAffinities: [affinity],
});
const who = (ip: string, port?: number, protocol = 6) =>
  book
    .find(ip, port === undefined ? undefined : { port, protocol })
    .map(({ kind, label }) => `${kind} ${label}`);

test('a pod is known by each of its addresses, in any spelling', () => {
  assert.deepEqual(who('10.65.0.2'), ['pod shop/web-1']);
  assert.deepEqual(who('fd00:65:0:0::2'), ['pod shop/web-1']);
});

test('a host-networked pod does not hide its node', () => {
  assert.deepEqual(who('192.168.5.20'), ['node node-a']);
});

test('a node is known by its tunnel address, with where that is written', () => {
  const [identity] = book.find('10.65.0.0', undefined);
  assert.deepEqual(identity?.details, ['VXLAN tunnel address']);
  assert.match(identity?.source ?? '', /IPv4VXLANTunnelAddr/);
});

test('a service is known by each kind of address, and its ports by number and protocol', () => {
  for (const ip of ['10.96.4.7', '192.0.2.10', '192.0.2.20']) {
    assert.deepEqual(who(ip), ['service shop/web']);
    assert.deepEqual(who(ip, 80), ['service shop/web:http']);
    assert.deepEqual(who(ip, 53, 17), ['service shop/web:dns']);
  }
});

test('a port that the service does not have leaves the service without a port', () => {
  assert.deepEqual(who('10.96.4.7', 81), ['service shop/web']);
});

test('a node port is the service’s at a node and at the wildcard, and the node stays known', () => {
  assert.deepEqual(who('192.168.5.20', 30080), ['service shop/web:http', 'node node-a']);
  assert.deepEqual(who('255.255.255.255', 30080), ['service shop/web:http']);
});

test('a backend tells which service it serves, and whether it is ready', () => {
  const [identity] = book.find('10.65.0.2', { port: 8080, protocol: 6 });
  assert.deepEqual(identity?.details, ['on node-a', 'ready backend of service shop/web:http']);
});

test('an address that nobody has is placed in the narrowest block or pool', () => {
  assert.deepEqual(who('10.65.7.9'), ['node-block pods of node-b']);
  assert.deepEqual(who('10.65.0.99'), ['node-block pods of node-a']);
  assert.deepEqual(who('10.65.200.1'), ['pool IP pool default-pool']);
  assert.deepEqual(who('8.8.8.8'), []);
});

test('a CIDR is a block, a pool, or the one address it holds', () => {
  const cidr = (text: string) => book.findCidr(text).map(({ label }) => label);
  assert.deepEqual(cidr('10.65.7.0/26'), ['pods of node-b']);
  assert.deepEqual(cidr('10.65.0.0/16'), ['IP pool default-pool']);
  assert.deepEqual(cidr('10.65.0.2/32'), ['shop/web-1']);
  assert.deepEqual(cidr('10.65.0.0/17'), []);
});

test('without objects nothing is known, but what addresses mean by convention', () => {
  const empty = createAddressBook(noObjects);
  assert.deepEqual(empty.find('10.65.0.2', undefined), []);
  assert.equal(empty.find('0.0.0.0', undefined)[0]?.kind, 'well-known');
  assert.deepEqual(empty.find('not an address', undefined), []);
});

test('a backend that is neither pod nor node is known as a backend', () => {
  const endpoints: KubernetesObject = {
    metadata: {
      namespace: 'default',
      name: 'kubernetes',
      labels: { 'kubernetes.io/service-name': 'kubernetes' },
    },
    ports: [{ name: 'https', port: 6443 }],
    endpoints: [{ addresses: ['192.0.2.1'] }],
  };
  const [server] = createAddressBook({ ...noObjects, endpointSlices: [endpoints] }).find('192.0.2.1', {
    port: 6443,
    protocol: 6,
  });
  assert.equal(server?.label, 'backend of service default/kubernetes:https');
});

test('an address that IPAM gave out is its owner’s, when nobody else is known to have it', () => {
  const block: KubernetesObject = {
    metadata: { name: '10-65-9-192-26' },
    spec: {
      cidr: '10.65.9.192/26',
      allocations: [0, null, 1, 7],
      attributes: [
        { secondary: { type: 'vxlanTunnelAddress', node: 'node-c' } },
        { secondary: { namespace: 'shop', pod: 'gone-1', node: 'node-c' } },
      ],
    },
  };
  const withBlocks = createAddressBook({ ...noObjects, ipamBlocks: [block] });
  const [tunnel] = withBlocks.find('10.65.9.192', undefined);
  assert.deepEqual(
    [tunnel?.kind, tunnel?.label, tunnel?.details],
    ['node', 'node-c', ['VXLAN tunnel address']],
  );
  const [gone] = withBlocks.find('10.65.9.194', undefined);
  assert.equal(gone?.label, 'shop/gone-1');
  assert.match(gone?.details.join() ?? '', /no pod that is known has the address/);
  assert.deepEqual(withBlocks.find('10.65.9.195', undefined), []);
});

test('nodes and NodePorts are not multiplied: their product would not fit into a map', () => {
  const nodes = Array.from({ length: 5_000 }, (_, index): KubernetesObject => ({
    metadata: { name: `node-${index}` },
    status: { addresses: [{ type: 'InternalIP', address: `192.168.${index >> 8}.${index & 255}` }] },
  }));
  const services = Array.from({ length: 4_000 }, (_, index): KubernetesObject => ({
    metadata: { namespace: 'load', name: `service-${index}` },
    spec: {
      clusterIPs: [`10.96.${index >> 8}.${index & 255}`],
      ports: [{ port: 80, nodePort: 30_000 + index }],
    },
  }));
  const big = createAddressBook({ ...noObjects, nodes, services });
  const [first] = big.find('192.168.19.135', { port: 33_999, protocol: 6 });
  assert.equal(first?.label, 'load/service-3999');
});

test('50,000 pods and 5,000 services are indexed without a detour', () => {
  const pods = Array.from({ length: 50_000 }, (_, index): KubernetesObject => ({
    metadata: { namespace: 'load', name: `pod-${index}` },
    spec: { nodeName: `node-${index % 500}` },
    status: { podIPs: [{ ip: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}` }] },
  }));
  const services = Array.from({ length: 5_000 }, (_, index): KubernetesObject => ({
    metadata: { namespace: 'load', name: `service-${index}` },
    spec: {
      clusterIPs: [`10.96.${index >> 8}.${index & 255}`],
      ports: [{ port: 80, nodePort: 30_000 + (index % 2_700) }],
    },
  }));
  const big = createAddressBook({ ...noObjects, pods, services });
  assert.equal(big.find('10.0.195.79', undefined)[0]?.label, 'load/pod-49999');
});
