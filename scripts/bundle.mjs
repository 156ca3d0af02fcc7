/** Bundles `src` into `dist`: the programs below, each one CommonJS file. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
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
  diagnosis: 'src/session/diagnose.ts',
  tracing: 'src/tracing/tracer.ts',
  language: 'src/language/start.ts',
  server: 'src/language/server.ts',
  client: 'src/client/client.ts',
  cli: 'src/cli/program.ts',
  worker: 'src/worker/worker.ts',
};

/**
 * What several programs need is in the package once: a library as a bundle of its own, loaded at its first use, and a
 * table of data.
 */
const sharedLibraries = { yaml: 'node_modules/yaml/dist/index.js' };
const sharedData = ['src/core/felix/fields.data.json'];

/** What webviews load: scripts and styles for the browser. */
const pages = {
  table: ['src/webview/table/main.ts', 'src/webview/table/style.css'],
};

export async function bundle({ minify = true } = {}) {
  const { build } = await import('esbuild');
  const { existsSync } = await import('node:fs');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const common = {
    outdir: join(root, 'dist'),
    bundle: true,
    minify,
    sourcemap: minify ? false : 'linked',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    absWorkingDir: root,
  };
  const forNode = Object.entries(programs)
    .filter(([, source]) => existsSync(join(root, source)))
    .map(([out, source]) => ({ in: join(root, source), out }));
  const libraries = Object.entries(sharedLibraries).map(([out, source]) => ({ in: join(root, source), out }));
  const forBrowsers = Object.entries(pages).flatMap(([out, sources]) =>
    sources.map((source) => ({ in: join(root, source), out })),
  );
  const results = [
    await build({ ...common, ...nodeOptions, entryPoints: [...forNode, ...libraries] }),
    await build({ ...common, ...browserOptions, entryPoints: forBrowsers }),
  ];
  for (const source of sharedData) {
    const text = JSON.stringify(JSON.parse(readFileSync(join(root, source), 'utf8')));
    writeFileSync(join(root, 'dist', basename(source)), text);
  }
  return { outputs: Object.assign({}, ...results.map(({ metafile }) => metafile.outputs)) };
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

const useSharedFiles = {
  name: 'use-shared-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z]/ }, ({ kind, path }) =>
      kind !== 'entry-point' && Object.hasOwn(sharedLibraries, path)
        ? { path, namespace: 'shared-library' }
        : undefined,
    );
    onResolve({ filter: /^\.\//, namespace: 'shared-library' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'shared-library' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => /^(?!default$)\w+$/.test(name));
      const getters = names.map((name) => `get ${name}() { return require('./${path}.cjs').${name}; }`);
      return { contents: `module.exports = { ${getters.join(', ')} };` };
    });
    onResolve({ filter: /\.data\.json$/ }, ({ resolveDir, path }) => {
      const found = sharedData.find((source) => join(root, source) === join(resolveDir, path));
      return found && { path: `./${basename(found)}`, external: true };
    });
  },
};

/**
 * Of the Kubernetes client we use `KubeConfig`, which reads kubeconfigs and gets credentials; requests go through
 * Node's own `https` (src/cluster/kubernetes/connection.ts). The rest of it, a generated API on an HTTP client of its
 * own, would be a fifth of the package.
 */
const onlyKubeConfig = {
  name: 'only-kubeconfig',
  setup({ onResolve, onLoad }) {
    const client = join(root, 'node_modules', '@kubernetes', 'client-node', 'dist');
    onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({ path: join(client, 'config.js') }));
    onResolve({ filter: /^(?:undici|\.\/gen\/.*)$/ }, ({ resolveDir, path }) =>
      resolveDir === client ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * An import of a CommonJS module copies what that exports: once for a bundle, not once for each file of it that imports
 * a large one.
 */
const oneCopy = {
  name: 'one-copy',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vscode(?:-languageserver(?:\/node)?)?$/ }, ({ kind, namespace, path }) => {
      if (kind === 'import-statement' && namespace === 'file') return { path, namespace: 'one-copy' };
      return path === 'vscode' ? { external: true } : undefined;
    });
    onLoad({ filter: /./, namespace: 'one-copy' }, ({ path }) => ({
      contents: `export * from '${path}';`,
      resolveDir: root,
    }));
  },
};

const nodeOptions = {
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  define: { 'import.meta.dirname': '__dirname' },
  plugins: [importOtherBundles, useSharedFiles, onlyKubeConfig, oneCopy],
  supported: { 'dynamic-import': false },
};

/** VS Code 1.105 has Chromium 140. */
const browserOptions = { format: 'iife', platform: 'browser', target: 'chrome140' };
