import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { printed } from '../../src/core/text/printed.ts';
import { noObjects } from '../../src/core/names/objects.ts';
import { sumInThread } from '../../src/worker/send.ts';
import { startTableThread } from '../../src/worker/thread.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'worker', 'worker.ts');
const route = new TextEncoder().encode('10.65.0.0/16: remote in-pool\n');

test('a table lives in a thread, and answers from there', async () => {
  const thread = startTableThread(program);
  await thread.call('push', { side: 0, bytes: route });
  const read = await thread.call('read', { probe: 'routes.dump' });
  assert.equal(read.rowCount, 1);
  const columns = await thread.call(
    'name',
    read.questions.map(({ values }) => values.map(() => [])),
  );
  assert.deepEqual(
    columns.map(({ id }) => id),
    ['dest', 'flags'],
  );
  thread.dispose();
});

test('what goes wrong in the thread goes wrong for who asked', async () => {
  const thread = startTableThread(program);
  await assert.rejects(thread.call('read', { probe: 'felix.log' }), /felix\.log has no table/);
  assert.equal((await thread.call('read', { probe: 'routes.dump' })).rowCount, 0);
  thread.dispose();
});

test('calls fail once the thread has ended', async () => {
  const thread = startTableThread(program);
  const reading = thread.call('read', { probe: 'routes.dump' });
  thread.dispose();
  await assert.rejects(reading, /has ended/);
  await assert.rejects(thread.call('line', 0), /has ended/);
});

test('a large dump is summed up and judged in a thread, and the bytes of who sends it stay', async () => {
  const line = 'TCP 10.65.0.2:1 -> 10.96.0.9:53 -> 10.65.1.3:53  Active ago 4s SYN-SENT\n';
  const bytes = new TextEncoder().encode(line.repeat(30_000));
  const known = { node: 'node-a', objects: noObjects };
  const request = { map: 'conntrack', probe: 'conntrack.dump', output: printed(bytes), known } as const;
  const { signal } = new AbortController();
  const sum = await sumInThread(() => startTableThread(program), request, signal);
  assert.deepEqual([sum?.summary.count, sum?.problemCount], [60_000, 0]);
  const [fact] = sum?.facts ?? [];
  assert.deepEqual([fact?.rule, fact?.rows], ['conntrack-unanswered', []]);
  assert.match(fact?.text ?? '', /^30,000 connections to 10\.65\.1\.3 port 53/);
  assert.equal(bytes.length, line.length * 30_000);
});
