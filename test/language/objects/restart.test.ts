import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterAnswer, NodeAnswer } from '../../../src/language/protocol.ts';
import { startServer } from '../harness.ts';

function node(name: string, environment: NodeAnswer['environment'] = {}): NodeAnswer {
  return { name, labels: {}, interfaces: ['eth0'], environment, mapEntries: {} };
}

const cluster: ClusterAnswer = {
  name: 'shop',
  calicoVersion: 'v3.32.1',
  nodes: [node('a'), node('b'), node('c', { FELIX_BPFLOGLEVEL: 'Debug' })],
  configurations: [
    { name: 'default', spec: { bpfEnabled: true, routeRefreshInterval: '90s' } },
    { name: 'node.b', spec: { bpfLogLevel: 'Debug' } },
  ],
};

/** What is said of a restart. */
async function restarts(spec: string, name = 'default'): Promise<readonly string[]> {
  const client = await startServer({ cluster });
  const text = `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
  const found = await client.open(text);
  await client.stop();
  assert.deepEqual(client.errors, []);
  const said = found.filter(({ code }) => code === 'restart');
  return said.map(({ message }) => (typeof message === 'string' ? message : message.value));
}

test('tells where Felix restarts when a file is applied', async () => {
  assert.deepEqual(await restarts('{bpfEnabled: false, bpfEnforceRPF: Strict}'), [
    'Applied to shop, this changes bpfEnabled and bpfEnforceRPF, and Felix restarts on 3 of 3 nodes.',
  ]);
  assert.deepEqual(await restarts('{bpfEnabled: false}', 'node.b'), [
    'Applied to shop, this changes bpfEnabled, and Felix restarts on 1 of 3 nodes.',
  ]);
});

test('leaves out the nodes on which something else wins', async () => {
  assert.deepEqual(await restarts('{bpfLogLevel: Debug}'), [
    'Applied to shop, this changes bpfLogLevel, and Felix restarts on 1 of 3 nodes.',
  ]);
});

test('says nothing of a restart when nothing changes that needs one', async () => {
  assert.deepEqual(await restarts('{bpfEnabled: true, routeRefreshInterval: 1m30s}'), []);
  assert.deepEqual(await restarts('{healthTimeoutOverrides: [{name: felix, timeout: 5m}]}'), []);
  assert.deepEqual(await restarts('{bpfEnforceRPF: Strict}', 'node.elsewhere'), []);
});

test('says nothing of a restart as long as the API server refuses the file', async () => {
  assert.deepEqual(await restarts('{bpfEnabled: false, bpfLogLvel: Debug}'), []);
});
