import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Thread } from '../worker/protocol.ts';
import type { Edit } from './channel.ts';
import type { RecorderCalls, RecorderOptions, TraceCounts } from './recorder.ts';
import type { RunListener } from './run.ts';

/** What an output channel of VS Code does that is needed here. */
export interface Output {
  append(text: string): void;
  replace(text: string): void;
}

export interface RecordingOptions extends Omit<RecorderOptions, 'begun'> {
  readonly output: Output;
  readonly startThread: () => Thread<RecorderCalls>;
  readonly doing: (words: string) => void;
  /** Is told, once, when the filter that was asked for is none. */
  readonly badFilter: () => void;
}

/** A trace that is being recorded in a thread, and the channel that shows it. */
export class Recording implements RunListener {
  readonly path: string;
  readonly #options: RecordingOptions;
  readonly #thread: Thread<RecorderCalls>;
  readonly #ticking: NodeJS.Timeout;
  #asking: Promise<boolean> | undefined;
  #counts: TraceCounts;
  #taken: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(options: RecordingOptions, thread: Thread<RecorderCalls>, path: string) {
    this.#options = options;
    this.#thread = thread;
    this.path = path;
    this.#counts = {
      lines: 0,
      packets: 0,
      denied: 0,
      lostEvents: 0,
      filterFailures: 0,
      silent: options.nodes,
    };
    this.#ticking = setInterval(() => void this.#show().catch(ignore), tickMs);
  }

  /** @throws an error of the file system when the file cannot be written */
  static async begin(options: RecordingOptions, begun = new Date()): Promise<Recording> {
    const { cluster, nodes, folder, channelSize, filter } = options;
    const thread = options.startThread();
    try {
      const path = await thread.call('begin', { cluster, nodes, folder, begun, channelSize, filter });
      return new Recording(options, thread, path);
    } catch (error) {
      thread.dispose();
      throw error;
    }
  }

  get counts(): TraceCounts {
    return this.#counts;
  }

  doing(words: string): void {
    this.#options.doing(words);
  }

  remark(node: string, words: string): void {
    void this.#thread.call('remark', { node, words }).catch(ignore);
  }

  /** Waits until the thread has taken what was sent before: so the next is on its way when it has. */
  async bytes(node: string, bytes: Uint8Array): Promise<void> {
    const before = this.#taken;
    // A part of a larger piece of memory would take all of that along.
    this.#taken = this.#thread.call('bytes', { node, bytes: new Uint8Array(bytes) });
    this.#taken.catch(ignore);
    await before;
  }

  /**
   * Ends the file, and shows what has come until then.
   * @throws an error of the file system when the last of it could not be written
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#ticking);
    try {
      await this.#taken;
      await this.#thread.call('close', undefined);
    } finally {
      await this.#showRest().catch(ignore);
      this.#thread.dispose();
    }
  }

  async #showRest(): Promise<void> {
    await this.#asking;
    while (await this.#show()) await othersTurn();
  }

  /** Shows what has come, as far as one edit goes; answers whether there was any. */
  #show(): Promise<boolean> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(): Promise<boolean> {
    const { counts, edit } = await this.#thread.call('news', undefined);
    const hadBadFilter = this.#counts.filterFailures > 0;
    this.#counts = counts;
    if (counts.filterFailures > 0 && !hadBadFilter) this.#options.badFilter();
    if (edit !== undefined) this.#make(edit);
    return edit !== undefined;
  }

  #make({ kind, text }: Edit): void {
    if (kind === 'append') this.#options.output.append(text);
    else this.#options.output.replace(text);
  }
}

function ignore(): void {
  // Whoever sends bytes is told: of a full disk, and of a thread that has ended.
}

/** Often enough for the eye, and so that no edit holds the editor up. */
const tickMs = 40;
