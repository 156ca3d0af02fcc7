import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeFacts, noEvidence } from '../../../src/core/nodes/nodeFacts.ts';
import type { KubernetesObject } from '../../../src/core/objects/object.ts';

const node = (labels: Readonly<Record<string, string>> = {}, spec: object = {}): KubernetesObject => ({
  metadata: { name: 'n', labels },
  spec,
});

function agentPod(status: object, metadata: object = {}): KubernetesObject {
  return {
    metadata: {
      name: 'calico-node-x',
      namespace: 'calico-system',
      labels: { 'k8s-app': 'calico-node' },
      ...metadata,
    },
    spec: { nodeName: 'n', containers: [{ name: 'calico-node', image: 'calico/node:v3.32.1' }] },
    status,
  };
}

function factsOf(nodes: readonly KubernetesObject[], pods: readonly KubernetesObject[], spec: object = {}) {
  const felixConfigurations = [{ metadata: { name: 'default' }, spec: { bpfEnabled: true, ...spec } }];
  return nodeFacts('n', { nodes, pods, felixConfigurations }, noEvidence);
}

const other = { ...agentPod({}), spec: { nodeName: 'm', containers: [] } };
const running = { phase: 'Running', containerStatuses: [{ name: 'calico-node', state: { running: {} } }] };

test('a node whose pod runs can be asked', () => {
  assert.deepEqual(factsOf([node()], [agentPod(running)]).agent, { kind: 'running' });
});

test('a node whose pod does not run says why', () => {
  const waiting = {
    phase: 'Running',
    containerStatuses: [{ name: 'calico-node', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
  };
  const { agent, ebpf } = factsOf([node()], [agentPod(waiting)]);
  assert.deepEqual(agent, {
    kind: 'ailing',
    why: 'has a calico-node pod, calico-system/calico-node-x, that waits to start (CrashLoopBackOff)',
  });
  assert.deepEqual([ebpf.state, ebpf.why], ['unknown', `It ${'why' in agent ? agent.why : ''}.`]);
  const gone = factsOf([node()], [agentPod(running, { deletionTimestamp: '2026-11-21T12:00:00Z' })]);
  assert.match('why' in gone.agent ? gone.agent.why : '', /is being deleted/);
});

test('a node without a pod says so, with its taints', () => {
  const tainted = node({}, { taints: [{ key: 'dedicated', effect: 'NoExecute' }] });
  assert.deepEqual(factsOf([tainted], [other]).agent, {
    kind: 'absent',
    why: 'has no calico-node pod; its taints are dedicated',
  });
});

test('where no pods are known nothing is said of them', () => {
  assert.deepEqual(factsOf([node()], []).agent, { kind: 'unknown' });
});

test('a Windows node has eBPF off, whatever is configured', () => {
  const { agent, ebpf, instead } = factsOf([node({ 'kubernetes.io/os': 'windows' })], [other]);
  assert.deepEqual([agent.kind, ebpf.state, instead], ['windows', 'off', undefined]);
  assert.match(ebpf.why, /Windows, where Calico has no eBPF dataplane/);
});

test('where eBPF is off it is said what is instead', () => {
  const off = (spec: object) => {
    const felixConfigurations = [{ metadata: { name: 'default' }, spec: { bpfEnabled: false, ...spec } }];
    const answer = { kind: 'failed', reason: 'map-missing', message: '', said: '' } as const;
    const evidence = { ...noEvidence, ifstate: { answer, count: 0 } };
    return nodeFacts('n', { nodes: [node()], pods: [agentPod(running)], felixConfigurations }, evidence)
      .instead;
  };
  assert.deepEqual(
    [off({}), off({ nftablesMode: 'Enabled' }), off({ nftablesMode: 'Disabled' })],
    ['iptables, or nftables where kube-proxy uses it', 'nftables', 'iptables'],
  );
});
