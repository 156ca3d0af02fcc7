import { test } from 'node:test';
import type { ClusterFacts } from '../../../../src/core/felix/cluster.ts';
import { checkSpec } from '../check.ts';

const busy: ClusterFacts = {
  nodes: [
    {
      name: 'a',
      interfaces: [],
      labels: {},
      environment: new Map(),
      mapEntries: new Map([['bpfMapSizeConntrack', 4000]]),
    },
  ],
  configurations: new Map(),
};

test('no map has no room', () => {
  checkSpec('bpfMapSizeRoute: 0', ['bpfMapSizeRoute risk']);
  checkSpec('bpfMapSizeRoute: 1', []);
  checkSpec('bpfMapSizePerCpuConntrack: 0', []);
});

test('a size per CPU outranks the size', () => {
  checkSpec('bpfMapSizeConntrack: 1000\nbpfMapSizePerCpuConntrack: 100', ['bpfMapSizeConntrack no-effect']);
  checkSpec('bpfMapSizeConntrack: 1000\nbpfMapSizePerCpuConntrack: 0', []);
});

test('a map must hold what is in it', () => {
  checkSpec('bpfMapSizeConntrack: 3999', ['bpfMapSizeConntrack risk'], { cluster: busy });
  checkSpec('bpfMapSizeConntrack: 4000', [], { cluster: busy });
});

test('one timer replaces them all', () => {
  checkSpec('bpfConntrackTimeouts: {udpTimeout: 30s}', ['bpfConntrackTimeouts changed']);
  checkSpec('bpfConntrackTimeouts: {udpTimeout: 30s, tcpFinsSeen: Auto}', []);
});

test('timers that Felix cannot read keep their own value', () => {
  const timers = (timer: string) => `bpfConntrackTimeouts: {tcpFinsSeen: Auto, ${timer}}`;
  checkSpec(timers('udpTimeout: Auto'), ['bpfConntrackTimeouts.udpTimeout unusable']);
  checkSpec(timers('udpTimeout: 1mss'), ['bpfConntrackTimeouts.udpTimeout unusable']);
  checkSpec(timers('tcpEstablished: Auto'), []);
});

test('the mode of the sweeper is ignored from v3.31', () => {
  checkSpec('bpfConntrackMode: BPFProgram', ['bpfConntrackMode no-effect', 'bpfConntrackMode deprecated']);
  checkSpec('bpfConntrackMode: BPFProgram', ['bpfConntrackMode deprecated'], { calico: 'v3.30.0' });
});

test('Maglev tables grow with both limits', () => {
  checkSpec('bpfMaglevMaxServices: 3000\nbpfMaglevMaxEndpointsPerService: 3000', [
    'bpfMaglevMaxEndpointsPerService risk',
  ]);
  checkSpec('bpfMaglevMaxServices: 1000', []);
});
