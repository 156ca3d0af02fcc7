#!/usr/bin/env node
import { runCli } from './main.ts';

// A reader that has seen enough (`| head`) closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

function catchInterrupt(): AbortSignal {
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  return interruption.signal;
}

const { stdin, stdout, stderr } = process;
void runCli(process.argv.slice(2), { stdin, stdout, stderr, catchInterrupt }).then((status) => {
  process.exitCode = status;
});
