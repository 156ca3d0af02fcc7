/** `npm run check`: types, lint, format and unused code, side by side. */
import { join } from 'node:path';
import { root } from './setup/node.mjs';
import { makeReady, runScript } from './setup/ready.mjs';
import { say } from './setup/run.mjs';
import { spawn } from 'node:child_process';

const checks = {
  types: ['typescript/bin/tsc'],
  lint: ['oxlint/bin/oxlint', '--deny-warnings'],
  format: ['oxfmt/bin/oxfmt', '--check', '.'],
  unused: ['knip/bin/knip.js', '--no-progress'],
};

/** Runs all checks and answers the names of those that failed, having printed what they said. */
export async function check(node) {
  const results = await Promise.all(Object.entries(checks).map(([name, args]) => runCheck(node, name, args)));
  return results.filter(({ code }) => code !== 0).map(({ name }) => name);
}

function runCheck({ program, env }, name, [tool, ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [join(root, 'node_modules', tool), ...args], { cwd: root, env });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('exit', (code) => {
      say(code === 0 ? `${name}: fine` : `${name}: failed\n${output.trimEnd()}`);
      resolve({ name, code });
    });
  });
}

if (import.meta.filename === process.argv[1]) {
  await runScript(async () => ((await check(await makeReady())).length === 0 ? 0 : 1));
}
