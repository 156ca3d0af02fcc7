import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cellText } from '../../../src/core/table/cells.ts';
import { readTable } from '../../../src/core/table/readTable.ts';
import { samplePath } from '../../support/sample.ts';

const text = readFileSync(join(samplePath, 'nodes', 'node-a', 'traces', 'loadgen-to-payments.log'), 'utf8');

test('a trace is a table of its packets', () => {
  const table = readTable('trace.loadgen-to-payments', text)?.table;
  assert.ok(table !== undefined);
  assert.equal(table.rowCount, 28);
  const last = Object.fromEntries(table.columns.map((column) => [column.id, cellText(column, 27)]));
  assert.deepEqual(last, {
    time: '2.049161',
    journey: '13',
    iface: 'cali192e293c0b8',
    dir: 'to the pod',
    what: 'TCP SYN',
    from: '10.244.174.131:54376',
    to: '10.244.218.67:8443',
    verdict: 'denied',
    why: 'denied by the pod’s ingress policy',
    reason: 'policy',
    service: '',
    ct: 'NEW',
    tunnel: '',
    took: '',
    bytes: '60',
    ipid: '8592',
    cpu: '0',
    boot: '1415.481579',
  });
});

test('a row of packets stands where its lines are', () => {
  const table = readTable('trace.x', text)?.table;
  const { start, end } = table?.spanAt(27) ?? { start: 0, end: 0 };
  const lines = text.slice(start, end).trimEnd().split('\n');
  assert.match(lines[0] ?? '', /cali192e293c0b8-I: New packet/);
  assert.match(lines.at(-1) ?? '', /DENY due to policy$/);
});
