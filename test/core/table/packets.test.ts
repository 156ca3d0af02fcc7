import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cellText } from '../../../src/core/table/cells.ts';
import { TableService } from '../../../src/core/table/service.ts';
import { readTable } from '../../../src/core/table/readTable.ts';
import { samplePath } from '../../support/sample.ts';

const text = readFileSync(join(samplePath, 'nodes', 'node-a', 'traces', 'loadgen-to-payments.log'), 'utf8');

test('a trace is a table of its packets', () => {
  const table = readTable('trace.loadgen-to-payments', text)?.table;
  assert.ok(table !== undefined);
  assert.equal(table.rowCount, 29);
  const last = Object.fromEntries(table.columns.map((column) => [column.id, cellText(column, 28)]));
  assert.deepEqual(last, {
    time: '2.049243',
    journey: '13',
    flow: '1',
    iface: 'cali192e293c0b8',
    dir: 'to the pod',
    what: 'TCP SYN',
    from: '10.244.174.131:54376',
    to: '10.244.218.67:8443',
    verdict: 'denied',
    why: 'denied by the pod’s ingress policy',
    hooks: 'cali6d2111c0d58 → vxlan.calico → eth0 → eth0 → vxlan.calico → cali192e293c0b8',
    reason: 'policy',
    backend: '',
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

test('times of packets have all digits, so that they stand below each other', () => {
  const time = readTable('trace.loadgen-to-payments', text)?.table.columns.find(({ id }) => id === 'time');
  assert.ok(time !== undefined);
  assert.deepEqual([cellText(time, 0), cellText(time, 4)], ['0.000000', '0.000210']);
});

test('a row of packets stands where its lines are', () => {
  const table = readTable('trace.x', text)?.table;
  const { start, end } = table?.spanAt?.(28) ?? { start: 0, end: 0 };
  const lines = text.slice(start, end).trimEnd().split('\n');
  assert.match(lines[0] ?? '', /cali192e293c0b8-I: New packet/);
  assert.match(lines.at(-1) ?? '', /DENY due to policy$/);
});

test('a row opens to its lines, its way and what explains it, whatever bytes stand before it', () => {
  const service = new TableService();
  const bytes = Buffer.concat([Buffer.from('Übung \u{1F680}\n'), Buffer.from(text)]);
  service.push({ side: 0, bytes: bytes.subarray(0, 30_000) });
  service.push({ side: 0, bytes: bytes.subarray(30_000) });
  service.read({ probe: 'trace.x' });
  const detail = service.detail(6);
  assert.match(detail?.lines[0] ?? '', /cali192e293c0b8-I: New packet/);
  assert.match(detail?.lines.at(-1) ?? '', /DENY due to policy$/);
  assert.deepEqual(
    detail?.links.map(({ title }) => title),
    ['Show Policy Rule'],
  );
  assert.deepEqual(
    detail?.filters.map(({ filter }) => filter),
    ['flow:1', 'journey:1'],
  );
  assert.deepEqual(
    detail?.steps.map((step) => step.text),
    [
      'cali6d2111c0d58 from the pod: allowed, redirected, 43.034µs',
      'vxlan.calico out: allowed, 24.296µs',
      'eth0 out: allowed, 4.547µs',
      'eth0 in: allowed, 7.171µs',
      'vxlan.calico in: allowed, redirected, 43.725µs',
      'cali192e293c0b8 to the pod: denied by the pod’s ingress policy',
    ],
  );
});

test('a row of a version before v3.24 whose packet policy denied in silence opens to the rule', () => {
  const header = '          <idle>-0       [001] ..s2.  7712.104987: bpf_trace_printk: cali6d---I: ';
  const lines = [
    'New packet at ifindex=10; mark=0',
    'TCP; ports: s=54376 d=80',
    'CT-6 lookup from a410002:54376',
    'CT-6 lookup to   a410103:80',
    'CT-6 result: NEW.',
    'About to jump to policy program.',
    'New packet at ifindex=10; mark=0',
  ];
  const service = new TableService();
  service.push({ side: 0, bytes: Buffer.from(`${header}${lines.join(`\n${header}`)}\n`) });
  service.read({ probe: 'trace.x' });
  service.name([]);
  const [verdict] = service.cells({ start: 0, end: 1, columns: ['why'] });
  assert.deepEqual(verdict?.texts, ['denied by the pod’s ingress policy']);
  assert.deepEqual(
    service.detail(0)?.links.map(({ title }) => title),
    ['Show Policy Rule'],
  );
});

test('what a process wanted stands in the way to its service, though another line says it', () => {
  const service = new TableService();
  service.push({ side: 0, bytes: Buffer.from(text) });
  service.read({ probe: 'trace.x' });
  assert.deepEqual(
    service.detail(1)?.links.map(({ title }) => title),
    ['Show Policy Rule', 'Show Service in NAT', 'Show Connection', 'Show Route'],
  );
});

test('a trace that grows is the same table in the end', () => {
  const whole = readTable('trace.x', text)?.table;
  const service = new TableService();
  const bytes = Buffer.from(text);
  service.push({ side: 0, bytes: bytes.subarray(0, 12_345) });
  const first = service.read({ probe: 'trace.x', isGrowing: true });
  service.name([]);
  assert.ok(first.rowCount > 0 && first.rowCount < 29);
  service.push({ side: 0, bytes: bytes.subarray(12_345) });
  service.grow({ isOver: true });
  service.name([]);
  assert.equal(service.show({ filter: '', sort: [] }).total, whole?.rowCount);
  assert.equal(service.show({ filter: 'verdict:denied', sort: [] }).count, 3);
});

test('a table that is shown stays what it is until the names of what has come are there', () => {
  const service = new TableService();
  const bytes = Buffer.from(text);
  service.push({ side: 0, bytes: bytes.subarray(0, 12_345) });
  service.read({ probe: 'trace.x', isGrowing: true });
  service.show({ filter: 'dir:out', sort: [] });
  const cells = () => service.cells({ start: 0, end: 100, columns: ['time', 'dir'] });
  const before = cells();
  service.push({ side: 0, bytes: bytes.subarray(12_345) });
  service.grow({ isOver: false });
  assert.deepEqual(cells(), before);
  service.name([]);
  assert.deepEqual(cells(), before);
});
