import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { Gate } from '../../../src/cluster/kubernetes/gate.ts';

const signal = new AbortController().signal;

test('at most as many are inside as the gate is wide, and those who wait enter in order', async () => {
  const gate = new Gate(2);
  const entered: number[] = [];
  let inside = 0;
  let most = 0;
  const work = async (index: number) => {
    entered.push(index);
    inside += 1;
    most = Math.max(most, inside);
    await turn();
    inside -= 1;
  };
  await Promise.all([0, 1, 2, 3, 4].map((index) => gate.pass(() => work(index), signal)));
  assert.equal(most, 2);
  assert.deepEqual(entered, [0, 1, 2, 3, 4]);
});

test('who gives up waiting takes no place, and who fails leaves it', async () => {
  const gate = new Gate(1);
  const first = gate.pass(() => turn(), signal);
  const stop = new AbortController();
  const second = gate.pass(() => assert.fail('entered'), stop.signal);
  stop.abort();
  await assert.rejects(second, { name: 'AbortError' });
  await first;
  await assert.rejects(
    gate.pass(() => Promise.reject(new Error('failed')), signal),
    /failed/,
  );
  assert.equal(await gate.pass(async () => 'inside', signal), 'inside');
});
