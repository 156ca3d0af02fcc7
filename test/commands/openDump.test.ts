import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openSample } from '../support/sample.ts';

const { Connection } = await import('../../src/host/connection.ts');
const { createLog } = await import('../../src/host/log.ts');
const { registerOpenDump } = await import('../../src/commands/openDump.ts');
const { parseDumpUri } = await import('../../src/documents/uri.ts');

const sample = await openSample();
const connection = new Connection({ openSession: async () => sample, findSource: async () => undefined });
registerOpenDump({ connection, log: createLog() });
const run = (id: string, ...args: unknown[]) => editor.commands.get(id)?.(...args);

/** What was opened: node and probe. */
const opened = () =>
  editor.shown.map((uri) => {
    const target = parseDumpUri(uri as never);
    return `${target?.node} ${target?.probe}`;
  });

const openedAsTable = () =>
  editor.openedWith.map(([viewType, uri]) => `${viewType} ${parseDumpUri(uri as never)?.probe}`);

beforeEach(async () => {
  Object.assign(editor, { picks: [], asked: [], shown: [], openedWith: [], errors: [], ran: [] });
  if (connection.session === undefined)
    await connection.open({ kind: 'sample' }, new AbortController().signal);
});

test('opens the map that the tree hands over, without a question', async () => {
  await run('calicoBpf.map.open', { node: 'node-a', map: 'nat', family: 'IPv6' });
  assert.deepEqual(opened(), ['node-a nat.dump.v6']);
  assert.deepEqual(editor.asked, []);
});

test('opens a map that is read best as a table as one, unless the text is asked for', async () => {
  await run('calicoBpf.map.open', { node: 'node-a', map: 'conntrack', family: 'IPv4' });
  assert.deepEqual([openedAsTable(), opened()], [['calicoBpf.table conntrack.dump'], []]);
  const map = { node: 'node-a', map: { id: 'conntrack' }, family: 'IPv4' };
  await run('calicoBpf.map.openText', map);
  assert.deepEqual(opened(), ['node-a conntrack.dump']);
});

test('opens any other map as a table when that is asked for', async () => {
  await run('calicoBpf.map.openTable', { node: 'node-a', map: { id: 'routes' }, family: 'IPv6' });
  assert.deepEqual([openedAsTable(), opened()], [['calicoBpf.table routes.dump.v6'], []]);
});

test('asks for node and map in the palette, with IPv4 and IPv6 where there are both', async () => {
  editor.picks = ['node-b', 'Routes IPv6'];
  await run('calicoBpf.map.open');
  assert.deepEqual(opened(), ['node-b routes.dump.v6']);
  const labels = editor.asked[1]?.items.map(({ label }) => label) ?? [];
  assert.ok(labels.includes('Routes IPv4') && labels.includes('Counters'));
});

test('asks for the policy by the name of the pod', async () => {
  editor.picks = ['node-a', 'shop/cart'];
  await run('calicoBpf.policy.open');
  assert.deepEqual(opened(), ['node-a policy.dump.cali8cb945225b4.all']);
});

test('a dismissed question opens nothing and says nothing', async () => {
  editor.picks = ['node-a', ''];
  await run('calicoBpf.map.open');
  assert.deepEqual([opened(), editor.errors], [[], []]);
});

test('without a cluster it offers to open one first', async () => {
  await connection.close();
  editor.picks = ['Open Sample Cluster'];
  await run('calicoBpf.map.open');
  assert.deepEqual(editor.ran, ['calicoBpf.cluster.openSample']);
  assert.deepEqual(opened(), []);
});
