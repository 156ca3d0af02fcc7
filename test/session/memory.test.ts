import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Memory } from '../../src/session/memory.ts';

const { signal } = new AbortController();

test('when all who wait for an answer give up, the question is given up, and asked anew next time', async () => {
  const memory = new Memory();
  const asked: AbortSignal[] = [];
  const ask = (own: AbortSignal) => {
    asked.push(own);
    return new Promise<string>((resolve) => {
      own.addEventListener('abort', () => resolve('late'));
    });
  };
  const [first, second] = [new AbortController(), new AbortController()];
  const answers = [memory.recall('key', first.signal, ask), memory.recall('key', second.signal, ask)];
  first.abort();
  assert.equal(asked[0]?.aborted, false);
  second.abort();
  assert.equal(asked[0]?.aborted, true);
  for (const answer of answers) await assert.rejects(answer, { name: 'AbortError' });
  assert.equal(await memory.recall('key', signal, async () => 'anew'), 'anew');
});

test('what is learned stands in place of what was asked, until it is forgotten', async () => {
  const memory = new Memory();
  assert.equal(await memory.recall('key', signal, async () => 'asked'), 'asked');
  memory.learn('key', 'heard');
  assert.equal(await memory.recall('key', signal, async () => 'asked'), 'heard');
  memory.forget((key) => key === 'key');
  assert.equal(await memory.recall('key', signal, async () => 'again'), 'again');
});

test('an answer that comes after it was forgotten does not take the place of the new one', async () => {
  const memory = new Memory();
  const late = Promise.withResolvers<string>();
  const first = memory.recall('key', signal, () => late.promise);
  memory.forget(() => true);
  const second = memory.recall('key', signal, async () => 'new');
  late.reject(new Error('It failed.'));
  await assert.rejects(first);
  assert.equal(await second, 'new');
  assert.equal(await memory.recall('key', signal, async () => 'newer'), 'new');
});
