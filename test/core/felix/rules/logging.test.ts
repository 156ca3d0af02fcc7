import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSpec, judgeSpec } from '../check.ts';

test('filters without Debug have no effect, and Debug can be added', () => {
  const filters = 'bpfLogFilters: {all: tcp}';
  checkSpec(filters, ['bpfLogFilters no-effect']);
  checkSpec(`bpfLogLevel: "Off"\n${filters}`, ['bpfLogFilters no-effect']);
  checkSpec(`bpfLogLevel: Debug\nbpfCTLBLogFilter: all\n${filters}`, []);
  assert.deepEqual(judgeSpec(filters)[0]?.fix, {
    kind: 'add',
    title: 'Add bpfLogLevel: Debug',
    path: ['spec', 'bpfLogLevel'],
    source: 'Debug',
  });
});

test('filters of one node, or in a patch, may find Debug elsewhere', () => {
  checkSpec('bpfLogFilters: {all: tcp}', [], { name: 'node.a' });
  checkSpec('bpfLogFilters: {all: tcp}', [], { partial: true });
});

test('Info acts as Off from v3.30', () => {
  checkSpec('bpfLogLevel: Info', ['bpfLogLevel changed'], { calico: 'v3.30.0' });
  checkSpec('bpfLogLevel: Info', [], { calico: 'v3.29.0' });
});

test('Debug without filters is costly', () => {
  checkSpec('bpfLogLevel: Debug', ['bpfLogLevel risk']);
  checkSpec('bpfLogLevel: Debug', [], { calico: 'v3.26.0' });
});

test('filters silence the connect-time load balancer', () => {
  checkSpec('bpfLogLevel: Debug\nbpfLogFilters: {all: tcp}', ['bpfLogFilters no-effect']);
});

test('names and filters that do not reach Felix whole are told', () => {
  const debug = 'bpfLogLevel: Debug\nbpfCTLBLogFilter: all\n';
  checkSpec(`${debug}bpfLogFilters: {bond0.100: tcp}`, ['bpfLogFilters.bond0.100 no-effect']);
  checkSpec(`${debug}bpfLogFilters: {eth0: "host a, b"}`, ['bpfLogFilters.eth0 unusable']);
  checkSpec(`${debug}bpfLogFilters: {eth0: "tcp and"}`, ['bpfLogFilters.eth0 format']);
  checkSpec(`${debug}bpfLogFilters: {eth0: "tcp and port 80"}`, []);
});
