/** A worker thread that holds one table. */
import { parentPort } from 'node:worker_threads';
import { TableService } from '../core/table/service.ts';
import type { Reply, Request, TableCall } from './protocol.ts';

const service = new TableService();

parentPort?.on('message', (request: Request) => parentPort?.postMessage(answer(request)));

function answer({ number, call, input }: Request): Reply {
  try {
    // `TableThread` lets only inputs of a call's own type in.
    const run = service[call].bind(service) as (input: unknown) => ReturnType<TableService[TableCall]>;
    return { kind: 'done', number, output: run(input) };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'failed', number, message };
  }
}
