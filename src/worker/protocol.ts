import type { TableCalls } from '../core/table/calls.ts';

export type TableCall = keyof TableCalls;
export type Input<C extends TableCall> = Parameters<TableCalls[C]>[0];
export type Output<C extends TableCall> = ReturnType<TableCalls[C]>;

/** A call to the table of a worker thread; the reply has the same number. */
export interface Request {
  readonly number: number;
  readonly call: TableCall;
  readonly input: unknown;
}

export type Reply =
  | { readonly kind: 'done'; readonly number: number; readonly output: unknown }
  | { readonly kind: 'failed'; readonly number: number; readonly message: string };

/** A table that is open in another thread. */
export interface TableThread {
  call<C extends TableCall>(call: C, input: Input<C>): Promise<Output<C>>;
  /** Ends the thread; calls that are under way fail. */
  dispose(): void;
}
