import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { matchRows } from '../../../../src/core/table/filter/match.ts';
import { parseFilter } from '../../../../src/core/table/filter/parse.ts';
import { allRows, type Table } from '../../../../src/core/table/table.ts';
import { namedSample, rowOf, tableOf } from '../tables.ts';

const connections = tableOf(
  'conntrack.dump',
  [
    'TCP 10.65.0.2:41000 -> 10.96.0.9:80 -> 10.65.1.3:8080  Active ago 1m2.5s ESTABLISHED',
    'TCP 10.65.0.3:41001 -> 203.0.113.250:80  Active ago 19.28s SYN-SENT',
    'UDP 10.65.0.2:5353 -> 10.96.0.10:53 -> 10.65.2.2:5300  Active ago 1.054s',
    'ICMP 10.65.0.4:0 -> 203.0.113.10:0  Active ago 500ms',
    'UDP fd00::2:5353 -> fd00::a:53  Active ago 2h0m0s',
  ].join('\n'),
);

function found(table: Table, filter: string): readonly number[] {
  const { rows, problems } = matchRows(table, allRows(table), parseFilter(filter));
  assert.deepEqual(problems, [], filter);
  return [...rows];
}

/** What a filter finds among the connections, by their numbers from zero. */
function check(expected: Readonly<Record<string, readonly number[]>>): void {
  for (const [filter, rows] of Object.entries(expected))
    assert.deepEqual(found(connections, filter), rows, filter);
}

test('words are looked for in every cell, whatever their case', () => {
  check({
    '': [0, 1, 2, 3, 4],
    'syn-sent': [1],
    udp: [2, 4],
    '10.65.0.2': [0, 2],
    '10.96.0.9:80': [0],
    ':53': [2, 4],
    '0.9:80': [0],
    '53': [2, 4],
    'fd00::a': [4],
    '[fd00::a]:53': [4],
    'nothing like it': [],
  });
});

test('a key looks at its column alone, and at the values that it has', () => {
  check({
    'proto:tcp': [0, 1],
    'proto:tcp,icmp': [0, 1, 3],
    'proto:t': [0, 1],
    'state:syn': [1],
    'proto:cp': [],
    'proto:*p': [0, 1, 2, 3, 4],
    'state:*': [0, 1],
    '-state:*': [2, 3, 4],
    'src:10.65.0.2': [0, 2],
    'src:10.65.0.2:5353': [2],
    'src:10.65.0.': [0, 1, 2, 3],
    'dst:10.65.0.0/15': [0, 2],
    'ip:203.0.113.0/24': [1, 3],
    'ip:fd00::/64': [4],
    'svc:*': [0, 2],
    'port:80': [0, 1],
    'port:50-100': [0, 1, 2, 4],
    'port>40000': [0, 1],
  });
});

test('durations take units, and stand for themselves up to the next unit', () => {
  check({
    'idle>30s': [0, 4],
    'idle>30': [0, 4],
    'idle<1s': [3],
    'idle:1s': [2],
    'idle:1m': [0],
    'idle:1-20s': [1, 2],
    'idle>=2h': [4],
  });
});

test('all terms must hold, and a minus turns one round', () => {
  check({ 'proto:tcp idle>30s': [0], 'proto:udp -10.96.0.10': [4], '-proto:tcp -proto:udp': [3] });
});

test('networks of routes are found by an address in them, and by a network around them', () => {
  const routes = tableOf('routes.dump', '10.65.0.0/16: remote in-pool\n10.65.1.2/32: local workload idx 7\n');
  assert.deepEqual(found(routes, 'dest:10.65.1.2'), [0, 1]);
  assert.deepEqual(found(routes, 'dest:10.65.1.0/24'), [1]);
  assert.deepEqual(found(routes, 'flags:workload'), [1]);
  assert.deepEqual(found(routes, 'flags:in-*'), [0]);
});

test('what cannot be meant is told at its place, and the other terms hold', () => {
  const problemsOf = (filter: string) => matchRows(connections, allRows(connections), parseFilter(filter));
  const tcp = found(connections, 'proto:tcp').length;
  for (const [filter, start, message, count] of [
    ['proto:tcp colour:red', 10, /no “colour” here, but proto, state/, tcp],
    ['idle>soon', 5, /30s, 5m or 500ms/, 5],
    ['port:http proto:tcp', 5, /80 or 30000-32767/, tcp],
    ['proto>tcp', 0, /“proto” is no number/, 5],
  ] as const) {
    const { rows, problems } = problemsOf(filter);
    assert.equal(rows.length, count);
    assert.deepEqual([problems.length, problems[0]?.span.start], [1, start], filter);
    assert.match(problems[0]?.message ?? '', message);
  }
});

let named: Table;
before(async () => {
  named = await namedSample('conntrack.dump');
});

test('pods, services, nodes and namespaces are found by name, whatever their part', () => {
  const isShop = (row: number) => Object.values(rowOf(named, row)).join(' ').includes('shop/');
  const shop = [...allRows(named)].filter(isShop);
  assert.deepEqual(found(named, 'ns:shop'), shop);
  const catalog = found(named, 'service:shop/*');
  assert.ok(catalog.length > 0);
  for (const row of catalog) assert.match(rowOf(named, row)['svc.name'] ?? '', /^shop\//);
  for (const row of found(named, 'pod:shop/*')) {
    const { 'src.name': source = '', 'dst.name': destination = '' } = rowOf(named, row);
    assert.match(`${source} ${destination}`, /shop\//);
  }
  assert.ok(found(named, 'node:node-a').length > found(named, 'node:node-a src:node-a').length);
});
