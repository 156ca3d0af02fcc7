import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSysctls } from '../../../src/core/diagnose/system.ts';

test('settings of the kernel are read as `grep -H` prints them, and as older recordings have them', () => {
  const text =
    '/proc/sys/net/ipv4/conf/vxlan.calico/rp_filter:1\n/sys/kernel/security/lockdown:[none] integrity\n/proc/sys/net/core/bpf_jit_limit 264241152\n';
  assert.deepEqual(
    [...readSysctls(text)],
    [
      ['net/ipv4/conf/vxlan.calico/rp_filter', '1'],
      ['net/core/bpf_jit_limit', '264241152'],
    ],
  );
});
