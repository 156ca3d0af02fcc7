/** Runs a tool of `node_modules` under Node 24: `node scripts/with-node.mjs FILE ARGS…`. */
import { makeReady, runScript } from './setup/ready.mjs';
import { run } from './setup/run.mjs';

await runScript(async (args) => {
  const { program, env } = await makeReady();
  return run(program, args, { env, stdio: 'inherit' });
});
