import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BoundedChannel, type ChannelLimits } from '../../src/tracing/channel.ts';
import { LineBuffer } from '../../src/tracing/lines.ts';

/** A channel and what an editor shows of it that makes its edits. */
function makeChannel(limits: ChannelLimits) {
  const channel = new BoundedChannel('/traces/a.log', limits);
  const shown = { text: '', edits: 0 };
  const takeAll = () => {
    for (let edit = channel.take(); edit !== undefined; edit = channel.take()) {
      assert.ok(edit.text.length <= limits.maxEdit + 100, `${edit.text.length} characters in one edit`);
      shown.text = edit.kind === 'append' ? shown.text + edit.text : edit.text;
      assert.ok(shown.text.length <= limits.maxLength + 100, `${shown.text.length} characters`);
      shown.edits += 1;
    }
  };
  return { shown, channel, takeAll };
}

test('shows what came at once in one edit', () => {
  const { shown, channel, takeAll } = makeChannel({ maxLength: 10_000, maxEdit: 1000 });
  channel.add('a\n');
  channel.add('b\n');
  takeAll();
  assert.deepEqual(shown, { text: 'a\nb\n', edits: 1 });
});

test('takes as many edits as a long text needs', () => {
  const { shown, channel, takeAll } = makeChannel({ maxLength: 10_000, maxEdit: 100 });
  const text = 'a line of twenty ch\n'.repeat(12);
  channel.add(text);
  takeAll();
  assert.deepEqual(shown, { text, edits: 3 });
});

test('holds no more than it may, lets whole lines go from the beginning, and counts them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(300), { maxLength: 8 }), { minLength: 1, maxLength: 60 }),
      (batches) => {
        const { shown, channel, takeAll } = makeChannel({ maxLength: 2000, maxEdit: 700 });
        let number = 0;
        for (const lengths of batches) {
          for (const length of lengths) channel.add(`${++number} ${'x'.repeat(length)}\n`);
          takeAll();
          const [first = '', ...rest] = shown.text.split('\n');
          const letGo = /^… ([\d,]+) lines let go; all are in \/traces\/a\.log$/.exec(first);
          const lines = (letGo === null ? [first, ...rest] : rest).slice(0, -1);
          const numbers = lines.map((line) => Number.parseInt(line, 10));
          const gone = Number((letGo?.[1] ?? '0').replaceAll(',', ''));
          assert.deepEqual(
            numbers,
            Array.from({ length: number - gone }, (_, i) => gone + i + 1),
          );
        }
      },
    ),
  );
});

test('lines are whole, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ''))),
      fc.nat(7),
      (lines, size) => {
        const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
        const buffer = new LineBuffer();
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size + 1) {
          const whole = buffer.push(bytes.subarray(at, at + size + 1));
          assert.ok(whole.length === 0 || whole.at(-1) === 0x0a);
          pieces.push(whole);
        }
        assert.deepEqual(Buffer.concat([...pieces, buffer.end()]), Buffer.from(bytes));
      },
    ),
  );
});

test('a last line without an end is not lost, and one without any end does not grow for ever', () => {
  const buffer = new LineBuffer();
  assert.equal(buffer.push(Buffer.from('cut')).length, 0);
  assert.equal(buffer.end().toString(), 'cut\n');
  assert.equal(buffer.push(Buffer.alloc(100_000, 'x')).length, 100_001);
});
