import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LostConnection, StatusError } from '../../../src/cluster/kubernetes/failure.ts';
import { retry, waitFor } from '../../../src/cluster/kubernetes/patience.ts';

const signal = new AbortController().signal;
const patience = { attempts: 3, firstDelayMs: 1, longestDelayMs: 2 };

/** Fails with the errors in turn, then answers how often it was asked. */
function failing(...errors: readonly Error[]): () => Promise<number> {
  let asked = 0;
  return async () => {
    const error = errors[asked];
    asked += 1;
    if (error !== undefined) throw error;
    return asked;
  };
}

const busy = new StatusError(429, '{}');
const lost = new LostConnection('lost');

test('what passes is tried again', async () => {
  assert.equal(await retry(patience, failing(busy, lost), signal), 3);
  assert.equal(
    await retry(patience, failing(Object.assign(new Error('reset'), { code: 'ECONNRESET' })), signal),
    2,
  );
});

test('what does not pass is tried once', async () => {
  for (const error of [new StatusError(403, '{}'), new StatusError(404, '{}'), new Error('a bug')]) {
    await assert.rejects(retry(patience, failing(error, lost), signal), error);
  }
});

test('patience has an end', async () => {
  await assert.rejects(retry(patience, failing(lost, lost, busy), signal), busy);
});

test('giving up ends the wait for the next attempt', async () => {
  const stop = new AbortController();
  const slow = { attempts: 3, firstDelayMs: 100_000, longestDelayMs: 100_000 };
  const tried = retry(slow, failing(lost), stop.signal);
  setImmediate(() => stop.abort());
  await assert.rejects(tried, { name: 'AbortError' });
});

test('who gives up waiting leaves the work to the others', async () => {
  const work = Promise.withResolvers<string>();
  const stop = new AbortController();
  const [one, other] = [waitFor(work.promise, stop.signal), waitFor(work.promise, signal)];
  stop.abort();
  await assert.rejects(one, { name: 'AbortError' });
  work.resolve('done');
  assert.equal(await other, 'done');
});
