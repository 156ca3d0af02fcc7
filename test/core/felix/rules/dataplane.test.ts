import { test } from 'node:test';
import { checkSpec } from '../check.ts';

test('BPF mode forwards unless the check of sources is off', () => {
  checkSpec('bpfEnabled: true\nipForwarding: Disabled', ['ipForwarding combination']);
  checkSpec('bpfEnabled: true\nipForwarding: Disabled\nbpfEnforceRPF: Disabled', []);
});

test('BPF mode needs its bits in the mask', () => {
  checkSpec('bpfEnabled: true\niptablesMarkMask: 0xff000000', ['iptablesMarkMask combination']);
  checkSpec('bpfEnabled: true\niptablesMarkMask: 0xffff0000', []);
  checkSpec('bpfEnabled: false\niptablesMarkMask: 0xff000000', []);
});

test('two programs cannot write the same routes', () => {
  checkSpec('programClusterRoutes: Enabled', ['programClusterRoutes combination']);
  checkSpec('programClusterRoutes: Disabled', []);
});

test('L2Only has no future', () => {
  checkSpec('bpfRedirectToPeer: L2Only', ['bpfRedirectToPeer deprecated'], { calico: 'v3.31.0' });
  checkSpec('bpfRedirectToPeer: Enabled', [], { calico: 'v3.31.0' });
});

test('an elevated priority is the lower number', () => {
  checkSpec('ipv4ElevatedRoutePriority: 2000', ['ipv4ElevatedRoutePriority combination']);
  checkSpec('ipv6NormalRoutePriority: 512', ['ipv6NormalRoutePriority combination']);
  checkSpec('ipv4ElevatedRoutePriority: 1023', []);
});

test('under Auto the iptables settings hold through v3.32', () => {
  checkSpec('nftablesMode: Auto\nnftablesFilterDenyAction: Reject', ['nftablesFilterDenyAction no-effect']);
  checkSpec('nftablesMode: Auto\nnftablesFilterDenyAction: Reject', [], { calico: 'master' });
  checkSpec('nftablesMode: Enabled\nnftablesFilterDenyAction: Reject', []);
});

test('a watchdog below 20s is raised', () => {
  checkSpec('dataplaneWatchdogTimeout: 19s', [
    'dataplaneWatchdogTimeout range',
    'dataplaneWatchdogTimeout deprecated',
  ]);
  checkSpec('dataplaneWatchdogTimeout: 20s', ['dataplaneWatchdogTimeout deprecated']);
});

test('no failsafe ports is a risk', () => {
  checkSpec('failsafeInboundHostPorts: []', ['failsafeInboundHostPorts risk']);
  checkSpec('failsafeInboundHostPorts: [{protocol: TCP, port: 0}]', [
    'failsafeInboundHostPorts.0.port range',
  ]);
  checkSpec('failsafeInboundHostPorts: [{protocol: TCP, port: 22}]', []);
});

test('source ports may run over', () => {
  checkSpec('bpfPSNATPorts: "40000:50000"', ['bpfPSNATPorts risk']);
  checkSpec('bpfPSNATPorts: "20000:29999"', []);
});

test('names of components must be words', () => {
  checkSpec('healthTimeoutOverrides: [{name: int-dataplane, timeout: 10s}]', [
    'healthTimeoutOverrides.0.name no-effect',
  ]);
  checkSpec('healthTimeoutOverrides: [{name: InternalDataplaneMainLoop, timeout: 10s}]', []);
});

test('HTTPS for metrics takes three files', () => {
  checkSpec('prometheusMetricsKeyFile: /k', ['prometheusMetricsKeyFile combination']);
  checkSpec('prometheusMetricsKeyFile: /k\nprometheusMetricsCertFile: /c\nprometheusMetricsCAFile: /a', []);
});
