import { MessageChannel, Worker } from 'node:worker_threads';
import type { ServerThread } from './protocol.ts';

export interface ServerProgram {
  readonly path: string;
  /** A folder where V8 keeps the program's compiled code, so that every start but the first is quicker. */
  readonly cachePath: string;
  /** Hears why the thread ended when it did not mean to. */
  readonly onFailure: (error: Error) => void;
}

/** What a document may take before the thread, and it alone, ends and is started again; little that is new is kept long. */
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 2 };

/** Starts the language server: what it does keeps nobody waiting, and what ends it ends nobody else. */
export function startServerThread({ path, cachePath, onFailure }: ServerProgram): ServerThread {
  const { port1: port, port2 } = new MessageChannel();
  const worker = new Worker(path, {
    workerData: port2,
    transferList: [port2],
    env: { ...process.env, NODE_COMPILE_CACHE: cachePath },
    resourceLimits,
  });
  worker.on('error', onFailure);
  return { port, dispose: () => void worker.terminate() };
}
