import { isClusterError } from '../../cluster/cluster.ts';
import type { NodeFacts } from '../../core/nodes/node.ts';
import { isCancellation } from '../../host/cancellation.ts';
import type { Session } from '../../session/session.ts';

/** How far a fan-out over nodes is. */
export interface Asking {
  readonly done: number;
  readonly of: number;
}

/**
 * Asks nodes what they say themselves, all at once, and tells of each as it answers: one that is slow delays no other.
 * What a node said before stays until it says something else.
 */
export class NodeAsker {
  readonly #tell: (node: string) => void;
  #facts = new Map<string, NodeFacts>();
  #asked = new Map<string, Promise<void>>();
  #isStopped = false;
  #stop = new AbortController();
  #done = 0;
  #of = 0;

  /** `tell` is called with the name of each node of which something new is known, and when the last has answered. */
  constructor(tell: (node: string) => void) {
    this.#tell = tell;
  }

  /** What the node said, if it did. */
  factsOf(node: string): NodeFacts | undefined {
    return this.#facts.get(node);
  }

  isAsking(node: string): boolean {
    return this.#asked.has(node);
  }

  /** `undefined` when nobody is asked. */
  get progress(): Asking | undefined {
    return this.#asked.size === 0 ? undefined : { done: this.#done, of: this.#of };
  }

  /** Asks nodes; settles when all have answered, each in its own way. */
  async ask(session: Session, nodes: readonly string[]): Promise<void> {
    const { signal } = this.#stop;
    for (const node of nodes) {
      if (this.#isStopped || this.#asked.has(node)) continue;
      this.#of += 1;
      this.#asked.set(node, this.#askOne(session, node, signal));
    }
    await Promise.all(nodes.flatMap((node) => this.#asked.get(node) ?? []));
  }

  /** Nobody is asked any more, until it is resumed; what was said stays. */
  cancel(): void {
    this.#isStopped = true;
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#asked = new Map();
    this.#done = 0;
    this.#of = 0;
  }

  resume(): void {
    this.#isStopped = false;
  }

  /** Another cluster: nothing of this one holds. */
  reset(): void {
    this.cancel();
    this.resume();
    this.#facts = new Map();
  }

  async #askOne(session: Session, node: string, signal: AbortSignal): Promise<void> {
    // Not in the caller's turn: it is asked about the others first.
    await Promise.resolve();
    try {
      const facts = await session.node(node, signal);
      if (!signal.aborted) this.#facts.set(node, facts);
    } catch (error) {
      // What cannot be asked of the cluster shows where the nodes are listed.
      if (!isClusterError(error) && !isCancellation(error)) throw error;
    } finally {
      if (!signal.aborted) this.#end(node);
    }
  }

  #end(node: string): void {
    this.#asked.delete(node);
    this.#done += 1;
    if (this.#asked.size === 0) {
      this.#done = 0;
      this.#of = 0;
    }
    this.#tell(node);
  }
}
