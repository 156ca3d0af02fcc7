/** `node_modules` as package-lock.json says; installed again only when that file has changed. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './cache.mjs';
import { root } from './node.mjs';
import { runQuietly, say } from './run.mjs';

export async function provideDependencies({ env }) {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.installed-from');
  const isInstalled = () => readOrUndefined(stamp) === wanted;
  if (isInstalled()) return;

  await withLock(join(root, '.npm-install.lock'), say, async () => {
    if (isInstalled()) return;
    say('Installing dependencies …');
    await runQuietly('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: root,
      env,
      hint: 'The npm registry must be reachable for the first start.',
    });
    writeFileSync(stamp, wanted);
  });
}

function readOrUndefined(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
