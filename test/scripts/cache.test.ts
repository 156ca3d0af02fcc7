import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

const module = join(import.meta.dirname, '..', '..', 'scripts', 'setup', 'cache.mjs');
let home: string;
let cache: string;

before(() => {
  home = mkdtempSync(join(tmpdir(), 'calico-ebpf-cache-'));
  cache = join(home, 'calico-ebpf');
});

after(() => rmSync(home, { recursive: true }));

test('processes that want the same tool at once make it once', async () => {
  const make = `({ appendFileSync, writeFileSync }, draft) => {
    appendFileSync(${JSON.stringify(join(home, 'made'))}, 'x');
    writeFileSync(draft + '/tool', 'ready');
  }`;
  const folders = await Promise.all([1, 2, 3, 4].map(() => callCached('tool-1', make)));
  assert.deepEqual(new Set(folders), new Set([join(cache, 'tool-1')]));
  assert.equal(readFileSync(join(home, 'made'), 'utf8'), 'x');
  assert.equal(readFileSync(join(cache, 'tool-1', 'tool'), 'utf8'), 'ready');
});

test('what fails half-way is not taken for complete, and is made anew', async () => {
  await assert.rejects(
    callCached(
      'tool-2',
      `(fs, draft) => { fs.writeFileSync(draft + '/half', ''); throw new Error('no registry'); }`,
    ),
    /no registry/,
  );
  assert.equal(existsSync(join(cache, 'tool-2')), false);
  await callCached('tool-2', `(fs, draft) => fs.writeFileSync(draft + '/whole', '')`);
  assert.deepEqual(readdirSync(join(cache, 'tool-2')).toSorted(), ['.complete', 'whole']);
});

test('the lock of a process that has died is taken over', async () => {
  writeFileSync(join(cache, 'tool-3.lock'), '999999999');
  await callCached('tool-3', `() => {}`);
  assert.equal(existsSync(join(cache, 'tool-3', '.complete')), true);
});

/** Calls `cached(name, …, make)` in a process of its own; `make` is the source of a function of `node:fs` and the folder. */
async function callCached(name: string, make: string): Promise<string> {
  const script = `
    import * as fs from 'node:fs';
    import { cached } from ${JSON.stringify(module)};
    process.stdout.write(await cached(${JSON.stringify(name)}, () => {}, (draft) => (${make})(fs, draft)));`;
  const env = { ...process.env, XDG_CACHE_HOME: home };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    env,
  });
  return stdout;
}
