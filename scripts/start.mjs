/**
 * `npm start`: builds the extension and opens it with the sample snapshot and a sample FelixConfiguration: in the
 * VS Code that is installed, else in one served on 127.0.0.1 (always with `--serve`).
 */
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { serveEditor, stopGroup } from './editorServer.mjs';
import { packageExtension } from './package.mjs';
import { provideEditor } from './setup/editor.mjs';
import { root } from './setup/node.mjs';
import { makeReady, runScript } from './setup/ready.mjs';
import { findProgram, say } from './setup/run.mjs';

/** What is opened: in the clone, ignored by git; edits there are kept. */
const playground = join(root, '.playground');
const workspace = join(playground, 'workspace');
const sampleFile = join(workspace, 'felixconfiguration.yaml');

await runScript(async (args) => {
  const node = await makeReady();
  makeWorkspace();
  const code = args.includes('--serve') ? undefined : findDesktopEditor();
  return code === undefined ? serve(node) : openDesktop(code);
});

function makeWorkspace() {
  mkdirSync(workspace, { recursive: true });
  if (!existsSync(sampleFile)) cpSync(join(root, 'media', 'sample-felixconfiguration.yaml'), sampleFile);
  cpSync(join(root, 'media', 'sample-snapshot'), join(workspace, 'shop-snapshot'), { recursive: true });
}

/** `code`, where it can show something: Linux needs a display, or a terminal inside VS Code. */
function findDesktopEditor() {
  const canShow =
    process.platform !== 'linux' ||
    ['DISPLAY', 'WAYLAND_DISPLAY', 'VSCODE_IPC_HOOK_CLI'].some((name) => process.env[name]);
  return canShow ? findProgram('code') : undefined;
}

async function openDesktop(code) {
  say('Building …');
  await bundle({ minify: false });
  say('Opening VS Code; close its window or press Ctrl-C to stop.');
  const args = ['--new-window', '--wait', `--extensionDevelopmentPath=${root}`, workspace, sampleFile];
  const child = spawn(code, args, {
    stdio: 'inherit',
    detached: process.platform !== 'win32',
    shell: code.endsWith('.cmd'),
    env: { ...process.env, CALICO_EBPF_SHOW: '1' },
  });
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  await Promise.race([ended, stopSignal()]);
  await stopGroup(child);
}

async function serve(node) {
  const [main] = await Promise.all([provideEditor(node), makeVsix(node)]);
  const token = randomBytes(16).toString('hex');
  const tokenFile = join(playground, 'token');
  writeFileSync(tokenFile, token, { mode: 0o600 });
  say('Starting VS Code …');
  const server = await serveEditor({
    ...node,
    env: { ...node.env, CALICO_EBPF_SHOW: '1' },
    main,
    vsix: join(playground, 'calico-ebpf.vsix'),
    folder: join(playground, 'editor'),
    tokenFile,
  });
  say('\nVS Code with Calico eBPF is at\n');
  process.stdout.write(`  ${addressOf(server.port, token)}\n`);
  say('\nOpen it in a browser on this machine. Ctrl-C stops it.');
  await Promise.race([server.ended, stopSignal()]);
  await server.stop();
}

async function makeVsix(node) {
  say('Building …');
  await packageExtension(node, join(playground, 'calico-ebpf.vsix'));
}

function addressOf(port, token) {
  const file = `vscode-remote://127.0.0.1:${port}${sampleFile}`;
  const query = new URLSearchParams({
    tkn: token,
    folder: workspace,
    payload: JSON.stringify([['openFile', file]]),
  });
  return `http://127.0.0.1:${port}/?${query}`;
}

/** Resolves when this program is told to stop, or when whoever started it is gone. */
function stopSignal() {
  const { ppid } = process;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
    setInterval(() => process.ppid !== ppid && resolve(), 500).unref();
  });
}
