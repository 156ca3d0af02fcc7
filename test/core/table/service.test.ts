import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { TableService } from '../../../src/core/table/service.ts';

const text = [
  'TCP 10.65.0.2:41000 -> 10.65.1.3:8080  Active ago 30s ESTABLISHED',
  '2026-11-21 10:00:00 [INFO] a line that is no entry',
  'TCP 10.65.0.3:41001 -> 10.65.1.3:8080  Active ago 10s SYN-SENT',
  'UDP 10.65.0.4:5353 -> 10.96.0.10:53  Active ago 20s',
].join('\n');

let service: TableService;

beforeEach(() => {
  service = new TableService();
  service.push({ side: 0, bytes: new TextEncoder().encode(text) });
  const { questions } = service.read({ probe: 'conntrack.dump' });
  const cart = { kind: 'pod', label: 'shop/cart', namespace: 'shop', node: 'node-a' };
  service.name(
    questions.map(({ values }) => values.map((value) => (value.startsWith('10.65.1.3') ? [cart] : []))),
  );
});

function shown(...columns: readonly string[]): readonly string[] {
  return service.cells({ start: 0, end: 10, columns }).map(({ texts }) => texts.join(' '));
}

test('tells its columns, with names, and how wide they are', () => {
  const columns = service.name([]);
  assert.deepEqual(
    columns.map(({ id, kind }) => `${id} ${kind}`),
    ['proto enum', 'state enum', 'idle duration', 'src endpoint', 'dst.name name', 'dst endpoint'],
  );
  assert.equal(columns.find(({ id }) => id === 'src')?.width, '10.65.0.2:41000'.length + 1);
});

test('shows what is asked for, sorted and filtered', () => {
  assert.deepEqual(service.show({ filter: '', sort: [{ id: 'idle', direction: 'ascending' }] }), {
    count: 3,
    total: 3,
    problems: [],
  });
  assert.deepEqual(shown('idle', 'src'), [
    '10s 10.65.0.3:41001',
    '20s 10.65.0.4:5353',
    '30s 10.65.0.2:41000',
  ]);
  assert.equal(
    service.show({ filter: 'pod:cart', sort: [{ id: 'idle', direction: 'descending' }] }).count,
    2,
  );
  assert.deepEqual(shown('idle'), ['30s', '10s']);
});

test('sorts by several columns, the first of which counts most', () => {
  service.show({
    filter: '',
    sort: [
      { id: 'proto', direction: 'descending' },
      { id: 'idle', direction: 'ascending' },
    ],
  });
  assert.deepEqual(shown('proto', 'idle'), ['UDP 20s', 'TCP 10s', 'TCP 30s']);
});

test('follows what it can of a filter, and says why not the rest', () => {
  const { count, problems } = service.show({ filter: 'proto:udp idle>', sort: [] });
  assert.deepEqual([count, problems.length], [1, 1]);
});

test('tells trouble, and values in the place of names', () => {
  const [first, second, third] = service.cells({ start: 0, end: 3, columns: ['state', 'dst.name', 'src'] });
  assert.deepEqual(
    [first?.tones, second?.tones, third?.tones],
    [
      ['', '', ''],
      ['trouble', '', ''],
      ['', 'raw', ''],
    ],
  );
});

test('finds the line of a row, wherever sorting has put it', () => {
  service.show({ filter: '', sort: [{ id: 'idle', direction: 'ascending' }] });
  assert.deepEqual(
    [0, 1, 2].map((index) => service.line(index).line),
    [2, 3, 0],
  );
});

test('copies some rows or all that are shown', () => {
  service.show({ filter: 'proto:tcp', sort: [] });
  assert.equal(service.copy({ format: 'csv', columns: ['src'] }).split('\r\n').length, 4);
  assert.equal(service.copy({ format: 'csv', columns: ['src'], indices: [1] }), 'src\r\n10.65.0.3:41001\r\n');
});
