import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findInYaml } from '../../../src/core/diagnose/inYaml.ts';
import { diagnoseRecording } from './recorded.ts';

/** Each finding with the line that it is shown at. */
async function found(recording: string, text: string): Promise<readonly string[]> {
  const { findings } = await diagnoseRecording(recording);
  const lines = text.split('\n');
  return findInYaml(text, findings).map(({ finding, line }) => `${finding.check}: ${lines[line]?.trim()}`);
}

const configuration = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default # of the whole cluster
spec:
  bpfEnabled: true
  bpfLogLevel: Debug
`;

test('a finding that a key of a FelixConfiguration causes stands at the key', async () => {
  assert.deepEqual(await found('v3.32.1-healthy', configuration), ['configuration: bpfLogLevel: Debug']);
});

test('a FelixConfiguration of another name has no part in it', async () => {
  assert.deepEqual(await found('v3.32.1-healthy', configuration.replace('default', 'node.node-a')), []);
});

const policy = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: cart-from-frontend
  namespace: shop
spec: {}
`;

test('a policy that cuts a pod off is told at its name, in whichever document of a file', async () => {
  assert.deepEqual(await found('v3.32.1-policy-deny', configuration + policy), [
    'policy: name: cart-from-frontend',
    'configuration: bpfLogLevel: Debug',
  ]);
  assert.deepEqual(await found('v3.32.1-policy-deny', policy.replace('shop', 'other')), []);
});

test('a pattern that misses a card is told at its key', async () => {
  const pattern = configuration
    .replace('default', 'node.node-b')
    .replace('bpfLogLevel: Debug', "bpfDataIfacePattern: '^wg.*'");
  assert.deepEqual(await found('v3.32.1-iface-pattern', pattern), [
    "interfaces: bpfDataIfacePattern: '^wg.*'",
  ]);
});

test('any text is read, objects or not', () => {
  for (const text of ['', '---\n---', 'kind: FelixConfiguration', 'kind: FelixConfiguration\nmetadata:\n'])
    assert.deepEqual(findInYaml(text, []), []);
});
