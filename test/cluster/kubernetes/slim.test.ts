import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slim } from '../../../src/cluster/kubernetes/slim.ts';

const container = {
  name: 'main',
  image: 'shop:1',
  ports: [{ containerPort: 80 }],
  env: [{ name: 'PASSWORD', value: 'secret' }],
  args: ['--token=secret'],
  readinessProbe: { exec: { command: ['ready'] } },
  volumeMounts: [{ name: 'data' }],
};

function pod(labels: Readonly<Record<string, string>>) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'cart', labels, managedFields: [{}] },
    spec: { nodeName: 'node-a', containers: [container], volumes: [{ name: 'data' }] },
    status: { podIP: '10.0.0.1' },
  };
}

test('a pod keeps where it is and what it runs, not what may be secret', () => {
  assert.deepEqual(slim('pods', pod({ app: 'cart' })), {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'cart', labels: { app: 'cart' } },
    spec: {
      nodeName: 'node-a',
      containers: [{ name: 'main', image: 'shop:1', ports: [{ containerPort: 80 }] }],
    },
    status: { podIP: '10.0.0.1' },
  });
});

test('calico-node keeps its environment, which configures Felix, and how Kubernetes asks whether it is ready', () => {
  const slimmed = slim('pods', pod({ 'k8s-app': 'calico-node' }));
  assert.match(JSON.stringify(slimmed), /PASSWORD.*readinessProbe/);
});

test('annotations stay but for the copy of the object that kubectl leaves', () => {
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    'projectcalico.org/IPv4': 'x',
  };
  const slimmed = slim('nodes', { metadata: { name: 'node-a', annotations } });
  assert.deepEqual(slimmed.metadata.annotations, { 'projectcalico.org/IPv4': 'x' });
});
