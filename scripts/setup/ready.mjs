/** What every script does first: Node 24 and the dependencies, fetched when missing. */
import { provideDependencies } from './dependencies.mjs';
import { provideNode } from './node.mjs';
import { say } from './run.mjs';

export async function makeReady() {
  const node = await provideNode();
  await provideDependencies(node);
  return node;
}

/** Runs a script's `main` and turns what it throws into one message and exit status 1. */
export async function runScript(main) {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ?? 0;
  } catch (error) {
    say(process.env.DEBUG ? error.stack : error.message);
    process.exitCode = 1;
  }
}
