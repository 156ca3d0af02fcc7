import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { guard, withoutMark } from '../../../src/cluster/kubernetes/guard.ts';

/** Runs a guarded command; its standard input stays open until it ends, or until `hangUp` says so. */
function run(argv: readonly string[], hangUp?: (printed: string) => boolean) {
  const { argv: guarded, mark } = guard(argv);
  const [program = '', ...args] = guarded;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
    stdout += chunk;
    if (hangUp?.(stdout) === true) child.stdin.end();
  });
  child.stderr.setEncoding('latin1').on('data', (chunk: string) => (stderr += chunk));
  const before = (text: string) => withoutMark(Buffer.from(text, 'latin1'), mark)?.toString('latin1');
  return new Promise<{ code: number | null; stdout?: string | undefined; stderr?: string | undefined }>(
    (resolve) => {
      child.on('close', (code) => resolve({ code, stdout: before(stdout), stderr: before(stderr) }));
    },
  );
}

test('a guarded command prints and ends as it would alone', async () => {
  const answer = await run([
    'sh',
    '-c',
    'printf "%s|" "$@"; echo no >&2; exit 3',
    'sh',
    'a b',
    '$(c)',
    '',
    '*',
  ]);
  assert.deepEqual(answer, { code: 3, stdout: 'a b|$(c)||*|', stderr: 'no\n' });
});

test('a guarded command reads nothing of what ties it to us', async () => {
  assert.deepEqual(await run(['cat']), { code: 0, stdout: '', stderr: '' });
});

test('a guarded command that does not exist says so by its status', async () => {
  const { code, stdout } = await run(['no-such-program']);
  assert.deepEqual({ code, stdout }, { code: 127, stdout: '' });
});

test('a guarded command ends when its standard input does', async () => {
  const { code } = await run(['sh', '-c', 'echo begun; exec sleep 1000'], (printed) =>
    printed.includes('begun'),
  );
  assert.equal(code, 143);
});

test('an output without the mark at its end is not whole', () => {
  const { mark } = guard(['true']);
  const whole = Buffer.concat([Buffer.from('entry\n'), mark]);
  assert.equal(withoutMark(whole, mark)?.toString(), 'entry\n');
  assert.equal(withoutMark(whole.subarray(0, -1), mark), undefined);
  assert.equal(withoutMark(Buffer.from('entry\n'), mark), undefined);
});

test('no two commands share a mark', () => {
  assert.notDeepEqual(guard(['true']).mark, guard(['true']).mark);
});
