/** `npm run package`: the extension as `calico-ebpf-<version>.vsix`, or at the path given. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { bundle } from './bundle.mjs';
import { root } from './setup/node.mjs';
import { makeReady, runScript } from './setup/ready.mjs';
import { runQuietly, say } from './setup/run.mjs';

/** Builds and packs the extension into the file `target`. */
export async function packageExtension({ program, env }, target) {
  await bundle();
  mkdirSync(dirname(target), { recursive: true });
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  await runQuietly(
    program,
    [
      vsce,
      'package',
      '--no-dependencies',
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
      '--out',
      target,
    ],
    {
      cwd: root,
      env,
    },
  );
}

if (import.meta.filename === process.argv[1]) {
  await runScript(async ([path]) => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const target = resolve(path ?? join(root, `calico-ebpf-${version}.vsix`));
    await packageExtension(await makeReady(), target);
    say(`${target}  ${(statSync(target).size / 1024).toFixed(0)} KB`);
  });
}
