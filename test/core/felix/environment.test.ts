import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fieldOfVariable, judgeEnvironment, variableOf } from '../../../src/core/felix/environment.ts';
import { fields } from '../../../src/core/felix/fields.ts';
import { versionOf } from './check.ts';

function checkVariable(name: string, value: string, expected: readonly string[], calico = 'v3.32.1'): void {
  const found = judgeEnvironment(name, value, versionOf(calico));
  assert.deepEqual(
    found.map(({ verdict, code }) => `${verdict} ${code}`),
    expected,
    found.map(({ message }) => message).join('\n'),
  );
}

test('finds the key of a variable in any case, also where the names differ', () => {
  assert.equal(fieldOfVariable('FELIX_BPFENABLED')?.name, 'bpfEnabled');
  assert.equal(fieldOfVariable('felix_IpInIpEnabled')?.name, 'ipipEnabled');
  assert.equal(fieldOfVariable('FELIX_REPORTINGINTERVALSECS')?.name, 'reportingInterval');
  assert.equal(fieldOfVariable('BPFENABLED'), undefined);
});

test('has one variable for each key but the selector', () => {
  for (const field of fields.values()) {
    const variable = variableOf(field);
    if (field.name === 'nodeSelector') assert.equal(variable, undefined);
    else assert.equal(fieldOfVariable(variable ?? ''), field);
  }
});

test('reads booleans, marks and words as Felix does', () => {
  for (const value of ['true', 'T', '1', 'yes', 'N']) checkVariable('FELIX_BPFENABLED', value, []);
  checkVariable('FELIX_BPFENABLED', 'on', ['replaced unusable']);
  checkVariable('FELIX_IPTABLESMARKMASK', '0xffff0000', []);
  checkVariable('FELIX_IPTABLESMARKMASK', '0x1', ['error unusable']);
  checkVariable('FELIX_BPFLOGLEVEL', 'DEBUG', []);
  checkVariable('FELIX_BPFLOGLEVEL', 'loud', ['replaced unusable']);
});

test('wants plain numbers for durations, and writes them', () => {
  checkVariable('FELIX_IPTABLESREFRESHINTERVAL', '90', []);
  checkVariable('FELIX_IPTABLESREFRESHINTERVAL', '1.5', []);
  const [seconds] = judgeEnvironment('FELIX_IPTABLESREFRESHINTERVAL', '90s', versionOf('v3.32.1'));
  assert.deepEqual(seconds?.fix, { kind: 'replace', title: 'Write 90', replacement: '90' });
  const [millis] = judgeEnvironment('FELIX_IPTABLESLOCKPROBEINTERVALMILLIS', '1s', versionOf('v3.32.1'));
  assert.deepEqual(millis?.fix, { kind: 'replace', title: 'Write 1000', replacement: '1000' });
});

test('knows the word that is meant for a boolean', () => {
  const [found] = judgeEnvironment('FELIX_BPFENABLED', 'Enabled', versionOf('v3.32.1'));
  assert.deepEqual(found?.fix, { kind: 'replace', title: 'Write true', replacement: 'true' });
});

test('takes lists that the resource loses', () => {
  checkVariable('FELIX_KUBENODEPORTRANGES', '30000:32767,40000', []);
  checkVariable('FELIX_KUBENODEPORTRANGES', 'http', ['replaced unusable']);
});

test('reads failsafe ports', () => {
  for (const value of ['22', 'tcp:22', 'UDP:10.0.0.0/8:53', 'tcp:[fd00::/8]:22, udp:53', 'none'])
    checkVariable('FELIX_FAILSAFEINBOUNDHOSTPORTS', value, []);
  for (const value of ['sctp:22', 'tcp:70000', 'tcp:x', 'a:b:c:d'])
    checkVariable('FELIX_FAILSAFEINBOUNDHOSTPORTS', value, ['error unusable']);
});

test('knows where none is not for', () => {
  checkVariable('FELIX_INTERFACEPREFIX', 'none', ['error unusable']);
  checkVariable('FELIX_LOGFILEPATH', 'none', []);
  checkVariable('FELIX_BPFLOGLEVEL', '', []);
});

test('finds a mistyped name, and leaves the names of others alone', () => {
  checkVariable('FELIX_BPFENABLE', 'true', ['ignored unknown-key']);
  checkVariable('FELIX_DATASTORETYPE', 'kubernetes', []);
  checkVariable('FELIX_TYPHAK8SSERVICENAME', 'calico-typha', []);
  checkVariable('CALICO_NETWORKING_BACKEND', 'bird', []);
});

test('tells of a key that the version does not have', () => {
  checkVariable('FELIX_BPFATTACHTYPE', 'TCX', ['ignored no-effect'], 'v3.30.0');
});

test('judges any value of any variable without a throw', () => {
  const name = fc.constantFrom(...[...fields.values()].flatMap((field) => variableOf(field) ?? []));
  fc.assert(
    fc.property(name, fc.string(), (name, value) => void judgeEnvironment(name, value, versionOf('master'))),
  );
});
