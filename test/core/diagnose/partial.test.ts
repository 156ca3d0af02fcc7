/** What is told where not everything can be seen: what is known, and what is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterError } from '../../../src/cluster/cluster.ts';
import type { Edits } from '../../support/edited.ts';
import { silent } from '../../support/faults/edits.ts';
import { diagnoseRecording } from './recorded.ts';
import { expectedFindings, spell } from './expected.ts';

const healthy = 'v3.32.1-healthy';
async function told(edits: Edits) {
  const { findings, checks } = await diagnoseRecording(healthy, edits);
  const serious = findings.filter(({ severity }) => severity !== 'information');
  const why = (id: string) => checks.find((check) => check.id === id);
  return { serious: serious.map(spell), why };
}

test('a node that answers nothing is named as unknown, and the others are told of as before', async () => {
  const { serious, why } = await told({ probes: silent('node-c') });
  assert.deepEqual(serious.toSorted(), [
    'warning key bpfLogLevel on node-a,node-b,node-c',
    'warning service shop/reports on node-a,node-b',
  ]);
  assert.equal(why('interfaces')?.status, 'passed');
  assert.match(why('interfaces')?.why ?? '', /ifstate\.dump was not recorded \(node-c\)/);
});

test('where no node answers, what the objects say is told and nothing is called passed that was not seen', async () => {
  const { serious, why } = await told({ probes: silent('node-a', 'node-b', 'node-c') });
  assert.deepEqual(serious, ['warning key bpfLogLevel on node-a,node-b,node-c']);
  for (const id of ['nat-integrity', 'interfaces', 'conntrack', 'drops', 'kube-proxy'])
    assert.match(JSON.stringify(why(id)), /was not recorded/, id);
  for (const id of ['nat-integrity', 'interfaces', 'drops']) assert.equal(why(id)?.status, 'skipped', id);
});

test('objects that may not be listed are named, and what needs them is skipped', async () => {
  const { why } = await told({ objects: { services: forbidden } });
  assert.equal(why('nat-integrity')?.status, 'skipped');
  assert.match(why('nat-integrity')?.why ?? '', /services: .*forbidden/);
});

function forbidden(): never {
  throw new ClusterError(
    'forbidden',
    'Listing services is forbidden: the permission list services is missing.',
  );
}

test('a version without a dump is skipped there, not called healthy', async () => {
  const { serious, why } = await told({
    probes: { 'node-a/counters.dump': () => 'Usage:\n  calico-node -bpf [command]\n\nAvailable Commands:\n' },
  });
  assert.deepEqual(serious.toSorted(), [...expectedFindings(healthy)].toSorted());
  assert.match(why('drops')?.why ?? '', /This Calico version has no such dump.* \(node-a\)/);
});

test('what is missing in a dump that was cut off is not held against the node', async () => {
  const { serious, why } = await told({
    probes: { 'node-a/nat.dump': (text) => text.slice(0, 400) },
    cutOff: ['node-a/nat.dump'],
  });
  assert.deepEqual(serious.toSorted(), [
    'warning key bpfLogLevel on node-a,node-b,node-c',
    'warning service shop/reports on node-b,node-c',
  ]);
  assert.match(why('nat-integrity')?.why ?? '', /nat\.dump was cut off \(node-a\)/);
});
