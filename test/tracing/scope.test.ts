import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planScope, type LoggingState, type TraceWish } from '../../src/tracing/scope.ts';

interface Given {
  readonly configurations?: LoggingState['configurations'];
  readonly version?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly resource?: string;
}

function scope(wish: TraceWish, given: Given = {}) {
  const { configurations = [], version = 'v3.32.1', environment = {} } = given;
  const names = ['a', 'b', 'c'];
  return planScope(wish, {
    nodes: names.map((name) => ({
      name,
      calicoVersion: version,
      environment: new Map(name === 'a' ? Object.entries(environment) : []),
    })),
    allNodes: names.map((name) => ({ metadata: { name, labels: { zone: name } } })),
    configurations,
    resource: given.resource ?? 'felixconfigurations.projectcalico.org',
  });
}

const one: TraceWish = { nodes: ['a'], expression: 'host 10.0.0.1' };
const all: TraceWish = { nodes: ['a', 'b', 'c'], expression: undefined };
const configuration = (name: string, spec: object) => ({ metadata: { name }, spec });
const names = (planned: ReturnType<typeof scope>) => planned.loans.map(({ ref }) => ref.name);
const filtered = {
  bpfLogLevel: 'Debug',
  bpfLogFilters: { all: 'host 10.0.0.1' },
  bpfCTLBLogFilter: 'all',
};

test('one node is told by an object of its own, with the filter', () => {
  const { loans, notes, ready, impossible } = scope(one);
  assert.deepEqual(loans, [
    {
      ref: { resource: 'felixconfigurations.projectcalico.org', name: 'node.a' },
      apiVersion: 'projectcalico.org/v3',
      kind: 'FelixConfiguration',
      values: filtered,
    },
  ]);
  assert.match(notes.join(), /outer header of VXLAN/);
  assert.deepEqual([ready, impossible], [[], []]);
});

test('all nodes are told by one object, unless one of them has an answer of its own', () => {
  assert.deepEqual(names(scope(all)), ['default']);
  assert.match(scope(all).notes.join(), /every packet is logged/);
  const own = [configuration('node.b', { bpfLogLevel: 'Off' })];
  assert.deepEqual(names(scope(all, { configurations: own })), ['node.a', 'node.b', 'node.c']);
  const selected = [configuration('blue', { nodeSelector: "zone == 'c'", bpfLogLevel: 'Off' })];
  assert.equal(names(scope(all, { configurations: selected })).length, 3);
});

test('a node that logs already is left as it is', () => {
  const debug = [configuration('default', { bpfLogLevel: 'Debug' })];
  assert.deepEqual(scope(one, { configurations: debug }).loans, []);
  assert.deepEqual(scope(one, { configurations: debug }).ready, ['a']);
  const same = [configuration('default', { bpfLogLevel: 'debug', bpfLogFilters: { all: 'host 10.0.0.1' } })];
  assert.deepEqual(scope(one, { configurations: same }).ready, ['a']);
  const off = [...debug, configuration('node.a', { bpfLogLevel: 'Off' })];
  assert.deepEqual(names(scope(one, { configurations: off })), ['node.a']);
  assert.deepEqual(scope(one, { environment: { FELIX_BPFLOGLEVEL: 'debug' } }).ready, ['a']);
});

test('a filter that somebody left on is replaced, or taken away for every packet', () => {
  const left = [configuration('default', { bpfLogLevel: 'Debug', bpfLogFilters: { all: 'port 53' } })];
  assert.deepEqual(scope(one, { configurations: left }).loans[0]?.values, filtered);
  const [loan] = scope(all, { configurations: left }).loans;
  assert.deepEqual(loan?.values, { bpfLogLevel: 'Debug', bpfLogFilters: undefined });
});

test('a variable in the environment outranks what could be changed, and is named', () => {
  const { loans, impossible } = scope(one, { environment: { FELIX_BPFLOGLEVEL: 'off' } });
  assert.deepEqual(loans, []);
  assert.match(impossible[0]?.why ?? '', /FELIX_BPFLOGLEVEL=off/);
  const filter = scope(one, { environment: { FELIX_BPFLOGFILTERS: 'all=icmp' } });
  assert.match(filter.impossible[0]?.why ?? '', /FELIX_BPFLOGFILTERS=all=icmp/);
});

test('a Calico without filters logs every packet, and that is said', () => {
  const { loans, notes, filtersHere } = scope(one, { version: 'v3.26.4' });
  assert.deepEqual(loans[0]?.values, { bpfLogLevel: 'Debug' });
  assert.equal(filtersHere, true);
  assert.match(notes.join(), /came with v3\.27/);
});

test('the objects are those of the API group that the cluster has', () => {
  const { loans } = scope(one, { resource: 'felixconfigurations.crd.projectcalico.org' });
  assert.equal(loans[0]?.apiVersion, 'crd.projectcalico.org/v1');
});
