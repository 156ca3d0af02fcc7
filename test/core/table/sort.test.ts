import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cellText } from '../../../src/core/table/cells.ts';
import { numberColumn, termColumn } from '../../../src/core/table/columns.ts';
import { sortRows, type Direction } from '../../../src/core/table/sort.ts';
import { allRows, type Column } from '../../../src/core/table/table.ts';

const head = { id: 'x', title: 'X', meaning: '' };

function sorted(column: Column, rowCount: number, direction: Direction): readonly string[] {
  return [...sortRows(allRows({ rowCount }), column, direction)].map((row) => cellText(column, row));
}

test('numbers are sorted as numbers, equal ones stay, those without a value come last either way', () => {
  const number = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(number), fc.constantFrom('ascending', 'descending'), (values, direction) => {
      const column = numberColumn({ ...head, kind: 'number' }, (row) => values[row]);
      const sign = direction === 'ascending' ? 1 : -1;
      const last = Number.POSITIVE_INFINITY;
      const key = (row: number) => {
        const value = values[row];
        // Zero has one place, whatever its sign.
        return value === undefined ? last : sign * value + 0;
      };
      const expected = [...values.keys()].toSorted((a, b) => (key(a) === key(b) ? a - b : key(a) - key(b)));
      assert.deepEqual([...sortRows(allRows({ rowCount: values.length }), column, direction)], expected);
    }),
  );
});

test('addresses are sorted by their bytes, IPv4 first', () => {
  const addresses = ['fd00::1', '10.0.0.10', '', '10.0.0.9', '9.255.0.1', '2001:db8::'];
  const column = termColumn({ ...head, kind: 'address' }, addresses.length, (row) => addresses[row]);
  assert.deepEqual(sorted(column, addresses.length, 'ascending'), [
    '9.255.0.1',
    '10.0.0.9',
    '10.0.0.10',
    '2001:db8::',
    'fd00::1',
    '',
  ]);
});

test('texts are sorted as people do, with their numbers as numbers', () => {
  const names = ['cali10', 'Cali2', 'cali1'];
  const column = termColumn({ ...head, kind: 'text' }, names.length, (row) => names[row]);
  assert.deepEqual(sorted(column, 3, 'descending'), ['cali10', 'Cali2', 'cali1']);
});
