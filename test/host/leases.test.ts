import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Leases } from '../../src/host/leases.ts';
import type { Session } from '../../src/session/session.ts';

function session() {
  const closed: string[] = [];
  // Only closing is asked of it here.
  const stub = { cluster: { close: async () => void closed.push('closed') } } as unknown as Session;
  return { stub, closed };
}

test('a session that somebody works with is closed when the last of them is done', async () => {
  const { stub, closed } = session();
  const leases = new Leases();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const works = [leases.use(stub, () => first.promise), leases.use(stub, () => second.promise)];
  await leases.close(stub);
  first.resolve();
  await works[0];
  assert.deepEqual(closed, []);
  second.resolve();
  await works[1];
  assert.deepEqual(closed, ['closed']);
});

test('a session is closed at once when nobody works with it, and after work that failed', async () => {
  const { stub, closed } = session();
  const leases = new Leases();
  await leases.close(stub);
  assert.deepEqual(closed, ['closed']);
  const work = Promise.withResolvers<void>();
  const failing = leases.use(stub, () => work.promise);
  await leases.close(stub);
  work.reject(new Error('It failed.'));
  await assert.rejects(failing);
  assert.deepEqual(closed, ['closed', 'closed']);
});
