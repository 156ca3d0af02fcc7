import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { guard, guardOpen, splitAtMarks } from '../../../src/cluster/kubernetes/guard.ts';

interface Ended {
  readonly code: number | null;
  /** Of each command: what it printed, and its status. */
  readonly commands: readonly {
    readonly stdout: string;
    readonly stderr: string;
    readonly exitCode: number;
  }[];
}

/** Runs guarded commands; their standard input stays open until they end, or until `hangUp` says so. */
function run(
  commands: readonly (readonly string[])[],
  hangUp?: (printed: string) => boolean,
): Promise<Ended> {
  const { argv, mark } = guard(commands);
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
    stdout += chunk;
    if (hangUp?.(stdout) === true) child.stdin.end();
  });
  child.stderr.setEncoding('latin1').on('data', (chunk: string) => (stderr += chunk));
  const split = (text: string) => splitAtMarks(Buffer.from(text, 'latin1'), mark);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const errors = split(stderr).parts;
      const ended = split(stdout).parts.map(({ bytes, exitCode }, index) => ({
        stdout: bytes.toString('latin1'),
        stderr: errors[index]?.bytes.toString('latin1') ?? '',
        exitCode,
      }));
      resolve({ code, commands: ended });
    });
  });
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

test('an output without a mark at its end is not whole', () => {
  const { mark } = guard([['true']]);
  const whole = Buffer.concat([Buffer.from('entry\n'), mark, Buffer.from('0\n')]);
  for (let length = 0; length < whole.length; length += 1) {
    assert.deepEqual(splitAtMarks(whole.subarray(0, length), mark).parts, []);
  }
  const { parts, rest } = splitAtMarks(whole, mark);
  assert.deepEqual(parts, [{ bytes: Buffer.from('entry\n'), exitCode: 0 }]);
  assert.equal(rest.length, 0);
});

test('no two execs share a mark', () => {
  assert.notDeepEqual(guard([['true']]).mark, guard([['true']]).mark);
});
