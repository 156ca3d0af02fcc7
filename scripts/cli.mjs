/** `npm run --silent cli -- ARGS`: the command line from the sources; words of the set-up go to stderr. */
import { join } from 'node:path';
import { root } from './setup/node.mjs';
import { makeReady, runScript } from './setup/ready.mjs';
import { run } from './setup/run.mjs';

await runScript(async (args) => {
  const { program, env } = await makeReady();
  // npm runs scripts in the project's folder; paths in ARGS are meant from where the user is.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const main = join(root, 'src', 'cli', 'program.ts');
  return run(program, ['--no-warnings', main, ...args], { cwd, env, stdio: 'inherit' });
});
