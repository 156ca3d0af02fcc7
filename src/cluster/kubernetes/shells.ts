import type { Connection } from './connection.ts';
import { canFollow } from './guard.ts';
import type { Bounds } from './run.ts';
import { Shell, type BatchOutput, type Commands } from './shell.ts';
import type { PodContainer } from '../cluster.ts';

interface Idle {
  readonly shell: Shell;
  readonly timer: NodeJS.Timeout;
}

/** Runs commands in containers. A shell that is done waits for a while: what a node says often leads to more questions. */
export class Shells {
  readonly #connection: Connection;
  readonly #lingerMs: number;
  readonly #lifetime: AbortSignal;
  readonly #idle = new Map<string, readonly Idle[]>();

  constructor(connection: Connection, lingerMs: number, lifetime: AbortSignal) {
    this.#connection = connection;
    this.#lingerMs = lingerMs;
    this.#lifetime = lifetime;
    lifetime.addEventListener('abort', () => {
      for (const { shell } of [...this.#idle.values()].flat()) shell.close();
    });
  }

  /** Runs commands one after another; they end when we are gone. */
  async run(
    target: PodContainer,
    commands: Commands,
    bounds: Bounds,
    signal: AbortSignal,
  ): Promise<BatchOutput> {
    const known = canFollow(commands) ? this.#take(target) : undefined;
    const shell = known ?? new Shell(this.#connection, target);
    try {
      return await shell.run(commands, bounds, signal);
    } finally {
      this.#keep(shell, target);
    }
  }

  #take(target: PodContainer): Shell | undefined {
    const key = keyOf(target);
    const waiting = this.#idle.get(key) ?? [];
    for (const { timer } of waiting) clearTimeout(timer);
    this.#idle.delete(key);
    const [first, ...others] = waiting.filter(({ shell }) => shell.isOpen);
    for (const { shell } of others) this.#keep(shell, target);
    return first?.shell;
  }

  #keep(shell: Shell, target: PodContainer): void {
    if (!shell.isOpen) return;
    if (this.#lifetime.aborted || this.#lingerMs === 0) {
      shell.close();
      return;
    }
    const key = keyOf(target);
    const others = () => (this.#idle.get(key) ?? []).filter((idle) => idle.shell !== shell);
    const forget = () => {
      shell.close();
      const left = others();
      if (left.length === 0) this.#idle.delete(key);
      else this.#idle.set(key, left);
    };
    const timer = setTimeout(forget, this.#lingerMs);
    timer.unref();
    this.#idle.set(key, [...others(), { shell, timer }]);
  }
}

function keyOf({ namespace, pod, container }: PodContainer): string {
  return `${namespace}/${pod}/${container}`;
}
