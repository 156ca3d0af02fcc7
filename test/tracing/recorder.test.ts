import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Recording } from '../../src/tracing/recording.ts';
import { recordsOf, traceOf } from '../core/trace/recordedTraces.ts';
import { startRecorder } from '../support/recorder.ts';
import { samplePath } from '../support/sample.ts';

const nameOf = (nodes: readonly string[]) =>
  `a_b-${nodes.length === 1 ? nodes[0] : `${nodes.length}-nodes`}-2026-11-21T10-00-00.log`;

const folders = await mkdtemp(join(tmpdir(), 'calico-ebpf-traces-'));
after(() => rm(folders, { recursive: true }));

async function record(
  nodes: readonly string[],
  work: (recording: Recording) => Promise<void>,
  options: { readonly filter?: string; readonly isDiskFull?: boolean } = {},
) {
  const folder = await mkdtemp(join(folders, 'trace-'));
  // Linux has a file that is always full.
  if (options.isDiskFull === true) await symlink('/dev/full', join(folder, nameOf(nodes)));
  const shown = { text: '', badFilters: 0 };
  const recording = await Recording.begin(
    {
      cluster: 'a/b',
      nodes,
      folder,
      output: { append: (text) => void (shown.text += text), replace: (text) => void (shown.text = text) },
      channelSize: 1_000_000,
      startThread: startRecorder,
      filter: options.filter,
      doing: () => undefined,
      badFilter: () => void (shown.badFilters += 1),
    },
    new Date('2026-11-21T10:00:00Z'),
  );
  try {
    await work(recording);
  } finally {
    await recording.close();
  }
  const name = recording.path.slice(folder.length + 1);
  const file = await readFile(recording.path, 'utf8');
  return { shown, name, file, counts: recording.counts };
}

test('what a node prints is in its file, and in the channel', async () => {
  const { shown, name, file, counts } = await record(['n'], async (own) => {
    await own.bytes('n', Buffer.from('one\ntw'));
    await own.bytes('n', Buffer.from('o\nCPU:3 [LOST 12 EVENTS]\ncut'));
  });
  assert.equal(name, 'a_b-n-2026-11-21T10-00-00.log');
  assert.equal(file, '-- node n\none\ntwo\nCPU:3 [LOST 12 EVENTS]\ncut\n');
  assert.equal(shown.text, 'one\ntwo\nCPU:3 [LOST 12 EVENTS]\ncut\n');
  assert.deepEqual([counts.lines, counts.lostEvents], [4, 12]);
});

test('a node is silent until a program of Calico has printed, whatever its reader says', async () => {
  const line = traceOf('eth0------------I: ', 'New packet at ifindex=2; mark=0');
  const { counts } = await record(['n', 'm', 'k'], async (own) => {
    assert.deepEqual(own.counts.silent, ['n', 'm', 'k']);
    await own.bytes('n', Buffer.from('Running! Hang up with ^C!\n\n'));
    await own.bytes('m', Buffer.from(line));
    await own.bytes('k', Buffer.from(line.replace('eth0------------I: New', 'mine: New')));
  });
  assert.deepEqual(counts.silent, ['n', 'k']);
});

test('a packet that a lost connection cuts is not counted as denied', async () => {
  const cut = traceOf('cali6d---I: ', 'New packet at ifindex=2; mark=0\nAbout to jump to policy program.');
  const count = async (remark: string) => {
    const { counts } = await record(['n'], async (own) => {
      await own.bytes('n', Buffer.from(cut));
      own.remark('n', remark);
      await own.bytes('n', Buffer.from(cut));
    });
    return [counts.packets, counts.denied];
  };
  assert.deepEqual(await count('Somebody was here.'), [2, 1]);
  assert.deepEqual(await count('Lost at 10:39:12.345: the connection was reset.'), [2, 0]);
});

test('of several nodes file and channel say whose lines follow, and no line is torn', async () => {
  const { shown, name, file } = await record(['n', 'm'], async (own) => {
    await own.bytes('n', Buffer.from('1\n'));
    await own.bytes('n', Buffer.from('2\n3'));
    await own.bytes('m', Buffer.from('4\n'));
    own.remark('n', 'Lost.');
  });
  assert.equal(name, 'a_b-2-nodes-2026-11-21T10-00-00.log');
  assert.equal(shown.text, '-- node n\n1\n2\n-- node m\n4\n-- node n\n3\n-- Lost.\n');
  assert.equal(file, shown.text);
});

test('a trace of several nodes joins what a packet did on each', async () => {
  const run = (iface: string, time: number) =>
    traceOf(
      `${iface}: `,
      `New packet at ifindex=10; mark=0
       IP id=7 len=60
       IP s=10.0.0.1 d=10.0.0.2
       Final result=ALLOW rc 0. Program execution time: 12ns`,
      { time },
    );
  const { file } = await record(['n', 'm'], async (own) => {
    // When a line comes tells what its node's clock says: both come in the same moment.
    const first = own.bytes('n', Buffer.from(run('eth0------------E', 100)));
    await own.bytes('m', Buffer.from(run('eth0------------I', 90_000)));
    await first;
  });
  const packets = recordsOf(file).flatMap((each) => (each.kind === 'packet' ? [each] : []));
  assert.deepEqual(
    packets.map(({ packet, journey }) => [packet.node, journey]),
    [
      ['n', 1],
      ['m', 1],
    ],
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
  const filter = 'host 10.244.218.67 and tcp';
  const { shown, file, counts } = await record(
    ['n'],
    async (own) => {
      for (let at = 0; at < trace.length; at += 1000) await own.bytes('n', trace.subarray(at, at + 1000));
    },
    { filter },
  );
  assert.equal(file.slice(file.indexOf('\n') + 1), trace.toString('utf8'));
  assert.match(shown.text, /DENY due to policy/);
  const hidden = trace
    .toString('utf8')
    .split('\n')
    .filter((line) => !shown.text.includes(line));
  assert.ok(hidden.length > 0);
  assert.ok(!hidden.some((line) => line.includes('DENY due to policy')));
  assert.ok(counts.denied > 0 && counts.packets > counts.denied);
});

test('a disk that is full is told to who sends what it should keep', async () => {
  const full = async (own: Recording) => {
    for (let sent = 0; sent < 1000; sent++) await own.bytes('n', Buffer.from('a line\n'));
  };
  await assert.rejects(record(['n'], full, { isDiskFull: true }), /ENOSPC/);
});

test('a disk that is full is told at the end at the latest', async () => {
  const once = (own: Recording) => own.bytes('n', Buffer.from('a line\n'));
  await assert.rejects(record(['n'], once, { isDiskFull: true }), /ENOSPC/);
});
