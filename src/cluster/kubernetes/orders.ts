/** What is asked of one node: it waits its turn, and what waits together goes in one exec. */
import type { Output } from './run.ts';

export interface Answer {
  readonly argv: readonly string[];
  readonly output: Output;
  readonly startedAt: Date;
  readonly durationMs: number;
}

/** A command that somebody waits for. */
export class Order<Command> {
  readonly command: Command;
  readonly signal: AbortSignal;
  readonly answered: Promise<Answer>;
  #isSettled = false;
  readonly #settle = Promise.withResolvers<Answer>();

  constructor(command: Command, signal: AbortSignal) {
    this.command = command;
    this.signal = signal;
    this.answered = this.#settle.promise;
    // Who asked may have given up, and nobody be left to hear of a failure.
    this.answered.catch(() => undefined);
  }

  get isOpen(): boolean {
    return !this.#isSettled && !this.signal.aborted;
  }

  answer(answer: Answer): void {
    this.#isSettled = true;
    this.#settle.resolve(answer);
  }

  fail(error: unknown): void {
    this.#isSettled = true;
    this.#settle.reject(error);
  }
}

/**
 * How many commands go in one exec: they are part of its address, of which proxies take 8 KiB. To start an exec takes
 * as long as a dozen of them, here and in the API server.
 */
const mostTogether = 32;

/** Serves the orders of one node, at most so many batches at once. */
export class OrderQueue<Command> {
  readonly #width: number;
  readonly #serve: (orders: readonly Order<Command>[], signal: AbortSignal) => Promise<void>;
  #waiting: readonly Order<Command>[] = [];
  #working = 0;

  constructor(
    width: number,
    serve: (orders: readonly Order<Command>[], signal: AbortSignal) => Promise<void>,
  ) {
    this.#width = Math.max(1, width);
    this.#serve = serve;
  }

  add(order: Order<Command>): void {
    this.#waiting = [...this.#waiting, order];
    if (this.#working < this.#width) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working += 1;
    // Those that are asked in one go shall go together.
    await Promise.resolve();
    for (;;) {
      const open = this.#waiting.filter(({ isOpen }) => isOpen);
      const orders = open.slice(0, mostTogether);
      this.#waiting = open.slice(mostTogether);
      if (orders.length === 0) break;
      await this.#serveAll(orders);
    }
    this.#working -= 1;
  }

  async #serveAll(orders: readonly Order<Command>[]): Promise<void> {
    const ended = new AbortController();
    try {
      const signals = orders.map(({ signal }) => signal);
      await this.#serve(orders, allAborted(signals, ended.signal));
    } catch (error) {
      for (const order of orders) if (order.isOpen) order.fail(error);
    } finally {
      ended.abort('ended');
    }
  }
}

/** Aborted when the last of the signals is; listens to them until it is told to end. */
function allAborted(signals: readonly AbortSignal[], ended: AbortSignal): AbortSignal {
  const all = new AbortController();
  let left = signals.length;
  for (const signal of signals) {
    const count = () => {
      left -= 1;
      if (left === 0) all.abort(signal.reason);
    };
    if (signal.aborted) count();
    else signal.addEventListener('abort', count, { once: true, signal: ended });
  }
  return all.signal;
}
