import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCli } from '../../src/cli/main.ts';

const folder = mkdtempSync(join(tmpdir(), 'calico-lint-'));
after(() => rmSync(folder, { recursive: true }));

const head = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: default}
spec:
`;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function lint(
  args: readonly string[],
  stdin = '',
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runCli(['lint', ...args], {
    stdin: (async function* () {
      yield stdin;
    })(),
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

test('prints one line for each finding and fails on errors', async () => {
  const path = file('bad.yaml', `${head}  bpfEnabled: 1\n`);
  const { code, out, err } = await lint([path]);
  assert.equal(code, 1);
  assert.match(out, /^\S+bad\.yaml:5:15: error: .+ \[type\]\n$/);
  assert.match(err, /^1 error, 0 warnings in 1 file, checked for Calico v3\.32\.1\.\n$/);
});

test('ends well when there is nothing worse than a warning', async () => {
  const path = file('warning.yaml', `${head}  bpfExternalServiceMode: dsr\n`);
  const { code, out } = await lint([path]);
  assert.match(out, /: warning: /);
  assert.equal(code, 0);
});

test('counts lines that end with a carriage return alone', async () => {
  const path = file('old.yaml', `${head}  bpfEnabled: 1\n`.replaceAll('\n', '\r'));
  assert.match((await lint([path])).out, /:5:15: error: .+ \[type\]\n$/);
});

test('reads UTF-16 as PowerShell writes it', async () => {
  const path = join(folder, 'utf16.yaml');
  const little = Buffer.from(`\uFEFF${head}  bpfEnabled: 1\n`, 'utf16le');
  for (const bytes of [little, Buffer.from(little).swap16()]) {
    writeFileSync(path, bytes);
    assert.match((await lint([path])).out, /:5:15: error: .+ \[type\]\n$/);
  }
});

test('reads stdin, and takes other YAML as it is', async () => {
  assert.deepEqual(await lint(['-', '--format', 'json'], 'kind: Pod\nspec: {bpfEnabled: 1}\n'), {
    code: 0,
    out: '[]\n',
    err: '',
  });
  const { out } = await lint(['-', '--json'], `\uFEFF${head}  bpfEnabled: 1\n`);
  const found: unknown = JSON.parse(out);
  assert.ok(Array.isArray(found));
  const { message, ...place } = found[0];
  assert.deepEqual(place, {
    file: '<stdin>',
    line: 5,
    column: 15,
    endLine: 5,
    endColumn: 16,
    severity: 'error',
    code: 'type',
  });
  assert.match(message, /bpfEnabled/);
});

test('checks a JSON patch that the kustomization beside it aims at a FelixConfiguration', async () => {
  const path = file('ops.yaml', '- {op: add, path: /spec/bpfEnabled, value: 1}\n');
  assert.equal((await lint([path])).code, 0);
  file('kustomization.yaml', 'patches:\n  - path: ops.yaml\n    target:\n      kind: FelixConfiguration\n');
  assert.match((await lint([path])).out, /ops\.yaml:1:44: error: .*\[type\]/);
});

test('judges by the version that is asked for', async () => {
  const path = file('old.yaml', `${head}  iptablesLockTimeout: 1s\n`);
  assert.equal((await lint([path, '--calico', 'v3.31'])).code, 0);
  assert.equal((await lint([path, '--calico', 'v3.32'])).code, 1);
});

test('writes SARIF that names rule, level and place', async () => {
  const path = file('a b.yaml', `${head}  bpfEnabled: 1\n  bpfExternalServiceMode: dsr\n`);
  const { out } = await lint([path, '--format', 'sarif']);
  const { version, runs } = JSON.parse(out);
  assert.equal(version, '2.1.0');
  const [{ tool, results }] = runs;
  assert.deepEqual(
    results.map(({ level }: { level: string }) => level),
    ['error', 'warning'],
  );
  const [{ ruleId, ruleIndex, locations }] = results;
  assert.equal(tool.driver.rules[ruleIndex].id, ruleId);
  const { artifactLocation, region } = locations[0].physicalLocation;
  assert.match(artifactLocation.uri, /^file:\/\/\/.*\/a%20b\.yaml$/);
  assert.deepEqual(region, { startLine: 5, startColumn: 15, endLine: 5, endColumn: 16 });
});

test('goes on with the other files when one cannot be read, and says so', async () => {
  const path = file('ok.yaml', `${head}  bpfEnabled: 1\n`);
  const { code, out, err } = await lint([join(folder, 'missing.yaml'), path]);
  assert.equal(code, 2);
  assert.match(out, /ok\.yaml:5/);
  assert.match(err, /Cannot read .*missing\.yaml/);
});

test('explains a command line that is no good', async () => {
  for (const [args, why] of [
    [[], /No file given/],
    [['-', '--calico', 'soon'], /“soon” is no Calico version/],
    [['-', '--format', 'xml'], /no format “xml”/],
    [['-', '--fast'], /--fast/],
  ] as const) {
    const { code, err } = await lint(args);
    assert.equal(code, 2);
    assert.match(err, why);
    assert.match(err, /Usage: calico-ebpf lint/);
  }
});
