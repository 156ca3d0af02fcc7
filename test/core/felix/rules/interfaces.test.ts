import { test } from 'node:test';
import type { ClusterFacts } from '../../../../src/core/felix/cluster.ts';
import { checkSpec } from '../check.ts';

const cluster: ClusterFacts = {
  nodes: [
    {
      name: 'a',
      interfaces: ['lo', 'eth0', 'cali1'],
      labels: {},
      environment: new Map(),
      mapEntries: new Map(),
    },
    {
      name: 'b',
      interfaces: ['lo', 'ens5', 'cali2'],
      labels: {},
      environment: new Map(),
      mapEntries: new Map(),
    },
  ],
  configurations: new Map(),
};

test('BPF mode needs a pattern', () => {
  checkSpec('bpfDataIfacePattern: none', ['bpfDataIfacePattern risk']);
  checkSpec('bpfL3IfacePattern: none', []);
});

test('a pattern must leave the interfaces of pods alone', () => {
  checkSpec('bpfDataIfacePattern: ^.*', ['bpfDataIfacePattern risk']);
  checkSpec('bpfDataIfacePattern: ^(eth|ens)', []);
});

test('a pattern without ^ matches inside names', () => {
  checkSpec('bpfDataIfacePattern: eth0', ['bpfDataIfacePattern risk']);
  checkSpec('bpfDataIfacePattern: ^eth0', []);
});

test('a pattern should match something on each node', () => {
  checkSpec('bpfDataIfacePattern: ^eth', ['bpfDataIfacePattern risk'], { cluster });
  checkSpec('bpfDataIfacePattern: ^e(th|ns)', [], { cluster });
});

test('an empty list is the default', () => {
  checkSpec('bpfHostConntrackBypass: true\nbpfForceTrackPacketsFromIfaces: []', [
    'bpfForceTrackPacketsFromIfaces no-effect',
  ]);
  checkSpec('bpfHostConntrackBypass: true\nbpfForceTrackPacketsFromIfaces: [none]', []);
});

test('+ is no wildcard in nftables', () => {
  checkSpec('nftablesMode: Enabled\niptablesNATOutgoingInterfaceFilter: eth+', [
    'iptablesNATOutgoingInterfaceFilter risk',
  ]);
  checkSpec('nftablesMode: Disabled\niptablesNATOutgoingInterfaceFilter: eth+', []);
});
