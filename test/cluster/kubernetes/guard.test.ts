import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  canFollow,
  guard,
  guardOpen,
  MarkedStream,
  nextBatch,
} from '../../../src/cluster/kubernetes/guard.ts';
import { printedText } from '../../../src/core/text/printed.ts';

interface Ended {
  readonly code: number | null;
  /** Of each command: what it printed, and its status. */
  readonly commands: readonly {
    readonly stdout: string;
    readonly stderr: string;
    readonly exitCode: number;
  }[];
}

/** Runs batches of guarded commands, each when the one before is done, or until `hangUp` says so. */
async function runBatches(
  batches: readonly (readonly (readonly string[])[])[],
  hangUp?: (printed: string) => boolean,
): Promise<Ended> {
  const [first = [], ...waiting] = batches;
  let count = first.length;
  const { argv, mark } = guard(first);
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const streams = [{ stdout: new MarkedStream(mark), stderr: new MarkedStream(mark) }];
  let printed = '';
  const take = (name: 'stdout' | 'stderr', chunk: Buffer) => {
    const batch = streams.at(-1);
    if (name === 'stdout') printed += chunk.toString('latin1');
    void batch?.[name].add(chunk);
    if (hangUp?.(printed) === true) child.stdin.end();
    if (batch?.stdout.count !== count || batch.stderr.count !== count) return;
    const next = waiting.shift();
    count = next?.length ?? 0;
    if (next === undefined) child.stdin.end();
    else child.stdin.write(nextBatch(next));
    streams.push({ stdout: new MarkedStream(mark), stderr: new MarkedStream(mark) });
  };
  child.stdout.on('data', (chunk: Buffer) => take('stdout', chunk));
  child.stderr.on('data', (chunk: Buffer) => take('stderr', chunk));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const ended = streams.map(async ({ stdout, stderr }) => {
    const [outputs, errors] = [(await stdout.end()).parts, (await stderr.end()).parts];
    return outputs.map(async ({ output, exitCode }, index) => {
      const error = errors[index]?.output;
      const said = error === undefined ? '' : await printedText(error);
      return { stdout: await printedText(output), stderr: said, exitCode };
    });
  });
  return { code, commands: await Promise.all((await Promise.all(ended)).flat()) };
}

function run(
  commands: readonly (readonly string[])[],
  hangUp?: (printed: string) => boolean,
): Promise<Ended> {
  return runBatches([commands], hangUp);
}

const shell = (script: string, ...args: string[]) => ['sh', '-c', script, 'sh', ...args];

test('a guarded command prints and ends as it would alone', async () => {
  const words = ['a b', '$(c)', '', '*', '`d`', '"', "'", '${1}', 'e\nf', '-'];
  const { commands } = await run([shell('printf "%s|" "$@"; echo no >&2; exit 3', ...words)]);
  assert.deepEqual(commands, [
    { stdout: words.map((word) => `${word}|`).join(''), stderr: 'no\n', exitCode: 3 },
  ]);
});

test('several commands run one after another, each with its own output and status', async () => {
  const many = Array.from({ length: 12 }, (_, index) => `word ${index}`);
  const { commands } = await run([
    shell('echo one; exit 1'),
    shell('echo two >&2; exit 2'),
    ['no-such-program'],
    ['printf', '%s,', ...many],
    ['true'],
  ]);
  assert.deepEqual(
    commands.map(({ exitCode }) => exitCode),
    [1, 2, 127, 0, 0],
  );
  assert.deepEqual(
    commands.map(({ stdout }) => stdout),
    ['one\n', '', '', many.map((word) => `${word},`).join(''), ''],
  );
  assert.equal(commands[1]?.stderr, 'two\n');
  assert.match(commands[2]?.stderr ?? '', /not found/);
});

test('a batch that comes by the standard input runs like the first, word for word', async () => {
  const words = ['a b', ' $(c) ', '', '*', '`d`', '"', "'", '${1}', '\\n', '-', 'more'];
  const print = shell('printf "%s|" "$@"; echo no >&2; exit 3', ...words);
  assert.ok(canFollow([print]));
  const printed = { stdout: words.map((word) => `${word}|`).join(''), stderr: 'no\n', exitCode: 3 };
  const nothing = { stdout: '', stderr: '', exitCode: 0 };
  const { code, commands } = await runBatches([[['true']], [print, ['cat'], print], [print]]);
  assert.deepEqual(commands, [nothing, printed, nothing, printed, printed]);
  assert.equal(code, 143);
});

test('a later batch ends with the standard input, too', async () => {
  const { commands } = await runBatches(
    [[['true']], [shell('echo begun; exec sleep 1000'), ['true']]],
    (printed) => printed.includes('begun'),
  );
  assert.equal(commands.length, 1);
});

test('a script runs in the shell itself, apart from what comes after it', async () => {
  const script = [
    'sh',
    '-c',
    'f=x; for n in 1 2; do echo "$n$f"; done; cat; echo no >&2; exit 4; echo never',
  ];
  const { commands } = await runBatches([[script, ['sh', '-c', 'echo "<$f>"']], [script]]);
  const printed = { stdout: '1x\n2x\n', stderr: 'no\n', exitCode: 4 };
  assert.deepEqual(commands, [printed, { stdout: '<>\n', stderr: '', exitCode: 0 }, printed]);
});

test('a word of several lines goes with the first batch only', () => {
  assert.equal(canFollow([['true'], ['echo', 'a\nb']]), false);
});

test('a guarded command reads nothing of what ties it to us', async () => {
  assert.deepEqual((await run([['cat']])).commands, [{ stdout: '', stderr: '', exitCode: 0 }]);
});

test('guarded commands end when their standard input does', async () => {
  const { code, commands } = await run(
    [['true'], shell('echo begun; exec sleep 1000'), ['true']],
    (printed) => printed.includes('begun'),
  );
  assert.equal(code, 143);
  assert.equal(commands.length, 1);
});

// What is left would hold the streams open, so that the test came to no end.
test('hung up at any moment of its start, a command with a time limit leaves nothing behind', async () => {
  const hungUpAfter = async (milliseconds: number): Promise<void> => {
    const [program = '', ...args] = guardOpen(['timeout', '100', ...shell('sleep 100; true')]);
    const child = spawn(program, args, { stdio: 'pipe' });
    const closed = new Promise((resolve) => child.on('close', resolve));
    child.stdout.resume();
    child.stderr.resume();
    await delay(milliseconds);
    child.stdin.end();
    await closed;
  };
  const several = Array.from({ length: 16 }, async (_, first) => {
    for (let after = first / 4; after < 40; after += 4) await hungUpAfter(after);
  });
  await Promise.all(several);
});

/** What commands printed that came in such pieces. */
async function split(mark: Buffer, pieces: readonly Buffer[]) {
  const stream = new MarkedStream(mark);
  for (const piece of pieces) await stream.add(piece);
  const { parts, rest } = await stream.end();
  const ended = parts.map(async ({ output, exitCode }) => [await printedText(output), exitCode]);
  return { ended: await Promise.all(ended), rest: await printedText(rest) };
}

test('an output without a mark at its end is not whole', async () => {
  const { mark } = guard([['true']]);
  const whole = Buffer.concat([Buffer.from('entry\n'), mark, Buffer.from('0\n')]);
  for (let length = 0; length < whole.length; length += 1) {
    const { ended, rest } = await split(mark, [whole.subarray(0, length)]);
    assert.deepEqual(ended, []);
    assert.equal(rest, whole.toString('latin1', 0, length));
  }
  assert.deepEqual(await split(mark, [whole]), { ended: [['entry\n', 0]], rest: '' });
});

test('outputs are told apart wherever the pieces end in which they come', async () => {
  const { mark } = guard([['true']]);
  const half = mark.subarray(0, 9);
  const [one, two] = [
    Buffer.from('a\n\nb\n'),
    Buffer.concat([Buffer.from('c'), half, half, Buffer.from('\n')]),
  ];
  const whole = Buffer.concat([
    one,
    mark,
    Buffer.from('0\n'),
    two,
    mark,
    Buffer.from('127\n'),
    Buffer.from('\n'),
  ]);
  const ended = [
    [one.toString(), 0],
    [two.toString(), 127],
  ];
  for (let at = 0; at < whole.length; at += 1)
    for (let size = 1; size < 4; size += 1) {
      const pieces = [whole.subarray(0, at), whole.subarray(at, at + size), whole.subarray(at + size)];
      assert.deepEqual(await split(mark, pieces), { ended, rest: '\n' });
    }
});

test('no two execs share a mark', () => {
  assert.notDeepEqual(guard([['true']]).mark, guard([['true']]).mark);
});
