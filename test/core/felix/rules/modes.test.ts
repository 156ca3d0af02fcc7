import { test } from 'node:test';
import { checkSpec } from '../check.ts';

test('XDP and floating addresses are not for BPF mode', () => {
  checkSpec('bpfEnabled: true\nxdpEnabled: true\nfloatingIPs: Enabled', [
    'xdpEnabled no-effect',
    'floatingIPs no-effect',
  ]);
  checkSpec('bpfEnabled: true\nxdpEnabled: false\nfloatingIPs: Disabled', []);
  checkSpec('xdpEnabled: true\nfloatingIPs: Enabled', []);
});

test('what only iptables reads waits in BPF mode', () => {
  checkSpec('bpfEnabled: true\nmaxIpsetSize: 1000', ['maxIpsetSize no-effect']);
  checkSpec('maxIpsetSize: 1000', []);
});

test('what only BPF mode reads waits while that is off', () => {
  checkSpec('bpfEnabled: false\nbpfMapSizeRoute: 1000', ['bpfMapSizeRoute no-effect']);
  checkSpec('bpfMapSizeRoute: 1000', []);
});
