/** Chromium for the tests that drive the editor: the one that is there, else Debian's package. */
import { runQuietly, findProgram, say } from './run.mjs';

export async function provideBrowser() {
  const found = find();
  if (found !== undefined) return found;
  if (findProgram('apt-get') === undefined) {
    throw new Error(
      'Chromium is needed for the workbench tests. Install it so that `chromium` is on the PATH.',
    );
  }

  say('Installing Chromium from Debian’s packages …');
  const asRoot = process.getuid() === 0 ? [] : ['sudo', '-n'];
  const aptGet = (...args) => {
    const [command, ...rest] = [...asRoot, 'apt-get', ...args];
    return runQuietly(command, rest, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      hint: 'Install it by hand: sudo apt-get install chromium',
    });
  };
  await aptGet('update');
  await aptGet('install', '--yes', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', 'chromium');
  return find();
}

function find() {
  return ['chromium', 'chromium-browser', 'google-chrome']
    .map(findProgram)
    .find((path) => path !== undefined);
}
