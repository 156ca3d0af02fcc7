import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { openSample } from '../support/sample.ts';

const { Connection } = await import('../../src/host/connection.ts');
const { describeConnection, registerStatusBar } = await import('../../src/host/statusBar.ts');

const now = new Date('2026-11-21T12:00:00Z');
const source = { kind: 'live', context: 'shop' } as const;
const session = await openSample();

test('the status bar says which cluster is open, and how old a recording is', async () => {
  const connection = new Connection({ openSession: async () => session, findSource: async () => undefined });
  const item = registerStatusBar(connection);
  assert.equal(editor.statusItem.isShown, false);
  await connection.open({ kind: 'sample' }, new AbortController().signal);
  assert.equal(editor.statusItem.isShown, true);
  assert.match(editor.statusItem.text, /^\$\(archive\) shop, /);
  await connection.close();
  assert.equal(editor.statusItem.isShown, false);
  item.dispose();
});

test('a cluster that is opened, that failed, or was lost says so in words', () => {
  const opening = describeConnection({ state: { kind: 'opening', source }, outage: undefined }, now);
  assert.deepEqual([opening?.text, opening?.isWarning], ['$(sync~spin) shop', false]);
  const error = new ClusterError('unreachable', 'Nothing listens there.');
  const failed = describeConnection({ state: { kind: 'failed', source, error }, outage: undefined }, now);
  assert.deepEqual([failed?.tooltip, failed?.isWarning], ['shop: Nothing listens there.', true]);
  const outage = { since: now, message: 'The connection was reset.' };
  const lost = describeConnection({ state: { kind: 'open', source, session }, outage }, now);
  assert.match(lost?.text ?? '', /debug-disconnect/);
  assert.match(lost?.tooltip ?? '', /not connected since .*: The connection was reset\./);
});
