import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyRows, type CopyFormat } from '../../../src/core/table/copy.ts';
import { allRows } from '../../../src/core/table/table.ts';
import { tableOf } from './tables.ts';

const table = tableOf('routes.dump', '10.65.0.0/16: remote in-pool\n10.65.1.2/32: local workload idx 7\n');
const copy = (format: CopyFormat, rows = allRows(table)) => copyRows(table.columns, rows, format);

test('as text the rows stand in columns under their titles', () => {
  assert.equal(
    copy('text'),
    [
      'DESTINATION   FLAGS           IFINDEX',
      '10.65.0.0/16  remote in-pool',
      '10.65.1.2/32  local workload  7',
      '',
    ].join('\n'),
  );
});

test('as CSV they stand under the ids of the columns, and what has commas in quotes', () => {
  assert.equal(
    copy('csv'),
    'dest,flags,ifindex\r\n10.65.0.0/16,remote in-pool,\r\n10.65.1.2/32,local workload,7\r\n',
  );
  const counters = tableOf('counters.dump', '| Dropped | a, "b" | 1 | 2 | N/A |\ndumped eth0 counters.\n');
  assert.match(copyRows(counters.columns, allRows(counters), 'csv'), /,"a, ""b""",1,2\r\n$/);
});

test('as JSON they are objects with what they have', () => {
  assert.deepEqual(JSON.parse(copy('json')), [
    { dest: '10.65.0.0/16', flags: ['remote', 'in-pool'] },
    { dest: '10.65.1.2/32', flags: ['local', 'workload'], ifindex: '7' },
  ]);
  assert.deepEqual(JSON.parse(copy('json', new Uint32Array())), []);
});
