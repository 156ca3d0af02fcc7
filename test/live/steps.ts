/** Tells of each step of a process, and waits at the one where a test ends it. */
export function stepsTo(last: string): (here: string) => Promise<void> {
  return async (here) => {
    process.stdout.write(`${here}\n`);
    if (here === last) await new Promise(() => setInterval(() => undefined, 1000));
  };
}
