/**
 * `npm run lock`: makes package-lock.json fit for every machine. Some registries hold only their own platform's
 * native packages, and npm then leaves the others out of the lock file, after which `npm ci` refuses it: each
 * optional dependency that a package names gets its entry. Addresses of registries are left out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup/node.mjs';

const systems = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'aix',
  'win32',
];
const processors = [
  'arm64',
  'arm',
  'x64',
  'ia32',
  'ppc64',
  'riscv64',
  's390x',
  'loong64',
  'mips64el',
  'wasm32',
];

const path = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
for (const entry of Object.values(lock.packages)) {
  delete entry.resolved;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key] === undefined && /^\d/.test(version))
      lock.packages[key] = nativePackage(name, version);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, undefined, 2)}\n`);

function nativePackage(name, version) {
  const words = name.split(/[/-]/);
  const cpu = processors.filter((processor) =>
    words.some((word) => word === processor || word === `${processor}eabi`),
  );
  const os = systems.filter((system) => words.includes(system));
  const libc = name.endsWith('musl') ? ['musl'] : name.endsWith('gnu') ? ['glibc'] : undefined;
  return { version, cpu, dev: true, libc, optional: true, os };
}
