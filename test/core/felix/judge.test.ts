import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fields } from '../../../src/core/felix/fields.ts';
import { judgeValue } from '../../../src/core/felix/judge.ts';
import { checkValue, versionOf } from './check.ts';
import { readYaml } from './yaml.ts';

const newest = versionOf('v3.32.1');

/** Checks what the fix of a value writes instead. */
function checkFix(key: string, value: string, replacement: string | undefined, calico = 'v3.32.1'): void {
  const field = fields.get(key);
  const read = readYaml(value);
  assert.ok(field && read);
  const [found] = judgeValue(field, read, versionOf(calico));
  assert.ok(found, `${key}: ${value} is fine`);
  assert.equal(found.fix?.kind === 'replace' ? found.fix.replacement : undefined, replacement, found.message);
}

test('tells that a bare Off is a boolean, and writes it in quotes', () => {
  const [found] = checkValue('bpfLogLevel', 'Off', ['refused yaml-boolean']);
  assert.match(found?.message ?? '', /`Off` is the boolean false to Kubernetes/);
  checkFix('bpfLogLevel', 'Off', '"Off"');
  checkFix('bpfLogLevel', 'off', '"Off"');
  checkValue('bpfLogLevel', '"Off"', []);
});

test('mends the case of a word as strictly as the version wants it', () => {
  checkValue('bpfLogLevel', 'debug', ['calicoctl-refuses enum-case']);
  checkFix('bpfLogLevel', 'debug', 'Debug');
  checkValue('bpfLogLevel', 'debug', [], 'master');
  checkValue('bpfAttachType', 'tcx', ['refused enum-case']);
  checkFix('bpfAttachType', 'tcx', 'TCX');
});

test('finds the word that is meant', () => {
  checkFix('bpfExternalServiceMode', 'Tunel', 'Tunnel');
  checkFix('bpfExternalServiceMode', 'Whatever', undefined);
});

test('writes durations as the API server takes them', () => {
  checkFix('iptablesRefreshInterval', '90', '90s');
  checkFix('iptablesRefreshInterval', '1.5s', '1500ms');
  checkFix('iptablesRefreshInterval', '1d', '24h');
  checkFix('iptablesRefreshInterval', '1.5h', '1h30m');
  checkFix('iptablesRefreshInterval', 'soon', undefined);
  checkValue('iptablesRefreshInterval', '1h30m', []);
  checkValue('liveMigrationRouteConvergenceTime', '1.5s', []);
});

test('leaves a bad duration to Calico where the CRD has no pattern', () => {
  checkValue('dataplaneWatchdogTimeout', '1.5s', []);
  checkValue('dataplaneWatchdogTimeout', '1d', ['undecodable duration']);
  checkValue('iptablesRefreshInterval', 'soon', ['undecodable duration'], 'v3.26.0');
  checkValue('iptablesRefreshInterval', 'soon', ['refused duration'], 'v3.27.0');
});

test('takes back what quotes have done', () => {
  checkFix('bpfEnabled', '"true"', 'true');
  checkFix('bpfEnabled', 'Enabled', 'true');
  checkFix('healthPort', '"9099"', '9099');
  checkFix('healthPort', 'many', undefined);
});

test('puts a single value into the list that is wanted', () => {
  checkFix('bpfDSROptoutCIDRs', '10.0.0.0/8', '[10.0.0.0/8]');
});

test('sees in the Felix of its version an unknown word', () => {
  checkValue('nftablesMode', 'Auto', ['replaced unusable'], 'v3.31.0');
  checkValue('nftablesMode', 'Auto', []);
  checkValue('bpfRedirectToPeer', 'L2Only', [], 'v3.31.0');
  checkValue('bpfRedirectToPeer', 'L2Only', ['refused enum']);
});

test('tells of a key that another version has', () => {
  checkValue('bpfAttachType', 'TCX', ['refused not-yet'], 'v3.30.0');
  checkValue('iptablesLockTimeout', '10s', ['refused removed']);
  const [renamed] = checkValue('bpfKubeProxyHealtzPort', '1', ['refused removed']);
  assert.deepEqual(renamed?.fix, {
    kind: 'rename',
    title: 'Rename to bpfKubeProxyHealthzPort',
    key: 'bpfKubeProxyHealthzPort',
  });
});

test('follows the CRD of the failsafe ports', () => {
  checkValue('failsafeInboundHostPorts', '[{port: 22}]', ['refused missing-key'], 'v3.29.0');
  checkValue('failsafeInboundHostPorts', '[{port: 22}]', ['error unusable']);
  checkValue('failsafeInboundHostPorts', '[{protocol: SCTP, port: 22}]', ['error unusable']);
  checkValue('failsafeInboundHostPorts', '[{protocol: UDP, port: 53, net: "fd00::/8"}]', []);
  checkValue('failsafeInboundHostPorts', '[{protocol: TCP, port: 22, net: 10.0.0.0/33}]', ['error unusable']);
});

test('points into lists and mappings', () => {
  const [found] = checkValue(
    'failsafeInboundHostPorts',
    '[{protocol: TCP, port: 1}, {protocol: TCP, prt: 1}]',
    ['refused unknown-key', 'refused missing-key'],
  );
  assert.deepEqual(found?.path, [1, 'prt']);
  assert.equal(found?.at, 'key');
});

test('points at the item that Felix stumbles over', () => {
  const ports = '[{protocol: TCP, port: 1}, {protocol: SCTP, port: 2}]';
  assert.deepEqual(checkValue('failsafeInboundHostPorts', ports, ['error unusable'])[0]?.path, [1]);
  assert.deepEqual(checkValue('externalNodesList', '[10.0.0.1, x]', ['error unusable'])[0]?.path, [1]);
  const tables = '[{min: 1, max: 60000}, {min: 60001, max: 120000}]';
  assert.deepEqual(checkValue('routeTableRanges', tables, ['error unusable'])[0]?.path, []);
});

test('judges routing tables by the rules of master', () => {
  checkValue('routeTableRange', '{min: 250, max: 1}', ['error unusable']);
  checkValue('routeTableRange', '{min: 250, max: 1}', ['refused range'], 'master');
  checkValue('routeTableRanges', '[{min: 0, max: 10}]', ['refused range'], 'master');
  checkValue('natOutgoingAddress', 'fd00::1', ['replaced unusable']);
  checkValue('natOutgoingAddress', 'fd00::1', ['refused format'], 'master');
  checkValue('natOutgoingAddress', '::ffff:10.0.0.1', ['refused format'], 'master');
});

test('counts the ports of a list only where the CRD does', () => {
  const ranges = JSON.stringify(Array.from({ length: 8 }, (_, index) => `${index}:${index}`));
  checkValue('kubeNodePortRanges', ranges, ['replaced unusable']);
  checkValue('kubeNodePortRanges', ranges, ['refused range'], 'master');
});

test('knows that the buffer size of flow logs cannot be set with calicoctl for three releases', () => {
  checkValue('bpfExportBufferSizeMB', '5', ['calicoctl-refuses format'], 'v3.31.0');
  checkValue('bpfExportBufferSizeMB', '5', [], 'master');
});

test('tells of octal numbers', () => {
  checkValue('healthPort', '010', ['advice yaml-number']);
  checkFix('healthPort', '010', '10');
  checkValue('routeTableRange', '{min: 01, max: 0200}', ['advice yaml-number']);
  checkValue('healthPort', '0', []);
  checkValue('healthPort', '0x10', []);
});

test('lets null and the word none mean what they mean', () => {
  checkValue('bpfLogLevel', 'null', []);
  checkValue('logFilePath', 'none', []);
  checkValue('interfacePrefix', 'none', ['error unusable']);
  checkValue('bpfForceTrackPacketsFromIfaces', '[none]', []);
});

test('reads timers of any length in no time', () => {
  for (const unit of ['s', 'ms', '1m', '.h'])
    checkValue('bpfConntrackTimeouts', `{udpTimeout: "${unit.repeat(5000)}!"}`, ['refused duration']);
  checkValue('bpfConntrackTimeouts', `{udpTimeout: ${'1ms'.repeat(5000)}}`, []);
});

test('judges any value of any key in any version without a throw', () => {
  const scalars = fc.oneof(fc.string(), fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
  const value = fc.json({ depthSize: 'small' });
  const key = fc.constantFrom(...fields.keys());
  const calico = fc.constantFrom('v3.22.0', 'v3.26.1', 'v3.30.7', 'v3.32.1', 'master');
  fc.assert(
    fc.property(
      key,
      fc.oneof(
        value,
        scalars.map((scalar) => JSON.stringify(scalar)),
      ),
      calico,
      (key, text, calico) => {
        const field = fields.get(key);
        const read = readYaml(text);
        if (field !== undefined && read !== undefined) judgeValue(field, read, versionOf(calico));
      },
    ),
  );
});

test('finds nothing in what a boolean, a number or a text may be', () => {
  for (const [key, value] of [
    ['bpfEnabled', 'yes'],
    ['iptablesMarkMask', '0xffff0000'],
    ['vxlanPort', '1e3'],
    ['logPrefix', '"%t %k: "'],
    ['bpfPSNATPorts', '"20000:29999"'],
    ['istioDSCPMark', 'AF31'],
    ['bpfDataIfacePattern', '^((en|wl|ww|sl|ib)[Popsx].*|(eth|wlan|wwan|bond).*)'],
  ] as const) {
    const field = fields.get(key);
    const read = readYaml(value);
    assert.ok(field && read);
    assert.deepEqual(judgeValue(field, read, newest), [], key);
  }
});

test('judges numbers of a thousand digits, which no fix makes right', () => {
  const digits = '1'.repeat(1000);
  for (const field of fields.values())
    for (const value of [digits, `-${digits}`, `"${digits}"`, `0x${digits}`, `1e${digits}`, `0.${digits}`]) {
      const read = readYaml(value);
      assert.ok(read);
      judgeValue(field, read, newest);
    }
  checkFix('bpfMapSizeConntrack', digits, undefined);
});
