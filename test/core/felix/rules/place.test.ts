import { test } from 'node:test';
import type { ClusterFacts } from '../../../../src/core/felix/cluster.ts';
import { checkSpec } from '../check.ts';

const cluster: ClusterFacts = {
  nodes: [
    {
      name: 'a',
      interfaces: ['eth0'],
      environment: new Map([['FELIX_IPV6SUPPORT', 'false']]),
      mapEntries: new Map(),
    },
  ],
  configurations: new Map([['node.a', new Set(['bpfLogLevel'])]]),
};

test('what the image sets outranks the resource', () => {
  checkSpec('logFilePath: /x', ['logFilePath no-effect']);
  checkSpec('logSeverityScreen: Debug', []);
});

test('an environment variable outranks the resource', () => {
  checkSpec('ipv6Support: true', ['ipv6Support no-effect'], { cluster });
  checkSpec('ipv6Support: true', []);
});

test('an object of one node outranks default', () => {
  checkSpec('bpfLogLevel: "Off"', ['bpfLogLevel no-effect'], { cluster });
  checkSpec('bpfLogLevel: "Off"', [], { cluster, name: 'node.a' });
});

test('deprecated keys are told, once there is something better', () => {
  checkSpec('routeTableRange: {min: 1, max: 200}', ['routeTableRange deprecated']);
  checkSpec('routeTableRange: {min: 1, max: 200}', [], { calico: 'v3.22.0' });
  checkSpec('programClusterRoutes: Disabled', ['programClusterRoutes deprecated'], { calico: 'master' });
  checkSpec('programClusterRoutes: Disabled', []);
});

test('keys that nothing reads are told', () => {
  checkSpec('cgroupV2Path: /x', ['cgroupV2Path no-effect']);
});
