import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readFrom } from '../src/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'calico-ebpf-files-'));
const path = join(folder, 'dump');
after(() => rmSync(folder, { recursive: true }));

test('a file is read in pieces that are the taker’s own, from an offset to its end', async () => {
  const bytes = Buffer.alloc(2_500_000, 'abcdefghijklm');
  writeFileSync(path, bytes);
  const pieces: Uint8Array[] = [];
  for await (const piece of readFrom(path, 7)) pieces.push(piece);
  assert.ok(pieces.length > 1);
  for (const { buffer, length } of pieces) assert.equal(buffer.byteLength, length);
  assert.deepEqual(Buffer.concat(pieces), bytes.subarray(7));
});

test('behind the end of a file there is nothing', async () => {
  writeFileSync(path, 'abc');
  for await (const piece of readFrom(path, 3)) assert.fail(`${piece.length} bytes`);
});

test('a file that is not there is an error of the file system', async () => {
  await assert.rejects(
    async () => {
      for await (const piece of readFrom(join(folder, 'none'), 0)) assert.fail(`${piece.length} bytes`);
    },
    { code: 'ENOENT' },
  );
});

test('of a gzipped file what it holds is read, from an offset in that', async () => {
  const bytes = Buffer.alloc(2_500_000, 'abcdefghijklm');
  writeFileSync(path, gzipSync(bytes));
  const pieces: Uint8Array[] = [];
  for await (const piece of readFrom(path, 1_500_007)) pieces.push(piece);
  for (const { buffer, length } of pieces) assert.equal(buffer.byteLength, length);
  assert.deepEqual(Buffer.concat(pieces), bytes.subarray(1_500_007));
});

test('a gzipped file that is cut is an error, after what it holds', async () => {
  writeFileSync(path, gzipSync(Buffer.alloc(100, 'a')).subarray(0, -4));
  await assert.rejects(
    async () => {
      for await (const piece of readFrom(path, 0)) assert.ok(piece.length > 0);
    },
    { code: 'Z_BUF_ERROR' },
  );
});
