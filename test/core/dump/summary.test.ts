import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDump } from '../../../src/core/dump/readers.ts';
import { summarizeMap } from '../../../src/core/dump/summary.ts';
import { mapKinds, mapProbe } from '../../../src/core/probes.ts';
import { recordedOutputs } from '../../support/recordings.ts';

test('each map of a recorded node is summed up in its own unit, with what deserves attention', async () => {
  const outputs = await recordedOutputs('v3.32.1-policy-deny');
  const said = mapKinds.map((kind) => {
    const output = outputs.find(
      ({ node, probe, stream }) => node === 'node-a' && stream === 'out' && probe === mapProbe(kind, 'IPv4'),
    );
    const dump = readDump(kind.probe, output?.text ?? '');
    assert.ok(dump !== undefined);
    const { count, unit, trouble } = summarizeMap(kind.id, dump);
    return `${kind.title}: ${count} ${unit}${trouble === undefined ? '' : `, ${trouble}`}`;
  });
  assert.deepEqual(said, [
    'Routes: 13 entries',
    'NAT: 33 frontends, 1 without backends',
    'NAT affinity: 2 entries',
    'Maglev: 503 slots',
    'Conntrack: 94 entries',
    'IP sets: 1 sets',
    'Counters: 9 interfaces, 24 drops',
    'Interface state: 8 interfaces',
    'ARP: 3 entries',
  ]);
});

test('the entries of the conntrack map are counted as Calico’s own statistics count them', async () => {
  for (const recording of ['v3.32.1-healthy', 'v3.30.7-healthy', 'master-healthy']) {
    const outputs = await recordedOutputs(recording);
    const find = (wanted: string) =>
      outputs.find(({ node, probe, stream }) => node === 'node-b' && probe === wanted && stream === 'out');
    const total = /^Total entries: (\d+)$/m.exec(find('conntrack.stats')?.text ?? '')?.[1];
    const dump = readDump('conntrack.dump', find('conntrack.dump')?.text ?? '');
    assert.ok(dump !== undefined && total !== undefined);
    // Between the two commands some entries come and go.
    const { count } = summarizeMap('conntrack', dump);
    assert.ok(Math.abs(count - Number(total)) <= 5, `${recording}: ${count} and ${total}`);
  }
});

test('missing backends and interfaces that are not ready are told', () => {
  const nat = readDump(
    'nat.dump',
    '10.0.0.1 port 80 proto 6 id 7 count 2 local 0\n\t7:0\t is missing\n\t7:1\t 10.0.0.2:80\n',
  );
  assert.ok(nat !== undefined);
  assert.equal(summarizeMap('nat', nat).trouble, '1 backend is missing');
  const ifstate = readDump(
    'ifstate.dump',
    '    3 : {flags: workload, name: cali0123456789a}\n    2 : {flags: notmanaged, name: eth1}\n',
  );
  assert.ok(ifstate !== undefined);
  assert.equal(summarizeMap('ifstate', ifstate).trouble, '1 not ready');
});
