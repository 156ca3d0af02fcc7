/**
 * A real VS Code that runs without a desktop: the server inside npm's `code-server` package, started directly.
 * Only its two native modules that the server needs on Linux are compiled.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.mjs';
import { toolVersions } from './node.mjs';
import { runQuietly, say } from './run.mjs';

/** The path of VS Code's `server-main.js`. */
export async function provideEditor({ env }) {
  const version = toolVersions.editor;
  const folder = await cached(`editor-${version}-${process.platform}-${process.arch}`, say, async (draft) => {
    say(`Fetching VS Code (code-server ${version}); about a minute, once …`);
    const npm = (cwd, ...args) =>
      runQuietly('npm', [...args, '--no-audit', '--no-fund'], {
        cwd,
        env,
        hint: 'The npm registry must be reachable, and g++, make and python3 installed, for the first start.',
      });
    await npm(draft, 'install', '--prefix', draft, '--ignore-scripts', '--no-save', `code-server@${version}`);
    const server = join(draft, 'node_modules', 'code-server', 'lib', 'vscode');
    await npm(server, 'install', '--omit=dev', '--ignore-scripts');
    await npm(server, 'rebuild', '@vscode/spdlog', '@vscode/native-watchdog');
  });
  const main = join(folder, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js');
  if (!existsSync(main))
    throw new Error(`The cached editor is incomplete. Remove ${folder} and start again.`);
  return main;
}
