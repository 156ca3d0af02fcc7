import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellText, cellValue, formatDuration } from '../../../src/core/table/cells.ts';
import type { Column, Table } from '../../../src/core/table/table.ts';
import { tableOf } from './tables.ts';

test('durations are told in Go’s units, short', () => {
  const told = [0, 12, 1500, 510_347_156, 999_999_999, 27_596_857_818, 123.4e9, 3_600e9, 90_061e9, -12_000];
  assert.deepEqual(told.map(formatDuration), [
    '0ns',
    '12ns',
    '1.5µs',
    '510.347ms',
    '999.999ms',
    '27.596s',
    '2m3s',
    '1h0m0s',
    '25h1m1s',
    '-12µs',
  ]);
});

test('a port stands behind an IPv6 address in brackets', () => {
  const table = tableOf('conntrack.dump.v6', 'UDP fd00::1:5000 -> fd00::2:53  Active ago 1s\n');
  assert.equal(cellText(column(table, 'src'), 0), '[fd00::1]:5000');
});

test('to programs durations are seconds, flags a list, and large counts text', () => {
  const connection = tableOf('conntrack.dump', 'TCP 10.0.0.1:1 -> 10.0.0.2:2  Active ago 1.5s RESET\n');
  assert.equal(cellValue(column(connection, 'idle'), 0), 1.5);
  const route = tableOf('routes.dump', '10.65.0.2/32: local workload idx 7\n');
  assert.deepEqual(cellValue(column(route, 'flags'), 0), ['local', 'workload']);
  const counters = tableOf(
    'counters.dump',
    '| Total | packets | 18446744073709551615 | 7 | N/A |\ndumped eth0 counters.\n',
  );
  assert.equal(cellValue(column(counters, 'ingress'), 0), '18446744073709551615');
  assert.equal(cellValue(column(counters, 'egress'), 0), 7);
});

function column({ columns }: Table, id: string): Column {
  const found = columns.find((each) => each.id === id);
  assert.ok(found !== undefined, id);
  return found;
}
