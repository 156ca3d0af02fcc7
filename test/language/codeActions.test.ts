import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionsOn, apply, fixed } from './actions.ts';

const head = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: default}
spec:
`;

test('quotes a word that YAML reads as a boolean', async () => {
  assert.equal(await fixed(`${head}  bpfLogLevel: Off\n`), `${head}  bpfLogLevel: "Off"\n`);
});

test('renames a mistyped key, in its own quotes', async () => {
  assert.equal(await fixed(`${head}  bpfEnabld: true\n`), `${head}  bpfEnabled: true\n`);
  const json = `{"kind":"FelixConfiguration","apiVersion":"projectcalico.org/v3","metadata":{"name":"default"},"spec":{"bpfEnabld":true}}`;
  assert.equal(await fixed(json), json.replace('bpfEnabld', 'bpfEnabled'));
});

test('renames a variable and an annotation that Felix does not know', async () => {
  const variable = (name: string) =>
    `kind: Pod\nspec: {containers: [{env: [{name: '${name}', value: "true"}]}]}\n`;
  assert.equal(await fixed(variable('FELIX_BPFENABLD')), variable('FELIX_BPFENABLED'));
  const annotation = (name: string) =>
    head.replace('}', `, annotations: {config.projectcalico.org/${name}: Debug}}`) + '  bpfEnabled: true\n';
  assert.equal(await fixed(annotation('BPFLogLvel')), annotation('BPFLogLevel'));
});

test('removes the line of a key that is gone', async () => {
  assert.equal(
    await fixed(`${head}  bpfEnabled: true\n  iptablesLockTimeout: 1s\n  ipv6Support: false\n`),
    `${head}  bpfEnabled: true\n  ipv6Support: false\n`,
  );
});

test('adds the key that another one needs', async () => {
  assert.equal(
    await fixed(`${head}  bpfEnabled: true\n  bpfLogFilters:\n    all: tcp port 80\n`),
    `${head}  bpfEnabled: true\n  bpfLogFilters:\n    all: tcp port 80\n  bpfLogLevel: Debug\n`,
  );
});

test('corrects a whole file at once', async () => {
  const text = `${head}  bpfLogLevel: Off\n  bpfEnabld: "true"\n---\n${head}  bpfEnforceRPF: Strict\n  iptablesLockTimeout: 1s\n`;
  const [all, ...others] = await actionsOn(text, ['source.fixAll']);
  assert.equal(all?.kind, 'source.fixAll.calicoBpf');
  assert.equal(others.length, 0);
  assert.equal(
    apply(text, all),
    `${head}  bpfLogLevel: "Off"\n  bpfEnabled: true\n---\n${head}  bpfEnforceRPF: Strict\n`,
  );
});

test('offers nothing where there is no one right answer', async () => {
  assert.deepEqual(await actionsOn(`${head}  bpfExternalServiceMode: Sideways\n`), []);
  assert.deepEqual(await actionsOn(`${head}  bpfEnabled: true\n`), []);
});

test('puts spaces where a tab indents', async () => {
  assert.equal(await fixed(`${head}\tbpfEnabled: true\n`), `${head}  bpfEnabled: true\n`);
});

test('keeps the line behind a block value that is replaced', async () => {
  assert.equal(
    await fixed(`${head}  bpfExternalServiceMode: |-\n    dsr\n  bpfEnabled: true\n`),
    `${head}  bpfExternalServiceMode: DSR\n  bpfEnabled: true\n`,
  );
});

test('offers no fix that leads to the next complaint', async () => {
  for (const line of [
    'deviceRouteSourceAddress: 64',
    'bpfDSROptoutCIDRs: Off',
    'nftablesMode: Autox # v3.31',
    'routeTableRange: {min: 1, mid: 5, max: 9}',
    'prometheusMetricsPort: !!str 5',
    'netlinkTimeout: !!int 5',
    'netlinkTimeout: !!int &a 5',
  ])
    assert.deepEqual(
      await actionsOn(`${head}  ${line}\n`, ['quickfix'], { calicoVersion: 'v3.31' }),
      [],
      line,
    );
});

test('leaves an empty mapping where the only key is removed', async () => {
  assert.equal(await fixed(`${head}  iptablesLockTimeout: 1s\n`), `${head}  {}\n`);
});

test('writes the kind that was forgotten', async () => {
  const rest = 'metadata: {name: default}\nspec:\n  bpfEnabled: true\n';
  const whole = await fixed(`apiVersion: projectcalico.org/v3\n${rest}`);
  assert.ok(whole.includes('\nkind: FelixConfiguration\n') && whole.includes(rest.trimEnd()), whole);
  assert.equal(
    await fixed(`apiVersion: projectcalico.org/v3\nkind:\n${rest}`),
    `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\n${rest}`,
  );
});
