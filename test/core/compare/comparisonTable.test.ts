import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparisonTable } from '../../../src/core/compare/comparisonTable.ts';
import { sortedText } from '../../../src/core/compare/sortedText.ts';
import { rowOf, tableOf } from '../table/tables.ts';

/** The differences of two dumps, row by row. */
function compared(
  probe: string,
  [before, after]: readonly [string, string],
  { between = 'times', seconds }: { readonly between?: 'nodes' | 'times'; readonly seconds?: number } = {},
) {
  const sides = {
    before: { table: tableOf(probe, before), node: 'a' },
    after: { table: tableOf(probe, after), node: 'a' },
  };
  const table = comparisonTable({ probe, ...sides, between, seconds });
  return { table, rows: Array.from({ length: table.rowCount }, (_, row) => rowOf(table, row)) };
}

const nat = (id: number, backends: readonly string[]) =>
  [
    `10.96.0.9 port 80 proto 6 id ${id} count ${backends.length} local 0`,
    ...backends.map((backend, ordinal) => `\t${id}:${ordinal}\t ${backend}:8080`),
    '',
  ].join('\n');

test('what a node numbers for itself, and its order, are no differences', () => {
  const { rows } = compared('nat.dump', [
    nat(3, ['10.65.0.2', '10.65.1.3']),
    nat(7, ['10.65.1.3', '10.65.0.2']),
  ]);
  assert.deepEqual(rows, []);
});

test('a backend that came and one that went are rows of their own, each with its place', () => {
  const dumps = [nat(3, ['10.65.0.2', '10.65.1.3']), nat(3, ['10.65.0.2', '10.65.1.4'])] as const;
  const { table, rows } = compared('nat.dump', dumps);
  assert.deepEqual(
    rows.map(({ change, backend }) => `${change} ${backend}`),
    ['removed 10.65.1.3:8080', 'added 10.65.1.4:8080'],
  );
  for (const row of [0, 1]) {
    const line = dumps[table.sideAt(row)]?.split('\n')[table.lineAt?.(row) ?? -1];
    assert.ok(line?.includes(rows[row]?.['backend'] ?? '?'));
  }
});

test('a value that became another shows both', () => {
  const line = (state: string) => `TCP 10.65.0.2:41000 -> 10.65.1.3:8080  Active ago 1s ${state}\n`;
  const { rows } = compared('conntrack.dump', [line('SYN-SENT'), line('ESTABLISHED')]);
  assert.deepEqual(rows, [
    {
      change: 'changed',
      proto: 'TCP',
      state: 'SYN-SENT → ESTABLISHED',
      idle: '1s',
      src: '10.65.0.2:41000',
      dst: '10.65.1.3:8080',
    },
  ]);
});

test('counters tell how much came, and how much a second', () => {
  const dump = (drops: number) =>
    `| Dropped | by policy | ${drops} | 7 | N/A |\n| Accepted | by policy | 1 | 1 | N/A |\ndumped eth0 counters.\n`;
  const { rows } = compared('counters.dump', [dump(10), dump(40)], { seconds: 60 });
  assert.deepEqual(
    rows.map((row) => [
      row['reason'],
      row['ingress'],
      row['ingress.rate'],
      row['egress'],
      row['egress.rate'],
    ]),
    [['by policy', '30', '0.5', '0', '0']],
  );
});

test('between nodes only whether they drop is compared, not how much', () => {
  const dump = (drops: number) => `| Dropped | by policy | ${drops} | 0 | N/A |\ndumped eth0 counters.\n`;
  assert.deepEqual(compared('counters.dump', [dump(10), dump(40)], { between: 'nodes' }).rows, []);
  assert.equal(compared('counters.dump', [dump(0), dump(40)], { between: 'nodes' }).rows.length, 1);
});

test('sorted texts of what is the same are equal', () => {
  const text = (dump: string) =>
    sortedText(
      'nat.dump',
      { table: tableOf('nat.dump', dump), node: 'a' },
      { between: 'times', nodes: ['a', 'a'] },
    );
  assert.equal(text(nat(3, ['10.65.0.2', '10.65.1.3'])), text(nat(7, ['10.65.1.3', '10.65.0.2'])));
  assert.equal(text(nat(3, ['10.65.0.2'])), '10.96.0.9 80 TCP 10.65.0.2:8080  state=ok\n');
});
