import { buildSync } from 'esbuild';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serverEnvironment } from '../../../src/client/serverProcess.ts';
import { fieldsIn, schemaIn } from '../../../src/core/felix/fields.ts';
import { newestVersion } from '../../../src/core/felix/versions.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const built = join(root, 'dist', 'server.cjs');

const cache = mkdtempSync(join(tmpdir(), 'calico-compiled-'));
process.on('exit', () => rmSync(cache, { recursive: true }));

/** A language server as its extension starts it. */
export interface Server {
  readonly name: string;
  readonly path: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Ours, and the usual one for YAML. */
export function installedServers(): readonly Server[] {
  const ours = existsSync(built) ? built : join(root, 'src', 'language', 'server.ts');
  const theirs = fileURLToPath(import.meta.resolve('yaml-language-server/bin/yaml-language-server'));
  return [
    { name: 'calico-ebpf', path: ours, env: serverEnvironment(cache) },
    { name: 'yaml-language-server', path: theirs },
  ];
}

/** One that knows nothing, bundled as ours is: the process, and the way to it and back, by themselves. */
export function floorServer(): Server {
  const path = join(cache, 'floor.cjs');
  const source = join(import.meta.dirname, 'floorServer.ts');
  buildSync({
    entryPoints: [source],
    outfile: path,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
  });
  return { name: 'floor', path, env: serverEnvironment(cache) };
}

/** The CRD's schema of every key, as a JSON schema for the other server. */
export function schemaFile(): string {
  const keys = fieldsIn(newestVersion).map((field) => [field.name, schemaIn(field, newestVersion)]);
  const spec = { type: 'object', additionalProperties: false, properties: Object.fromEntries(keys) };
  const schema = { type: 'object', properties: { kind: { const: 'FelixConfiguration' }, spec } };
  const path = join(mkdtempSync(join(tmpdir(), 'calico-schema-')), 'felixconfiguration.json');
  writeFileSync(path, JSON.stringify(schema));
  return pathToFileURL(path).href;
}
