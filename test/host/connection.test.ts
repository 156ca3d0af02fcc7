import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterError } from '../../src/cluster/cluster.ts';
import type { ClusterSource } from '../../src/host/connection.ts';
import type { Session } from '../../src/session/session.ts';

const { Connection } = await import('../../src/host/connection.ts');

const { signal } = new AbortController();
const first: ClusterSource = { kind: 'snapshot', path: '/first' };
const second: ClusterSource = { kind: 'snapshot', path: '/second' };

interface Recorder {
  readonly closed: string[];
  readonly openSession: (source: ClusterSource) => Promise<Session>;
}

function recorder(): Recorder {
  const closed: string[] = [];
  return {
    closed,
    async openSession(source) {
      const path = source.kind === 'snapshot' ? source.path : source.kind;
      if (path === '/broken') throw new ClusterError('unreadable', 'It is damaged.');
      // Only closing is asked of it here.
      return { cluster: { close: async () => void closed.push(path) }, forget() {} } as unknown as Session;
    },
  };
}

test('opening another cluster closes the one before', async () => {
  const { closed, openSession } = recorder();
  const connection = new Connection({ openSession, findSource: async () => undefined });
  await connection.open(first, signal);
  assert.equal(editor.context.get('calicoBpf.hasCluster'), true);
  await connection.open(second, signal);
  assert.deepEqual(closed, ['/first']);
  await connection.close();
  assert.deepEqual(closed, ['/first', '/second']);
  assert.equal(editor.context.get('calicoBpf.hasCluster'), false);
});

test('what is open stays when another cannot be opened', async () => {
  const { closed, openSession } = recorder();
  const connection = new Connection({ openSession, findSource: async () => undefined });
  const session = await connection.open(first, signal);
  await assert.rejects(connection.open({ kind: 'snapshot', path: '/broken' }, signal), /damaged/);
  assert.equal(connection.session, session);
  assert.deepEqual(closed, []);
});

test('the later of two openings wins, and the session that comes too late is closed', async () => {
  const gate = Promise.withResolvers<void>();
  const { closed, openSession } = recorder();
  const connection = new Connection({
    openSession: async (source) => {
      if (source === first) await gate.promise;
      return openSession(source);
    },
    findSource: async () => undefined,
  });
  const late = connection.open(first, signal);
  await connection.open(second, signal);
  gate.resolve();
  await assert.rejects(late, { name: 'AbortError' });
  assert.deepEqual(closed, ['/first']);
  assert.equal(connection.state.kind === 'open' && connection.state.source, second);
});

test('restoring opens once what was open before; its failure is a state, not an error', async () => {
  let asked = 0;
  const { openSession } = recorder();
  const connection = new Connection({
    openSession,
    findSource: async () => {
      asked++;
      return { kind: 'snapshot', path: '/broken' };
    },
  });
  await Promise.all([connection.restore(), connection.restore()]);
  assert.equal(asked, 1);
  assert.equal(connection.state.kind === 'failed' && connection.state.error.reason, 'unreadable');
});

test('restoring leaves alone what was opened meanwhile', async () => {
  const { openSession } = recorder();
  const connection = new Connection({ openSession, findSource: async () => second });
  await connection.open(first, signal);
  await connection.restore();
  assert.equal(connection.state.kind === 'open' && connection.state.source, first);
});

test('a bug while opening is not taken for a failure of the world', async () => {
  const connection = new Connection({
    openSession: () => Promise.reject(new TypeError('bug')),
    findSource: async () => first,
  });
  await assert.rejects(connection.restore(), TypeError);
  assert.equal(connection.state.kind, 'none');
});
