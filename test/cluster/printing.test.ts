import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { Printing } from '../../src/cluster/printing.ts';
import type { Printed } from '../../src/core/text/printed.ts';

async function printed(pieces: Iterable<Uint8Array>): Promise<Printed> {
  const printing = new Printing();
  for (const piece of pieces) await printing.add(piece);
  return printing.end();
}

async function joined(output: Printed): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of output.pieces()) pieces.push(piece);
  return Buffer.concat(pieces);
}

for (const length of [0, 1, 100_000, 2 * 1024 * 1024, 9_000_001]) {
  test(`${length} bytes that were printed are given back, in pieces and at once, as often as one likes`, async () => {
    const whole = randomBytes(length);
    const pieces = Array.from({ length: Math.ceil(length / 32_768) }, (_, index) =>
      Buffer.from(whole.subarray(index * 32_768, (index + 1) * 32_768)),
    );
    const output = await printed(pieces);
    assert.equal(output.length, length);
    assert.ok(whole.equals(await joined(output)));
    assert.ok(whole.equals(await output.bytes()));
    assert.ok(whole.equals(await joined(output)));
    assert.ok(whole.subarray(0, 65_536).equals(output.head.subarray(0, 65_536)));
  });
}

test('what comes while nobody waits is kept in its order', async () => {
  const printing = new Printing();
  const parts = Array.from({ length: 40 }, (_, index) => Buffer.alloc(500_000, index));
  const whole = Buffer.concat(parts);
  for (const part of parts) void printing.add(part);
  assert.ok(whole.equals(await joined(await printing.end())));
});

test('a piece is the memory of who takes it, and only that', async () => {
  const output = await printed([Buffer.alloc(3_000_000, 'a')]);
  for await (const piece of output.pieces()) {
    assert.equal(piece.buffer.byteLength, piece.length);
    structuredClone(piece, { transfer: [piece.buffer as ArrayBuffer] });
  }
  assert.equal((await joined(output)).toString(), 'a'.repeat(3_000_000));
});

test('much output leaves no file behind that has a name', async () => {
  const own = () => readdirSync(tmpdir()).filter((name) => name.startsWith('calico-ebpf-printed-'));
  const before = own();
  const output = await printed([Buffer.alloc(5_000_000)]);
  assert.deepEqual(
    own().filter((name) => !before.includes(name)),
    [],
  );
  assert.equal((await output.bytes()).length, 5_000_000);
});

test('where there is no room for much output, that is said', async () => {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = '/no/such/folder';
  try {
    const message = /5 MB of output cannot be kept in \/no\/such\/folder/;
    await assert.rejects(printed([Buffer.alloc(5_000_000)]), { name: 'ClusterError', message });
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
});
