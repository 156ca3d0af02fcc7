import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Memento } from 'vscode';
import { ClusterError } from '../../src/cluster/cluster.ts';
import type { ClusterSource } from '../../src/host/connection.ts';
import { openSample } from '../support/sample.ts';

const { Connection } = await import('../../src/host/connection.ts');
const { createLog } = await import('../../src/host/log.ts');
const { RememberedSources } = await import('../../src/host/remembered.ts');
const { registerOpenCluster } = await import('../../src/commands/openCluster.ts');

const memory = { get: (_key: string, fallback?: unknown) => fallback, update: async () => undefined };
const recent = { ...memory, get: () => ['/recent/shop'] };
const remembered = new RememberedSources({
  workspace: memory as unknown as Memento,
  everywhere: recent as unknown as Memento,
});
const sample = await openSample();
let opened: ClusterSource[] = [];
const connection = new Connection({
  openSession: async (source) => {
    opened.push(source);
    if (source.kind === 'snapshot' && source.path === '/broken')
      throw new ClusterError('unreadable', 'It is damaged.');
    return sample;
  },
  findSource: async () => undefined,
});
registerOpenCluster({ connection, remembered, log: createLog() });
const run = (id: string, ...args: unknown[]) => editor.commands.get(id)?.(...args);

beforeEach(() => {
  opened = [];
  Object.assign(editor, { picks: [], asked: [], dialogs: [], errors: [], ran: [] });
});

test('opens the sample and shows the view', async () => {
  await run('calicoBpf.cluster.openSample');
  assert.deepEqual(opened, [{ kind: 'sample' }]);
  assert.deepEqual(editor.ran, ['calicoBpf.cluster.focus']);
});

test('opens the folder, or the archive, that the dialog answers', async () => {
  for (const kind of ['$(folder)', '$(file-zip)']) {
    editor.picks = [kind];
    editor.dialogs = ['/snapshots/shop'];
    await run('calicoBpf.cluster.openSnapshot');
  }
  const source = { kind: 'snapshot', path: '/snapshots/shop' };
  assert.deepEqual(opened, [source, source]);
});

test('offers the snapshots that were opened lately', async () => {
  editor.picks = ['$(history) shop'];
  await run('calicoBpf.cluster.openSnapshot');
  assert.deepEqual(opened, [{ kind: 'snapshot', path: '/recent/shop' }]);
});

test('opens nothing when the dialog is dismissed', async () => {
  editor.picks = ['$(folder)'];
  await run('calicoBpf.cluster.openSnapshot');
  assert.deepEqual([opened, editor.errors], [[], []]);
});

test('says in its own words what is wrong with a snapshot', async () => {
  await run('calicoBpf.cluster.openSnapshot', '/broken');
  assert.deepEqual(editor.errors, ['It is damaged.']);
});

test('closes the cluster', async () => {
  await run('calicoBpf.cluster.openSample');
  await run('calicoBpf.cluster.close');
  assert.equal(connection.state.kind, 'none');
});
