import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeFacts, type NodeEvidence, type NodeObjects } from '../../../src/core/nodes/nodeFacts.ts';
import type { KubernetesObject } from '../../../src/core/objects/object.ts';

const unasked: NodeEvidence = { log: undefined, ifstate: undefined, version: undefined };
const none: NodeObjects = { nodes: [], pods: [], felixConfigurations: [] };

function agent(image: string, env: readonly unknown[] = []): KubernetesObject {
  return {
    metadata: { namespace: 'calico-system', name: 'calico-node-x', labels: { 'k8s-app': 'calico-node' } },
    spec: { nodeName: 'node-a', containers: [{ name: 'calico-node', image, env }] },
  };
}

function configuration(name: string, spec: Readonly<Record<string, unknown>>): KubernetesObject {
  return { metadata: { name }, spec };
}

const configured = (objects: Partial<NodeObjects>) =>
  nodeFacts('node-a', { ...none, ...objects }, unasked).ebpf.configured;

test('a node tells whether it is ready, why not, and what it runs', () => {
  const node: KubernetesObject = {
    metadata: { name: 'node-a' },
    status: {
      conditions: [{ type: 'Ready', status: 'False', message: 'kubelet stopped posting node status' }],
      addresses: [{ type: 'InternalIP', address: '192.168.5.20' }],
      nodeInfo: { kernelVersion: '6.1.0', osImage: 'Debian' },
    },
  };
  const facts = nodeFacts('node-a', { ...none, nodes: [node] }, unasked);
  assert.equal(facts.ready, 'not-ready');
  assert.equal(facts.readyMessage, 'kubelet stopped posting node status');
  assert.deepEqual([facts.kernel, facts.osImage, facts.addresses], ['6.1.0', 'Debian', ['192.168.5.20']]);
});

test('a node that Kubernetes does not know has its name and what it said', () => {
  const facts = nodeFacts('node-z', none, { ...unasked, version: 'Version:            v3.30.7\nBuild: x\n' });
  assert.deepEqual([facts.ready, facts.ebpf.state, facts.calicoVersion], ['unknown', 'unknown', 'v3.30.7']);
});

test('the version is the tag of the image, whatever the registry and the digest', () => {
  const version = (image: string) =>
    nodeFacts('node-a', { ...none, pods: [agent(image)] }, unasked).calicoVersion;
  assert.equal(version('quay.io/calico/node:v3.32.1'), 'v3.32.1');
  assert.equal(version('localhost:5000/node:v3.31.2@sha256:0123'), 'v3.31.2');
  assert.equal(version('localhost:5000/node'), undefined);
  assert.equal(version('calico/node:latest'), undefined);
});

test('an agent that ends is passed over for the one that replaces it', () => {
  const old = agent('calico/node:v3.30.7');
  const ending = { ...old, metadata: { ...old.metadata, deletionTimestamp: '2026-08-01T00:00:00Z' } };
  for (const pods of [
    [ending, agent('calico/node:v3.32.1')],
    [agent('calico/node:v3.32.1'), ending],
  ])
    assert.equal(nodeFacts('node-a', { ...none, pods }, unasked).calicoVersion, 'v3.32.1');
});

test('the environment wins over the node’s FelixConfiguration, and that over the default one', () => {
  const on = configuration('default', { bpfEnabled: true });
  const off = configuration('node.node-a', { bpfEnabled: false });
  const env = [{ name: 'FELIX_BPFENABLED', value: 'true' }];
  assert.equal(configured({ felixConfigurations: [on] }), 'eBPF on (FelixConfiguration default)');
  assert.equal(configured({ felixConfigurations: [on, off] }), 'eBPF off (FelixConfiguration node.node-a)');
  assert.equal(
    configured({ felixConfigurations: [on, off], pods: [agent('calico/node:v3.32.1', env)] }),
    'eBPF on (env FELIX_BPFENABLED of calico-node)',
  );
});

test('where a FelixConfiguration selects nodes, the default one is not taken for the answer', () => {
  const felixConfigurations = [
    configuration('default', { bpfEnabled: true }),
    configuration('old-kernels', { bpfEnabled: false, nodeSelector: "kernel == 'old'" }),
  ];
  assert.equal(configured({ felixConfigurations }), undefined);
});
