/** Running programs, and saying what is done: words go to stderr, so that stdout stays a command's own. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Runs a program to its end and answers its exit status. Its output goes to stderr unless `options.stdio` says
 * otherwise. Signals reach the whole terminal group, so nothing is forwarded here.
 */
export function run(command, args, options = {}) {
  const isBatch = process.platform === 'win32' && /^(npm|npx|code)$/.test(command);
  return new Promise((resolve, reject) => {
    const child = spawn(isBatch ? `${command}.cmd` : command, args, {
      stdio: ['ignore', 2, 2],
      ...options,
      shell: isBatch,
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
}

/** Runs a program quietly; when it fails, throws with the end of what it printed and what to do. */
export function runQuietly(command, args, { hint = '', ...options } = {}) {
  return new Promise((resolve, reject) => {
    const isBatch = process.platform === 'win32' && command === 'npm';
    const child = spawn(isBatch ? 'npm.cmd' : command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
      shell: isBatch,
    });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-4000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => reject(new Error(`${command} cannot be run: ${error.message}. ${hint}`)));
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(' ')} failed:\n${output.trimEnd()}\n${hint}`));
    });
  });
}

/** The program `name` on the PATH, if it is there. */
export function findProgram(name) {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const suffix of suffixes) {
      const path = join(folder, name + suffix);
      if (folder !== '' && existsSync(path)) return path;
    }
  }
  return undefined;
}
