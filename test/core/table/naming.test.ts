import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameQuestions, withNames } from '../../../src/core/table/naming.ts';
import type { Table } from '../../../src/core/table/table.ts';
import { namedSample, rowOf, tableOf } from './tables.ts';

function find(table: Table, id: string, text: string): Readonly<Record<string, string>> {
  const rows = Array.from({ length: table.rowCount }, (_, row) => rowOf(table, row));
  const found = rows.find((row) => row[id] === text);
  assert.ok(found !== undefined, text);
  return found;
}

test('a connection through a service tells the pods and the service with its port', async () => {
  const row = find(await namedSample('conntrack.dump'), 'svc', '10.96.71.203:80');
  assert.match(row['src.name'] ?? '', /^shop\//);
  assert.match(row['svc.name'] ?? '', /^shop\/\w+/);
  assert.match(row['dst.name'] ?? '', /^shop\//);
});

test('each map that holds addresses, interfaces or ids names them', async () => {
  const expected: Readonly<Record<string, readonly string[]>> = {
    'routes.dump': ['dest.name', 'ifindex.name', 'nexthop.name'],
    'nat.dump': ['frontend.name', 'backend.name'],
    'nat.maglev': ['id.name', 'backend.name'],
    'counters.dump': ['iface.name'],
    'conntrack.dump.raw': ['src.name', 'svc.name', 'dst.name', 'srcif.name', 'dstif.name'],
  };
  for (const [probe, ids] of Object.entries(expected)) {
    const { columns } = await namedSample(probe);
    const found = columns.filter(({ kind }) => kind === 'name').map(({ id }) => id);
    for (const id of ids) assert.ok(found.includes(id), `${probe}: ${id}`);
  }
});

test('a name stands before the raw value that it belongs to', async () => {
  const { columns } = await namedSample('routes.dump');
  assert.deepEqual(
    columns.slice(0, 2).map(({ id }) => id),
    ['dest.name', 'dest'],
  );
});

test('of a connection the names alone stand first, and an address that nobody has among them', async () => {
  const table = await namedSample('conntrack.dump');
  assert.deepEqual(
    table.columns.map(({ id }) => id),
    ['proto', 'state', 'idle', 'src.name', 'svc.name', 'dst.name', 'via.name', 'via', 'src', 'svc', 'dst'],
  );
  assert.equal(find(table, 'src', '198.51.100.7:38004')['src.name'], '198.51.100.7');
});

test('the pool of an address does not stand in its place', () => {
  const lines = ['10.65.0.2', '10.65.0.9'].map(
    (address) => `UDP ${address}:40000 -> 10.65.7.9:53  Active ago 2s\n`,
  );
  const table = tableOf('conntrack.dump', lines.join(''));
  const who = (kind: string, label: string) => [{ kind, label, namespace: undefined, node: undefined }];
  const known = new Map([
    ['10.65.0.2', who('pod', 'shop/cart')],
    ['10.65.0.9', who('pool', 'IP pool default')],
  ]);
  const answers = nameQuestions(table).map(({ values }) => values.map((value) => known.get(value) ?? []));
  const named = withNames(table, answers);
  assert.deepEqual(
    [0, 1].map((row) => rowOf(named, row)['src.name']),
    ['shop/cart', '10.65.0.9'],
  );
});

test('of very many endpoints the last are named by their addresses, or stand for themselves', () => {
  const line = (at: number) =>
    `UDP 10.65.0.2:4000 -> 10.${66 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}:53  Active ago 2s\n`;
  const table = tableOf('conntrack.dump', Array.from({ length: 100_010 }, (_, at) => line(at)).join(''));
  const pod = [{ kind: 'pod', label: 'shop/cart', namespace: 'shop', node: undefined }];
  const known = new Map([
    ['10.65.0.2', pod],
    ['10.67.134.168', pod],
  ]);
  const answers = nameQuestions(table).map(({ values }) => values.map((value) => known.get(value) ?? []));
  const named = withNames(table, answers);
  assert.deepEqual(
    [0, 100_008, 100_009].map((row) => rowOf(named, row)['dst.name']),
    ['10.66.0.0:53', 'shop/cart', '10.67.134.169'],
  );
});

test('pods alone stand in the column of pods: the host’s own interfaces have none', async () => {
  for (const probe of ['counters.dump', 'ifstate.dump']) {
    const table = await namedSample(probe);
    assert.equal(find(table, 'iface', 'eth0')['iface.name'], '');
    assert.match(find(table, 'iface', 'cali6d2111c0d58')['iface.name'] ?? '', /^shop\/loadgen-/);
  }
});

test('where nobody is known there are no columns of names', () => {
  const table = tableOf('routes.dump', '10.65.0.0/16: remote in-pool\n');
  assert.deepEqual(withNames(table, [[[], []]]).columns, table.columns);
});

test('where nobody is known at all, an empty answer to each question leaves the table as it is', () => {
  const table = tableOf('routes.dump', '10.65.0.0/16: remote in-pool nh 192.168.5.21\n');
  const named = withNames(
    table,
    nameQuestions(table).map(() => []),
  );
  assert.deepEqual(named.columns, table.columns);
});
