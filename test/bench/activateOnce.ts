/**
 * Loads `dist/extension.cjs` and calls `activate()` once, with a `vscode` that answers everything with itself; prints
 * how long both took, in milliseconds, and which other bundles of ours were loaded for it.
 */
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const anything: unknown = new Proxy(function anything() {}, {
  get: (_target, name) =>
    name === Symbol.toPrimitive ? () => '' : name === Symbol.iterator ? () => [].values() : anything,
  apply: () => anything,
  construct: () => anything as object,
  set: () => true,
});

const bundle = join(import.meta.dirname, '..', '..', 'dist', 'extension.cjs');
// The bundle copies the properties of `vscode` one by one, so those that it uses must be there by name.
const members = readFileSync(bundle, 'utf8').matchAll(/\.([A-Za-z]+)/g);
const vscode = Object.fromEntries([...members].map(([, name]) => [name, anything]));

const require = createRequire(import.meta.url);
const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load;
loader._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));

const start = performance.now();
const extension = require(bundle) as { readonly activate: (context: unknown) => void };
const loaded = performance.now();
extension.activate(anything);
const activated = performance.now();

const others = Object.keys(require.cache)
  .filter((path) => path.endsWith('.cjs') && path !== bundle)
  .map((path) => basename(path));
process.stdout.write(JSON.stringify({ load: loaded - start, activate: activated - loaded, modules: others }));
process.exit(0);
