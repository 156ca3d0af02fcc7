import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compilePcap, type PacketFilter } from '../../src/core/net/pcapFilter.ts';
import { Recorder } from '../../src/tracing/recorder.ts';
import { samplePath } from '../support/sample.ts';

async function record(
  nodes: readonly string[],
  work: (recorder: Recorder) => Promise<void>,
  options: { readonly filter?: PacketFilter | undefined } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-traces-'));
  const shown = { text: '', badFilters: 0 };
  const recorder = await Recorder.create(
    {
      cluster: 'a/b',
      nodes,
      folder,
      output: { append: (text) => void (shown.text += text), replace: (text) => void (shown.text = text) },
      channelSize: 1_000_000,
      filter: options.filter,
      doing: () => undefined,
      badFilter: () => void (shown.badFilters += 1),
    },
    new Date('2026-11-21T10:00:00Z'),
  );
  await work(recorder);
  await recorder.close();
  const files = await Promise.all(
    [...recorder.paths].map(async ([node, path]) => [
      node,
      path.slice(folder.length + 1),
      await readFile(path, 'utf8'),
    ]),
  );
  await rm(folder, { recursive: true });
  return { shown, files, recorder };
}

test('what a node prints is in its file to the byte, and in the channel', async () => {
  const { shown, files, recorder } = await record(['n'], async (own) => {
    await own.bytes('n', Buffer.from('one\ntw'));
    await own.bytes('n', Buffer.from('o\nCPU:3 [LOST 12 EVENTS]\ncut'));
  });
  assert.deepEqual(files, [['n', 'a_b-n-2026-11-21T10-00-00.log', 'one\ntwo\nCPU:3 [LOST 12 EVENTS]\ncut']]);
  assert.equal(shown.text, 'one\ntwo\nCPU:3 [LOST 12 EVENTS]\ncut\n');
  assert.deepEqual([recorder.lines, recorder.lostEvents], [4, 12]);
});

test('of several nodes the channel says whose lines follow', async () => {
  const { shown, files } = await record(['n', 'm'], async (own) => {
    await own.bytes('n', Buffer.from('1\n'));
    await own.bytes('n', Buffer.from('2\n'));
    await own.bytes('m', Buffer.from('3\n'));
    own.remark('n', 'Lost.');
  });
  assert.equal(shown.text, '── n\n1\n2\n── m\n3\n── n\n── Lost.\n');
  assert.deepEqual(
    files.map(([, , text]) => text),
    ['1\n2\n── Lost.\n', '3\n'],
  );
});

test('a filter that is none is noticed, once', async () => {
  const { shown } = await record(['n'], async (own) => {
    for (let i = 0; i < 3; i += 1) {
      await own.bytes(
        'n',
        Buffer.from(
          '            curl-21034   [003] b.s1.  7712.104512: bpf_trace_printk: tc_preamble iface eth0 failed to call log filter 3\n\n',
        ),
      );
    }
  });
  assert.equal(shown.badFilters, 1);
});

test('where nodes cannot filter, only the packets that are wanted are shown, and all are kept', async () => {
  const path = join(samplePath, 'nodes', 'node-a', 'traces', 'loadgen-to-payments.log');
  const trace = await readFile(path);
  const filter = compilePcap('host 10.244.218.67 and tcp');
  const { shown, files, recorder } = await record(
    ['n'],
    async (own) => {
      for (let at = 0; at < trace.length; at += 1000) await own.bytes('n', trace.subarray(at, at + 1000));
    },
    { filter },
  );
  assert.equal(files[0]?.[2], trace.toString('utf8'));
  assert.match(shown.text, /DENY due to policy/);
  const hidden = trace
    .toString('utf8')
    .split('\n')
    .filter((line) => !shown.text.includes(line));
  assert.ok(hidden.length > 0);
  assert.ok(!hidden.some((line) => line.includes('DENY due to policy')));
  assert.ok(recorder.denied > 0 && recorder.packets > recorder.denied);
});
