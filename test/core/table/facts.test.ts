import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSnapshot } from '../../../src/cluster/snapshot/snapshotCluster.ts';
import { judgedObjects } from '../../../src/core/facts/known.ts';
import { noObjects } from '../../../src/core/names/objects.ts';
import { findFacts } from '../../support/facts.ts';
import { createSession } from '../../../src/session/create.ts';
import { recordingsFolder } from '../../support/recordings.ts';
import { openSample, silentLog } from '../../support/sample.ts';

const { signal } = new AbortController();

const sample = () => openSample();
const recording = async (name: string) =>
  createSession(await openSnapshot(join(recordingsFolder, `${name}.tar.gz`), {}, signal), silentLog);

/** A dump with other lines in place of some of its own. */
const edited = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);

test('what follows from the dumps of a healthy node is what is so there, in either form', async () => {
  const session = await recording('v3.32.1-healthy');
  const expected = {
    'nat.dump': ['nat-no-backends shop/reports:http has no backends.'],
    'routes.dump': [],
    'ifstate.dump': [],
    'conntrack.dump': unanswered,
    'conntrack.dump.raw': unanswered,
  };
  for (const [probe, facts] of Object.entries(expected)) {
    const { service, absent } = await findFacts(session, { node: 'node-a', probe });
    assert.deepEqual(absent, [], probe);
    const { count, problems } = service.show({ filter: 'fact:*', sort: [] });
    const rows = service.cells({ start: 0, end: problems.length > 0 ? 0 : count, columns: ['fact', 'why'] });
    assert.deepEqual([...new Set(rows.map(({ texts }) => texts.join(' ')))], facts, probe);
  }
});

/** Pods of the recording ask an address that answers nobody, and backends that policies cut off. */
const unanswered = [
  'conntrack-unanswered 9 connections to 203.0.113.250 port 80 have had no answer for 3 s or more.',
  'conntrack-unanswered 1 connection to 10.244.218.67 port 8443 has had no answer for 3 s or more.',
  'conntrack-unanswered 1 connection to 10.244.99.194 port 5432 has had no answer for 3 s or more.',
];

test('a connection without an answer says so in its row, with the rule, and is found by it', async () => {
  const { service } = await findFacts(await sample(), { node: 'node-a', probe: 'conntrack.dump' });
  const { count, total } = service.show({ filter: 'fact:conntrack-unanswered', sort: [] });
  assert.ok(count > 0 && count < total);
  const [first] = service.cells({ start: 0, end: 1, columns: ['fact', 'why', 'rule', 'state'] });
  assert.equal(first?.texts[0], 'conntrack-unanswered');
  assert.match(first?.texts[1] ?? '', /had no answer for 3 s or more/);
  assert.match(first?.texts[2] ?? '', /is SYN-SENT/);
  assert.equal(first?.texts[3], 'SYN-SENT');
  assert.equal(first?.tones[0], 'trouble');
});

test('raw entries have the same facts as pretty ones', async () => {
  const counts = await Promise.all(
    ['conntrack.dump', 'conntrack.dump.raw'].map(async (probe) => {
      const { service } = await findFacts(await sample(), { node: 'node-a', probe });
      return service.show({ filter: 'fact:conntrack-unanswered', sort: [] }).count;
    }),
  );
  assert.equal(counts[0], counts[1]);
});

test('of a frontend with several backends only the row of the wrong one has the fact', async () => {
  const edit = edited(/(\t\d+:1\t )(10\.244\.\d+\.\d+):(\d+)/, '$110.244.250.9:$3');
  const { service } = await findFacts(await sample(), { node: 'node-a', probe: 'nat.dump' }, edit);
  const { count } = service.show({ filter: 'fact:nat-backend-not-ready', sort: [] });
  assert.equal(count, 1);
  const [row] = service.cells({ start: 0, end: 1, columns: ['backend', 'ordinal'] });
  assert.match(row?.texts[0] ?? '', /^10\.244\.250\.9:/);
  assert.equal(row?.texts[1], '1');
});

test('what is about no row is told beside the table', async () => {
  const edit = edited(/^.*\bcali\w+.*$/m, '');
  const { absent } = await findFacts(await sample(), { node: 'node-a', probe: 'ifstate.dump' }, edit);
  assert.deepEqual(
    absent.map(({ rule }) => rule),
    ['interface-absent'],
  );
});

test('a counter above zero has the fact in its own row', async () => {
  const { service } = await findFacts(await sample(), { node: 'node-a', probe: 'counters.dump' });
  const { count } = service.show({ filter: 'fact:drops', sort: [] });
  assert.ok(count > 0);
  const rows = service.cells({ start: 0, end: count, columns: ['category', 'ingress', 'egress'] });
  for (const { texts } of rows) {
    assert.equal(texts[0], 'Dropped');
    assert.ok(Number(texts[1]) + Number(texts[2]) > 0);
  }
});

test('an object that crosses threads keeps what rules look at, and leaves the rest behind', () => {
  const pod = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'cart', namespace: 'shop', managedFields: [1], labels: { app: 'cart' } },
    spec: { nodeName: 'node-a', containers: [{ name: 'cart' }] },
    status: { podIP: '10.65.0.2', phase: 'Running', conditions: [] },
  };
  const trimmed = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'cart', namespace: 'shop', labels: { app: 'cart' } },
    spec: { nodeName: 'node-a' },
    status: { podIP: '10.65.0.2', phase: 'Running' },
  };
  assert.deepEqual(
    [...judgedObjects({ ...noObjects, pods: [pod] })],
    [{ resource: 'pods', objects: [trimmed] }],
  );
});
