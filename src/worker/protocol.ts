import type { MessagePort } from 'node:worker_threads';
import type { TableCalls } from '../core/table/calls.ts';

/** What is asked of a thread in one call. */
export type Input<Calls, Call extends keyof Calls> = Calls[Call] extends (input: infer I) => unknown
  ? I
  : never;

/** What a thread answers to one call. */
export type Output<Calls, Call extends keyof Calls> = Calls[Call] extends (input: never) => infer O
  ? Awaited<O>
  : never;

/** A call to a worker thread; the reply has the same number. */
export interface Request {
  readonly number: number;
  readonly call: PropertyKey;
  readonly input: unknown;
}

export type Reply =
  | { readonly kind: 'done'; readonly number: number; readonly output: unknown }
  | { readonly kind: 'failed'; readonly number: number; readonly error: Error };

/** Another thread that answers calls, one input each; what goes there and back is plain data. */
export interface Thread<Calls> {
  call<Call extends keyof Calls>(call: Call, input: Input<Calls, Call>): Promise<Output<Calls, Call>>;
  /** Ends the thread; calls that are under way fail. */
  dispose(): void;
}

/** A table that is open in another thread. */
export type TableThread = Thread<TableCalls>;

/** A language server in a thread of its own. */
export interface ServerThread {
  /** The way to it; closes when the thread ends, for whatever reason. */
  readonly port: MessagePort;
  /** Ends the thread, whatever it is doing. */
  dispose(): void;
}
