import '../../support/vscode.ts';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { samplePath } from '../../support/sample.ts';

const { Growth } = await import('../../../src/views/table/growth.ts');
const { noNames } = await import('../../../src/core/names/names.ts');
const { readFrom } = await import('../../../src/files.ts');
const { startTableThread } = await import('../../../src/worker/thread.ts');

const program = join(import.meta.dirname, '..', '..', '..', 'src', 'worker', 'worker.ts');
const trace = readFileSync(join(samplePath, 'nodes', 'node-a', 'traces', 'loadgen-to-payments.log'));
const folder = mkdtempSync(join(tmpdir(), 'calico-ebpf-growth-'));
const path = join(folder, 'shop.log');
after(() => rmSync(folder, { recursive: true }));

async function read(mostBytes?: number) {
  const thread = startTableThread(program);
  try {
    const growth = new Growth({ path, readFrom, thread, names: noNames, ...(mostBytes && { mostBytes }) });
    const signal = new AbortController().signal;
    const { rowCount } = await growth.read('trace.shop', true, signal);
    return { rowCount, remarks: growth.remarks, more: await growth.readOn(true, signal) };
  } finally {
    thread.dispose();
  }
}

test('a packed trace is read like one that is not', async () => {
  writeFileSync(path, trace);
  const plain = await read();
  writeFileSync(path, gzipSync(trace));
  assert.deepEqual(await read(), plain);
  assert.deepEqual(plain, { rowCount: 29, remarks: [], more: undefined });
});

test('of a trace that is too long for a table the beginning is shown, in whole lines, and that is said', async () => {
  writeFileSync(path, Buffer.concat(Array.from({ length: 40 }, () => trace)));
  const { rowCount, remarks, more } = await read(1_000_000);
  assert.ok(rowCount > 29 && rowCount < 29 * 40, `${rowCount} packets`);
  assert.match(
    remarks.join(),
    /^Only the first 1 MB of the trace are in the table\. “calico-ebpf trace \S+ --denied”/,
  );
  assert.equal(more, undefined);
});
