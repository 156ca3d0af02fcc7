import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Tone } from '../../../src/core/table/calls.ts';
import { readCells, splitCells, writeCells } from '../../../src/core/table/cellLines.ts';

test('cells are read as they were written, whatever stands in them', () => {
  const tone = fc.constantFrom<Tone>('', 'trouble', 'raw');
  const row = fc.record({ texts: fc.array(fc.string({ unit: 'binary' })), tones: fc.array(tone) });
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const read = splitCells(writeCells(rows)).map(readCells);
      // No tones at all are none in particular.
      const isPlain = (tones: readonly Tone[]) => tones.every((each) => each === '');
      const expected = rows.map(({ texts, tones }) => ({ texts, tones: isPlain(tones) ? [] : tones }));
      assert.deepEqual(read, expected);
    }),
  );
});
