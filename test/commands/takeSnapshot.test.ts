import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { openSnapshot } from '../../src/cluster/snapshot/snapshotCluster.ts';
import { openSample } from '../support/sample.ts';

const { Connection } = await import('../../src/host/connection.ts');
const { createLog } = await import('../../src/host/log.ts');
const { registerTakeSnapshot } = await import('../../src/commands/takeSnapshot.ts');

const { signal } = new AbortController();
const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-test-'));
after(() => rm(folder, { recursive: true }));
const connection = new Connection({ openSession: openSample, findSource: async () => undefined });
await connection.open({ kind: 'sample' }, signal);
registerTakeSnapshot({ connection, log: createLog() });
const opened: unknown[] = [];
editor.commands.set('calicoBpf.cluster.openSnapshot', (path) => opened.push(path));

beforeEach(() => {
  Object.assign(editor, { picks: [], asked: [], dialogs: [], errors: [], messages: [], answers: [] });
});

async function take(pick: string, name: string): Promise<string> {
  const path = join(folder, name);
  editor.picks = [pick];
  editor.dialogs = [path];
  await editor.commands.get('calicoBpf.snapshot.take')?.();
  return path;
}

test('records the chosen nodes and offers to open what was saved', async () => {
  editor.answers = ['Open'];
  const path = await take('node-a|node-c', 'two.tar.gz');
  const cluster = await openSnapshot(path, {}, signal);
  assert.deepEqual(await cluster.probedNodes(signal), ['node-a', 'node-c']);
  await cluster.close();
  assert.match(editor.messages[0] ?? '', /The snapshot of 2 nodes is in .*two\.tar\.gz/);
  assert.deepEqual(opened, [path]);
});

test('replaces names and addresses when that is chosen', async () => {
  const path = await take('Replace names|node-a', 'redacted.tar.gz');
  const cluster = await openSnapshot(path, {}, signal);
  assert.deepEqual([cluster.info.redacted, await cluster.probedNodes(signal)], [true, ['node-1']]);
  await cluster.close();
});

test('does nothing when a question is dismissed', async () => {
  editor.picks = [];
  await editor.commands.get('calicoBpf.snapshot.take')?.();
  editor.picks = ['node-a'];
  await editor.commands.get('calicoBpf.snapshot.take')?.();
  assert.deepEqual([editor.errors, editor.messages], [[], []]);
});

test('says why it cannot be saved', async () => {
  await take('node-a', 'file.tar.gz');
  await take('node-a', 'file.tar.gz/below.tar.gz');
  assert.match(editor.errors[0] ?? '', /cannot be written to .*below\.tar\.gz/);
});
