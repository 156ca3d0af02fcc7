/**
 * Measures one server on one document, in a process of its own as an extension host is one: what the server takes
 * there, or in its own process, is then what this process and that one have more than before. See language.bench.ts.
 */
import { median } from '../report.ts';
import { DrivenServer } from './driven.ts';
import type { Server } from './servers.ts';

export interface Task {
  readonly server: Server;
  readonly text: string;
  /** The line of the text that is edited. */
  readonly edited: number;
}

/** Milliseconds, and megabytes. */
export interface LanguageFigures {
  /** To the answer to `initialize`, nothing of the server being loaded before. */
  readonly start: number;
  readonly first: number;
  readonly edit: number;
  readonly hover: number;
  readonly completion: number;
  readonly memory: number;
}

process.once('message', (task: Task) => {
  measure(task)
    .then((figures) => process.send?.(figures))
    .catch((error: unknown) => {
      throw error;
    });
});

async function measure({ server: by, text, edited }: Task): Promise<LanguageFigures> {
  workAsHost();
  const before = ownMegabytes();
  const opening = performance.now();
  const server = await DrivenServer.start(by);
  await server.initialize();
  const start = performance.now() - opening;
  await server.open(text);
  const first = performance.now() - opening;
  const edit = await repeat({ turns: 9, before: 4 }, (turn) =>
    server.edit(edited, turn % 2 === 0 ? '  bpfLogLevel: Loud' : '  bpfLogLevel: Debug'),
  );
  const position = { line: edited, character: 6 };
  // As often as it takes until nothing becomes faster: an editor runs for hours.
  const often = { turns: 100, before: 100 };
  const hover = await repeat(often, () => server.request('textDocument/hover', { position }));
  const completion = await repeat(often, () => server.request('textDocument/completion', { position }));
  const memory = ownMegabytes() - before + server.residentMegabytes();
  await server.stop();
  return { start, first, edit, hover, completion, memory };
}

/**
 * An extension host has worked before it starts a server: its heap grew, and most of what that took is free for what
 * comes next. In a process that has done nothing yet a thread would be charged with the growth of the host as well.
 */
function workAsHost(): void {
  let held: object[] = [];
  for (let index = 0; index < 300_000; index++) {
    held.push({ index, name: String(index), of: [index] });
    if (held.length > 50_000) held = [];
  }
}

/** What is resident of this process, without what is garbage in it. */
function ownMegabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss() / 1024 / 1024;
}

interface Turns {
  readonly turns: number;
  /** Turns before them that are not counted. */
  readonly before: number;
}

/** The median time of the calls. */
async function repeat({ turns, before }: Turns, call: (turn: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < turns + before; turn++) {
    const start = performance.now();
    const said = await call(turn);
    times.push(typeof said === 'number' ? said : performance.now() - start);
  }
  return median(times.slice(before));
}
