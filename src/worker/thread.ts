import { Worker, type ResourceLimits } from 'node:worker_threads';
import { ownMemory } from '../core/columns/memory.ts';
import type { RecorderCalls } from '../tracing/recorder.ts';
import type { Input, Output, Reply, TableThread, Thread } from './protocol.ts';

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What a thread of ours does. */
export type ServiceName = 'table' | 'recorder';

/** Starts a thread that holds one table; `path` is where the program of our threads is. */
export function startTableThread(path: string): TableThread {
  return startThread(path, 'table', { maxYoungGenerationSizeMb });
}

/** Starts a thread that records one trace; `path` is where the program of our threads is. */
export function startRecorderThread(path: string): Thread<RecorderCalls> {
  return startThread(path, 'recorder', {});
}

function startThread<Calls>(
  path: string,
  service: ServiceName,
  resourceLimits: ResourceLimits,
): Thread<Calls> {
  return new WorkerThread(new Worker(path, { workerData: service, resourceLimits }));
}

/** What becomes columns leaves little behind: more would but be held. */
const maxYoungGenerationSizeMb = 4;

/** The memory of a piece of a text goes with it, where it holds nothing else: nobody has to copy it. */
function movedWith(input: unknown): readonly ArrayBuffer[] {
  if (typeof input !== 'object' || input === null || !('bytes' in input)) return [];
  const memory = input.bytes instanceof Uint8Array ? ownMemory(input.bytes) : undefined;
  return memory === undefined ? [] : [memory];
}

class WorkerThread<Calls> implements Thread<Calls> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;
  #end: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error: Error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('The thread has ended.')));
  }

  call<Call extends keyof Calls>(call: Call, input: Input<Calls, Call>): Promise<Output<Calls, Call>> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const number = this.#count++;
    return new Promise<Output<Calls, Call>>((resolve, reject) => {
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
    else waiting?.reject(reply.error);
  }

  #fail(error: Error): void {
    this.#end = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
