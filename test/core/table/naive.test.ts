/** Sorting and filtering against plain ways of doing them, over the tables of the recordings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ipBytes } from '../../../src/core/net/address.ts';
import { cellText } from '../../../src/core/table/cells.ts';
import { matchRows } from '../../../src/core/table/filter/match.ts';
import { parseFilter } from '../../../src/core/table/filter/parse.ts';
import { readTable } from '../../../src/core/table/readTable.ts';
import { sortRows, type Direction } from '../../../src/core/table/sort.ts';
import { allRows, type Column, type Table } from '../../../src/core/table/table.ts';
import { recordedOutputs, recordingNames } from '../../support/recordings.ts';

/** Of each kind of dump, in text and JSON, the longest of all recordings that is not long. */
const tables = new Map<string, Table>();
for (const recording of recordingNames) {
  for (const { probe, stream, text } of await recordedOutputs(recording)) {
    if (stream !== 'out' || text.length > 100_000) continue;
    const kind = probe.replace(/^(counters\.dump)\..*?(?=$|\.json)/, '$1');
    const table = readTable(probe, text)?.table;
    if (table !== undefined && table.rowCount > (tables.get(kind)?.rowCount ?? 1)) tables.set(kind, table);
  }
}

for (const [kind, table] of tables) {
  const cell = fc.record({ column: fc.constantFrom(...table.columns), row: fc.nat(table.rowCount - 1) });

  test(`${kind} is sorted by any column as the values of its cells are`, () => {
    const direction = fc.constantFrom<Direction>('ascending', 'descending');
    fc.assert(
      fc.property(fc.constantFrom(...table.columns), direction, (column, way) => {
        const sorted = sortRows(allRows(table), column, way);
        const sign = way === 'ascending' ? 1 : -1;
        const plain = [...allRows(table)].toSorted((a, b) => {
          const [first, second] = [keyOf(column, a), keyOf(column, b)];
          if (first === undefined || second === undefined) {
            return Number(first === undefined) - Number(second === undefined);
          }
          return sign * compareKeys(first, second);
        });
        assert.deepEqual([...sorted], plain, `${column.id} ${way}`);
      }),
      { numRuns: 30 },
    );
  });

  test(`${kind} is filtered for a text as if each cell were looked at`, () => {
    const part = fc.record({ from: fc.nat(20), length: fc.integer({ min: 3, max: 9 }) });
    fc.assert(
      fc.property(cell, part, ({ column, row }, { from, length }) => {
        const wanted = textOf(column, row).slice(from, from + length);
        // A number is looked for as a port and as a count, too.
        if (!/^[A-Za-z.-]+$/.test(wanted)) return;
        const { rows } = matchRows(table, allRows(table), parseFilter(`"${wanted}"`));
        const holds = (each: number) =>
          table.columns.some((other) => textOf(other, each).toLowerCase().includes(wanted.toLowerCase()));
        assert.deepEqual([...rows], [...allRows(table)].filter(holds), wanted);
      }),
      { numRuns: 100 },
    );
  });

  test(`${kind} is filtered for the value of a cell as if each cell were looked at`, () => {
    fc.assert(
      fc.property(cell, fc.boolean(), ({ column, row }, isNegated) => {
        const wanted = cellText(column, row);
        if (wanted === '' || column.form === 'number' || !exact.has(column.kind)) return;
        const filter = parseFilter(`${isNegated ? '-' : ''}${column.id}:"${wanted}"`);
        const { rows, problems } = matchRows(table, allRows(table), filter);
        const isEqual = (each: number) => cellText(column, each).toLowerCase() === wanted.toLowerCase();
        assert.deepEqual(problems, []);
        assert.deepEqual(
          [...rows],
          [...allRows(table)].filter((each) => isEqual(each) !== isNegated),
          wanted,
        );
      }),
      { numRuns: 100 },
    );
  });
}

test('there are tables of every kind of dump', () => {
  const starts = [
    'arp',
    'conntrack',
    'counters',
    'ifstate',
    'ipsets',
    'nat.aff',
    'nat.dump',
    'nat.maglev',
    'routes',
  ];
  for (const start of starts)
    assert.ok(
      [...tables.keys()].some((kind) => kind.startsWith(start)),
      start,
    );
});

/** The kinds of values that are asked for as a whole; the others are asked for by parts, ranges and networks. */
const exact: ReadonlySet<Column['kind']> = new Set(['enum', 'interface', 'endpoint']);

/** What a free text is looked for in. */
function textOf(column: Column, row: number): string {
  return column.form === 'number' ? '' : (column.terms[column.at(row)] ?? '');
}

type Key = number | string | readonly number[];

/** What a cell is sorted by; `undefined` for an empty one. */
function keyOf(column: Column, row: number): Key | undefined {
  const text = textOf(column, row);
  if (column.form === 'number') return Number.isNaN(column.at(row)) ? undefined : column.at(row);
  if (text === '') return undefined;
  if (column.form === 'endpoint') return [...addressKey(text), column.portAt(row)];
  return column.kind === 'address' || column.kind === 'cidr' ? addressKey(text) : text;
}

/** An address as its length and its bytes, of a CIDR with the length of its prefix. */
function addressKey(text: string): readonly number[] {
  const [address = '', prefix = '-1'] = text.split('/');
  const bytes = ipBytes(address) ?? [];
  return [bytes.length, ...bytes, Number(prefix)];
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return collator.compare(a, b);
  if (typeof a !== 'object' || typeof b !== 'object') return 0;
  const index = a.findIndex((value, at) => value !== b[at]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
