import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

test('npm start serves the editor behind a token, and Ctrl-C leaves no process', async () => {
  const start = spawn(process.execPath, [join(root, 'scripts', 'start.mjs'), '--serve'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const address = await firstAddress(start.stdout);
  assert.equal(address.hostname, '127.0.0.1');
  assert.match(address.searchParams.get('tkn') ?? '', /^[0-9a-f]{32}$/);
  assert.equal((await fetch(address.origin)).status, 403);
  assert.equal((await fetch(address, { redirect: 'manual' })).status, 302);

  const ended = once(start, 'exit');
  assert.ok(start.pid !== undefined);
  process.kill(-start.pid, 'SIGINT');
  await ended;
  await assert.rejects(fetch(address.origin));
  const left = spawnSync('pgrep', ['-f', join(root, '.playground', 'editor')], { encoding: 'utf8' });
  assert.equal(left.stdout, '');
});

/** The address that `npm start` prints. */
async function firstAddress(output: NodeJS.ReadableStream): Promise<URL> {
  let text = '';
  for await (const chunk of output) {
    text += String(chunk);
    const found = /http:\S+/.exec(text)?.[0];
    if (found !== undefined) return new URL(found);
  }
  throw new Error(`it ended without an address: ${text}`);
}
