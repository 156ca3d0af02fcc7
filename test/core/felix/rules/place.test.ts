import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterFacts } from '../../../../src/core/felix/cluster.ts';
import { checkSpec } from '../check.ts';

const cluster: ClusterFacts = {
  nodes: [
    {
      name: 'a',
      labels: {},
      interfaces: ['eth0'],
      environment: new Map([['FELIX_IPV6SUPPORT', 'false']]),
      mapEntries: new Map(),
    },
  ],
  configurations: new Map([
    ['node.a', { keys: new Set(['bpfLogLevel']), nodes: ['a'] }],
    ['pool', { keys: new Set(['bpfLogLevel', 'bpfEnabled']), nodes: ['a'] }],
    ['nobodys', { keys: new Set(['xdpEnabled']), nodes: [] }],
  ]),
};

test('what the image sets outranks the resource', () => {
  checkSpec('logFilePath: /x', ['logFilePath no-effect']);
  checkSpec('logSeverityScreen: Debug', []);
});

test('an environment variable outranks the resource', () => {
  checkSpec('ipv6Support: true', ['ipv6Support no-effect'], { cluster });
  checkSpec('ipv6Support: true', []);
});

test('an object for fewer nodes outranks one for more', () => {
  checkSpec('bpfEnabled: true', ['bpfEnabled no-effect'], { cluster });
  checkSpec('nodeSelector: all()\nbpfEnabled: true', [], { cluster, name: 'pool' });
  checkSpec('nodeSelector: all()\nbpfLogLevel: "Off"', ['bpfLogLevel no-effect'], { cluster, name: 'pool' });
  checkSpec('xdpEnabled: false', [], { cluster });
  checkSpec('bpfLogLevel: "Off"', ['bpfLogLevel no-effect'], { cluster });
  checkSpec('bpfLogLevel: "Off"', [], { cluster, name: 'node.a' });
});

test('the felix.cfg of a node outranks the resource, as far as it says anything', () => {
  const [node] = cluster.nodes;
  assert.ok(node);
  const withFile = (file: ReadonlyMap<string, string>) => ({
    cluster: { ...cluster, nodes: [{ ...node, file }] },
  });
  checkSpec('logFilePath: /x', ['logFilePath no-effect'], withFile(new Map([['logfilepath', 'None']])));
  checkSpec('logFilePath: /x', [], withFile(new Map()));
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
