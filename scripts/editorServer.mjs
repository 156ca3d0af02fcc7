/** Serving a real VS Code on 127.0.0.1, with the packaged extension in it: for `npm start` and for the tests. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './setup/run.mjs';

const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.reduceMotion': 'on',
  'workbench.startupEditor': 'none',
};

/**
 * Installs the vsix and starts the server with its data in `folder`. `access` is what guards it: a file that
 * holds a connection token, or nothing (for tests only).
 * Answers the port, the server's process id and `stop`, which ends the server and everything it started.
 */
export async function serveEditor({
  program,
  env,
  main,
  vsix,
  folder,
  tokenFile,
  settings = {},
  log = () => {},
}) {
  const data = join(folder, 'data');
  const extensions = join(folder, 'extensions');
  mkdirSync(extensions, { recursive: true });
  // Settings of the scope `machine` are read from a file of their own.
  for (const scope of ['User', 'Machine']) {
    mkdirSync(join(data, 'data', scope), { recursive: true });
    const text = JSON.stringify({ ...quietSettings, ...settings }, undefined, 2);
    writeFileSync(join(data, 'data', scope, 'settings.json'), text);
  }

  const places = ['--server-data-dir', data, '--extensions-dir', extensions];
  await runQuietly(program, [main, '--install-extension', vsix, '--force', ...places], {
    env: editorEnv(env),
  });

  const guard =
    tokenFile === undefined ? ['--without-connection-token'] : ['--connection-token-file', tokenFile];
  const args = [
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--accept-server-license-terms',
    '--telemetry-level',
    'off',
  ];
  const server = spawn(program, [main, ...args, ...guard, ...places], {
    env: editorEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that it can be ended with all that it started.
    detached: process.platform !== 'win32',
  });
  const port = await readPort(server, log);
  return {
    port,
    pid: server.pid,
    stop: () => stopGroup(server),
    ended: new Promise((resolve) => server.once('exit', resolve)),
  };
}

function editorEnv(env) {
  return { ...env, EXTENSIONS_GALLERY: '{}', VSCODE_IPC_HOOK_CLI: undefined };
}

function readPort(server, log) {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk) => {
      log(String(chunk));
      output = (output + chunk).slice(-8000);
      const found = /listening on (\d+)/.exec(output);
      if (found !== null) resolve(Number(found[1]));
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`VS Code's server did not start:\n${output}`)));
  });
}

/** Ends a process and its group: asks first, and insists after three seconds. */
export function stopGroup(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      signalGroup(child, 'SIGKILL');
      resolve();
      return;
    }
    const insist = setTimeout(() => signalGroup(child, 'SIGKILL'), 3000);
    child.once('exit', () => {
      clearTimeout(insist);
      signalGroup(child, 'SIGKILL'); // What outlived its parent.
      resolve();
    });
    signalGroup(child, 'SIGTERM');
  });
}

function signalGroup(child, signal) {
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}
