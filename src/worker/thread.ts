import { Worker } from 'node:worker_threads';
import { ownMemory } from '../core/columns/memory.ts';
import type { Input, Output, Reply, TableCall, TableThread } from './protocol.ts';

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Starts a thread that holds one table; `path` is where its program is. */
export function startTableThread(path: string): TableThread {
  return new WorkerTableThread(new Worker(path, { resourceLimits: { maxYoungGenerationSizeMb } }));
}

/** What becomes columns leaves little behind: more would but be held. */
const maxYoungGenerationSizeMb = 12;

/** The memory of a piece of a dump goes with it, where it holds nothing else: nobody has to copy it. */
function movedWith(input: unknown): readonly ArrayBuffer[] {
  if (typeof input !== 'object' || input === null || !('bytes' in input)) return [];
  const memory = input.bytes instanceof Uint8Array ? ownMemory(input.bytes) : undefined;
  return memory === undefined ? [] : [memory];
}

class WorkerTableThread implements TableThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #end: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error: Error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('The thread of the table has ended.')));
  }

  call<C extends TableCall>(call: C, input: Input<C>): Promise<Output<C>> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const number = this.#count++;
    return new Promise<Output<C>>((resolve, reject) => {
      // The worker answers a call with that call's own output.
      this.#waiting.set(number, { resolve: resolve as (output: unknown) => void, reject });
      this.#worker.postMessage({ number, call, input }, movedWith(input));
    });
  }

  dispose(): void {
    void this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.number);
    this.#waiting.delete(reply.number);
    if (reply.kind === 'done') waiting?.resolve(reply.output);
    else waiting?.reject(new Error(reply.message));
  }

  #fail(error: Error): void {
    this.#end = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
