/**
 * The language server as an editor drives it, over stdio, on documents of growing length: from a key press to the
 * diagnostics, hover, completion, start and memory. Beside it yaml-language-server with the schema of the same keys,
 * when it is installed, or at the path that `YAML_LANGUAGE_SERVER` names.
 */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fieldsIn, schemaIn } from '../../src/core/felix/fields.ts';
import { newestVersion } from '../../src/core/felix/versions.ts';
import { ServerProcess } from './language/serverProcess.ts';
import { median, report, round, type Row } from './report.ts';

const root = join(import.meta.dirname, '..', '..');
const built = join(root, 'dist', 'server.cjs');
const theirs =
  process.env['YAML_LANGUAGE_SERVER'] ??
  join(root, 'node_modules', 'yaml-language-server', 'bin', 'yaml-language-server');

const document = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfEnabled: true
  bpfExternalServiceMode: DSR
  routeRefreshInterval: 90s
  bpfDSROptoutCIDRs:
    - 10.0.0.0/8
  bpfLogLevel: Debug
---
`;
/** The line of the first document that is edited. */
const edited = 10;

const servers = [
  { name: 'calico-ebpf', path: existsSync(built) ? built : join(root, 'src', 'language', 'server.ts') },
  { name: 'yaml-language-server', path: theirs },
].filter(({ path }) => existsSync(path));

const rows: Row[] = [];
for (const lines of [12, 120, 1200, 12_000])
  for (const { name, path } of servers) rows.push(await measure(name, path, lines));
report('language', rows);

async function measure(name: string, path: string, lines: number): Promise<Row> {
  const started = performance.now();
  const server = new ServerProcess(path, { yaml: { schemas: { [schemaFile()]: '*.yaml' }, validate: true } });
  await server.initialize();
  const start = performance.now() - started;
  const text = document.repeat(lines / 12);
  await server.open(text);
  const edits = await repeat(9, (turn) =>
    turn % 2 === 0 ? server.edit(edited, '  bpfLogLevel: Loud') : server.edit(edited, '  bpfLogLevel: Debug'),
  );
  const place = { line: edited, character: 6 };
  const hovers = await repeat(20, () => server.request('textDocument/hover', { position: place }));
  const completions = await repeat(20, () => server.request('textDocument/completion', { position: place }));
  const memory = server.residentMegabytes();
  await server.stop();
  return {
    server: name,
    lines,
    'start ms': round(start),
    'key → diagnostics ms': round(edits),
    'hover ms': round(hovers),
    'completion ms': round(completions),
    'memory MB': round(memory),
  };
}

/** The median time of the calls, after two that are not counted. */
async function repeat(turns: number, call: (turn: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < turns + 2; turn++) {
    const start = performance.now();
    await call(turn);
    times.push(performance.now() - start);
  }
  return median(times.slice(2));
}

/** The CRD's schema of every key, as a JSON schema for the other server. */
function schemaFile(): string {
  const keys = fieldsIn(newestVersion).map((field) => [field.name, schemaIn(field, newestVersion)]);
  const spec = { type: 'object', additionalProperties: false, properties: Object.fromEntries(keys) };
  const schema = { type: 'object', properties: { kind: { const: 'FelixConfiguration' }, spec } };
  const path = join(mkdtempSync(join(tmpdir(), 'calico-schema-')), 'felixconfiguration.json');
  writeFileSync(path, JSON.stringify(schema));
  return pathToFileURL(path).href;
}
