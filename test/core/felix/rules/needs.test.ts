import { test } from 'node:test';
import { checkSpec } from '../check.ts';

test('keys that are read only with another value have no effect', () => {
  checkSpec('bpfForceTrackPacketsFromIfaces: [docker0]', ['bpfForceTrackPacketsFromIfaces no-effect']);
  checkSpec('bpfHostConntrackBypass: true\nbpfForceTrackPacketsFromIfaces: [docker0]', []);
  checkSpec('istioDSCPMark: 10', ['istioDSCPMark no-effect']);
  checkSpec('istioAmbientMode: Enabled\nistioDSCPMark: 10', []);
});

test('the default of the version counts', () => {
  checkSpec('bpfForceTrackPacketsFromIfaces: [docker0]', [], { calico: 'v3.29.0' });
  checkSpec('iptablesBackend: NFT', [], { calico: 'v3.28.0' });
});

test('another object may say otherwise', () => {
  checkSpec('istioDSCPMark: 10', [], { name: 'node.a' });
});

test('some keys need a companion', () => {
  checkSpec('logActionRateLimitBurst: 10', ['logActionRateLimitBurst no-effect']);
  checkSpec('logActionRateLimit: 10/second\nlogActionRateLimitBurst: 10', []);
});

test('flow logs must go somewhere', () => {
  checkSpec('flowLogsFlushInterval: 15s', ['flowLogsFlushInterval no-effect']);
  checkSpec('flowLogsFlushInterval: 15s\nflowLogsGoldmaneServer: goldmane:7443', []);
  checkSpec('flowLogsFlushInterval: 15s\nflowLogsLocalReporter: Enabled', []);
});
