import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEffectiveConfig } from '../../../src/core/nodes/effectiveConfig.ts';
import { openRecording } from '../names/recorded.ts';

async function recorded(recording: string, node: string) {
  const config = readEffectiveConfig((await openRecording(recording)).text(`nodes/${node}/felix.log.out`));
  assert.ok(config !== undefined);
  return config;
}

test('the effective values of each recorded version are read', async () => {
  for (const recording of ['v3.30.7-healthy', 'v3.32.1-healthy', 'master-healthy']) {
    const { values } = await recorded(recording, 'node-a');
    assert.ok(values.size > 200);
    assert.equal(values.get('BPFEnabled'), 'true');
    assert.equal(values.get('BPFLogLevel'), 'debug');
    assert.equal(values.get('BPFMapSizeConntrack'), '512000');
    assert.equal(values.get('BPFExtToServiceConnmark'), '0');
  }
});

test('each source says what it asked for', async () => {
  const { values, sources } = await recorded('v3.32.1-node-bpf-off', 'node-c');
  assert.equal(values.get('BPFEnabled'), 'false');
  assert.equal(sources.get('default FelixConfiguration')?.get('BPFEnabled'), 'true');
  assert.equal(sources.get('FelixConfiguration of the node')?.get('BPFEnabled'), 'false');
  assert.equal(sources.get('environment')?.get('felixhostname'), 'node-c');
  const before = await recorded('v3.30.7-healthy', 'node-a');
  assert.equal(before.sources.has('FelixConfiguration with a node selector'), false);
  assert.equal(
    before.sources.get('FelixConfiguration of the node')?.get('IPv4VXLANTunnelAddr'),
    '10.244.174.128',
  );
});

test('the last start counts, and a log without one says nothing', () => {
  const start = (value: string) =>
    `daemon.go 362: Successfully loaded configuration. config=&config.Config{A:${value}}\n`;
  assert.equal(readEffectiveConfig(start('1') + start('"a, \\"b\\" }"'))?.values.get('A'), 'a, "b" }');
  assert.equal(readEffectiveConfig('felix started\n'), undefined);
});

test('a log that is cut off anywhere is read without a throw', () => {
  const body = fc
    .array(fc.constantFrom('A:', '"', '\\', '{', '}', '(', ')', ',', 'map[x]y{', ' ', '1'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(body, (text) => {
      const config = readEffectiveConfig(`Successfully loaded configuration. config=&config.Config{${text}`);
      assert.ok(config !== undefined);
    }),
  );
});
