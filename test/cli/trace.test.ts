import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli } from '../../src/cli/main.ts';
import { samplePath } from '../support/sample.ts';

const recorded = join(samplePath, 'nodes', 'node-a', 'traces', 'loadgen-to-payments.log');
const folder = join(import.meta.dirname, '..', 'fixtures', 'traces');

async function trace(args: readonly string[], chunks: readonly (string | Uint8Array)[] = []) {
  const written = { stdout: '', stderr: '' };
  const status = await runCli(['trace', ...args], {
    stdin: (async function* () {
      yield* chunks;
    })(),
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
  });
  const lines = written.stdout.split('\n').filter((line) => line !== '');
  return { status, lines, stderr: written.stderr };
}

test('trace writes one line a packet, with the names of the snapshot', async () => {
  const { status, lines, stderr } = await trace([recorded, '--snapshot', samplePath, '--node', 'node-a']);
  assert.equal(status, 0);
  assert.equal(lines.length, 29);
  assert.match(
    lines.at(-1) ?? '',
    /cali192e293c0b8 to the pod +shop\/loadgen-\S+ 10\.244\.174\.131:54376 → shop\/payments-\S+ 10\.244\.218\.67:8443 TCP SYN: denied by the pod’s ingress policy$/,
  );
  assert.match(stderr, /28 packets: 25 allowed, 3 denied \(3 policy\)/);
});

test('trace --json writes one packet a line and ends with the summary', async () => {
  const { lines } = await trace([recorded, '--json', '--snapshot', samplePath, '--node', 'node-a']);
  const records = lines.map((line): unknown => JSON.parse(line));
  const { summary } = records.pop() as { readonly summary: object };
  assert.equal(records.length, 28);
  assert.deepEqual(summary, {
    lines: 566,
    unknownLines: 0,
    foreignLines: 0,
    packets: 28,
    allowed: 25,
    denied: 3,
    undecided: 0,
    byReason: { policy: 3 },
    connects: 1,
    refusedConnects: 0,
    lostEvents: 0,
    filterFailures: 0,
    unknown: [],
  });
  const last = records.at(-1) as Record<string, Record<string, unknown>>;
  assert.equal(last['verdict']?.['reason'], 'policy');
  assert.match(String(last['source']?.['name']), /^shop\/loadgen-/);
  assert.equal(last['interface'], 'cali192e293c0b8');
});

test('trace follows its input as it comes', async () => {
  const seen: number[] = [];
  let written = 0;
  const first =
    '  a-1 [000] ..s2. 1.000001: bpf_trace_printk: eth0------------I: New packet at ifindex=2; mark=0\n' +
    '  a-1 [000] ..s2. 1.000002: bpf_trace_printk: eth0------------I: Final result=ALLOW (3). Bypass mark set.\n';
  await runCli(['trace'], {
    stdin: (async function* () {
      yield first;
      seen.push(written);
      yield first;
      seen.push(written);
    })(),
    stdout: { write: () => written++ },
    stderr: { write: () => true },
  });
  assert.deepEqual(seen, [1, 2]);
});

test('trace reads no faster than what it writes is taken', async () => {
  const packet =
    '  a-1 [000] ..s2. 1.000001: bpf_trace_printk: eth0------------I: New packet at ifindex=2; mark=0\n' +
    '  a-1 [000] ..s2. 1.000002: bpf_trace_printk: eth0------------I: Final result=ALLOW (3). Bypass mark set.\n';
  const seen: string[] = [];
  await runCli(['trace'], {
    stdin: (async function* () {
      for (const name of ['one', 'two']) {
        seen.push(`read ${name}`);
        yield packet;
      }
    })(),
    stdout: {
      write: () => (seen.push('written'), false),
      once: (_event, listener) => setTimeout(() => (seen.push('taken'), listener()), 5),
    },
    stderr: { write: () => true },
  });
  assert.deepEqual(seen, ['read one', 'written', 'taken', 'read two', 'written', 'taken']);
});

test('trace reads packed files, and keeps what was denied or has the words', async () => {
  const file = join(folder, 'v3.32.1-z-busy-mixed.log.gz');
  const denied = await trace([file, '--denied']);
  assert.equal(denied.lines.length, 16);
  const filtered = await trace([file, '--denied', '--filter', 'policy TO 10.244.218.67']);
  assert.equal(filtered.lines.length, 8);
});

test('trace reads bytes that are no text', async () => {
  const { status, stderr } = await trace([], [Uint8Array.from([0, 255, 10, 13, 10, 128, 10])]);
  assert.equal(status, 0);
  assert.match(stderr, /^0 packets/);
});

test('trace says what it cannot do', async () => {
  const wrongs: readonly (readonly [args: readonly string[], words: RegExp])[] = [
    [['one', 'two'], /at most one file/],
    [['no-such-file'], /no such file/],
    [['--node', 'node-a'], /give --snapshot/],
    [['--snapshot', samplePath, '--node', 'node-z'], /has no node “node-z”, but node-a, node-b, node-c/],
    [['--calico', 'four'], /“four” is no Calico version/],
  ];
  for (const [args, words] of wrongs) {
    const { status, stderr } = await trace(args);
    assert.equal(status, 2);
    assert.match(stderr, words);
  }
});
