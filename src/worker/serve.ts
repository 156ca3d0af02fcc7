import { parentPort } from 'node:worker_threads';
import type { Reply, Request } from './protocol.ts';

/** Answers the calls that come to this thread with the methods of the same names. */
export function serve(service: object): void {
  const port = parentPort;
  port?.on('message', (request: Request) => {
    void answer(service, request).then((reply) => port.postMessage(reply));
  });
}

async function answer(service: object, { number, call, input }: Request): Promise<Reply> {
  try {
    const method: unknown = Reflect.get(service, call);
    if (typeof method !== 'function') throw new TypeError(`There is no call “${String(call)}”.`);
    const output: unknown = await Reflect.apply(method, service, [input]);
    return { kind: 'done', number, output };
  } catch (error) {
    return { kind: 'failed', number, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
