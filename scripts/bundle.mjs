/** Bundles `src` into `dist`: the programs below, each one CommonJS file. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/node.mjs';

/**
 * What is loaded on first use is a bundle of its own, and `import()` of it stays an import of that file. So
 * the extension starts with little, and the heavy parts cost nothing until they are needed.
 */
const programs = {
  extension: 'src/extension.ts',
  backend: 'src/backend.ts',
  liveBackend: 'src/liveBackend.ts',
  configuration: 'src/configuration/flows.ts',
  tracing: 'src/tracing/tracer.ts',
  server: 'src/language/server.ts',
  client: 'src/client/client.ts',
  cli: 'src/cli/program.ts',
};

export async function bundle({ minify = true } = {}) {
  const { build } = await import('esbuild');
  const { existsSync } = await import('node:fs');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const entryPoints = Object.entries(programs)
    .filter(([, source]) => existsSync(join(root, source)))
    .map(([out, source]) => ({ in: join(root, source), out }));
  return build({
    entryPoints,
    outdir: join(root, 'dist'),
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    define: { 'import.meta.dirname': '__dirname' },
    plugins: [importOtherBundles],
    supported: { 'dynamic-import': false },
    minify,
    sourcemap: minify ? false : 'linked',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    absWorkingDir: root,
  });
}

const importOtherBundles = {
  name: 'import-other-bundles',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, resolveDir, path }) => {
      if (kind !== 'dynamic-import') return undefined;
      const target = join(resolveDir, path);
      const found = Object.entries(programs).find(([, source]) => join(root, source) === target);
      return found && { path: `./${found[0]}.cjs`, external: true };
    });
  },
};
