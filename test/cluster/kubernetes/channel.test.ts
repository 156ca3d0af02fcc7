import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { Channel } from '../../../src/cluster/kubernetes/channel.ts';

const open = (most: number) => new Channel<string>(most, (piece) => piece.length);

async function readAll(channel: AsyncIterable<string>): Promise<readonly string[]> {
  const pieces: string[] = [];
  for await (const piece of channel) pieces.push(piece);
  return pieces;
}

test('every piece arrives, in order, whatever the pace', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.string(), fc.boolean())), fc.nat(20), async (sent, most) => {
      const channel = open(most);
      const read = readAll(channel);
      for (const [piece, waits] of sent) {
        const held = channel.send(piece);
        if (waits) await held;
      }
      channel.end();
      assert.deepEqual(
        await read,
        sent.map(([piece]) => piece),
      );
    }),
  );
});

test('who sends more than may wait is held up until it was read', async () => {
  const channel = open(4);
  assert.equal(channel.send('abc'), undefined);
  let isHeld = true;
  const held = Promise.resolve(channel.send('de')).then(() => {
    isHeld = false;
  });
  await turn();
  assert.equal(isHeld, true);
  const reader = channel[Symbol.asyncIterator]();
  assert.equal((await reader.next()).value, 'abc');
  assert.equal((await reader.next()).value, 'de');
  const next = reader.next();
  await held;
  channel.end();
  assert.equal((await next).done, true);
});

test('an error comes after what was sent before it', async () => {
  const channel = open(100);
  channel.send('before');
  channel.end({ error: new Error('lost') });
  const reader = channel[Symbol.asyncIterator]();
  assert.equal((await reader.next()).value, 'before');
  await assert.rejects(reader.next(), /lost/);
});
