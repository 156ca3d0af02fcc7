import { buildSync } from 'esbuild';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fieldsIn, schemaIn } from '../../../src/core/felix/fields.ts';
import { newestVersion } from '../../../src/core/felix/versions.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const built = existsSync(join(root, 'dist', 'server.cjs'));
/** One of the programs as it is in the package, or as it is without one. */
const programPath = (name: string, source: string) =>
  built ? join(root, 'dist', `${name}.cjs`) : join(root, 'src', 'language', source);

const cache = mkdtempSync(join(tmpdir(), 'calico-compiled-'));
process.on('exit', () => rmSync(cache, { recursive: true }));

/** A language server, and how it is run: ours is in its client's thread as VS Code runs it, the other one has a process. */
export interface Server {
  readonly name: string;
  readonly path: string;
  readonly runs: 'host' | 'thread' | 'ipc' | 'stdio';
  /** What starts it in its client's thread. */
  readonly hostPath?: string;
  /** Where the compiled code of ours is kept. */
  readonly cachePath: string;
  /** For the other server: the schema that an extension beside it gives a file. */
  readonly schemaOf?: (uri: string) => { readonly uri: string; readonly content: string } | undefined;
}

/** Ours as VS Code runs it. */
export function ourServer(): Server {
  return {
    name: 'calico-ebpf',
    path: programPath('server', 'server.ts'),
    hostPath: programPath('language', 'start.ts'),
    runs: 'host',
    cachePath: cache,
  };
}

/** The usual one for YAML, as its extension runs it. */
export function yamlServer(): Server {
  const path = fileURLToPath(import.meta.resolve('yaml-language-server/bin/yaml-language-server'));
  return { name: 'yaml-language-server', path, runs: 'ipc', cachePath: cache };
}

/** One that knows nothing, bundled as ours is: the way to a server and back, by itself. */
export function floorServer(runs: Server['runs']): Server {
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
  return { name: 'floor', path, runs, cachePath: cache };
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
