import { join } from 'node:path';
import { BoundedChannel, type Output } from './channel.ts';
import { TraceFile } from './file.ts';
import { LineBuffer } from './lines.ts';
import type { RunListener } from './run.ts';

export interface RecorderOptions {
  readonly cluster: string;
  readonly nodes: readonly string[];
  readonly folder: string;
  readonly output: Output;
  /** How many characters the channel holds at most. */
  readonly channelSize: number;
  readonly doing: (words: string) => void;
  /** Is told, once, when the filter that was asked for is none. */
  readonly badFilter: () => void;
}

/** Keeps what the nodes print: in full in a file for each node, and the latest of all in the channel. */
export class Recorder implements RunListener {
  readonly #options: RecorderOptions;
  readonly #files: ReadonlyMap<string, TraceFile>;
  readonly #buffers: ReadonlyMap<string, LineBuffer>;
  readonly #channel: BoundedChannel;
  readonly #ticking: NodeJS.Timeout;
  #shown: string | undefined;
  #lines = 0;
  #lost = 0;
  #hasBadFilter = false;

  private constructor(options: RecorderOptions, files: ReadonlyMap<string, TraceFile>) {
    this.#options = options;
    this.#files = files;
    this.#buffers = new Map(options.nodes.map((node) => [node, new LineBuffer()]));
    this.#channel = new BoundedChannel(options.output, {
      maxLength: options.channelSize,
      file: [...files.values()].map(({ path }) => path).join(', '),
    });
    this.#ticking = setInterval(() => this.#channel.flush(), batchMs);
  }

  static async create(options: RecorderOptions, now = new Date()): Promise<Recorder> {
    const time = now.toISOString().replaceAll(':', '-').replace(/\..*/, '');
    const files = new Map<string, TraceFile>();
    for (const node of options.nodes) {
      const name = `${options.cluster}-${node}-${time}.log`.replaceAll(/[^A-Za-z0-9._-]/g, '_');
      files.set(node, await TraceFile.create(join(options.folder, name)));
    }
    return new Recorder(options, files);
  }

  /** The files, by node. */
  get paths(): ReadonlyMap<string, string> {
    return new Map([...this.#files].map(([node, { path }]) => [node, path]));
  }

  get lines(): number {
    return this.#lines;
  }

  /** Events that the kernel lost because nobody read fast enough, as it says itself. */
  get lostEvents(): number {
    return this.#lost;
  }

  doing(words: string): void {
    this.#options.doing(words);
  }

  remark(node: string, words: string): void {
    this.#switchTo(node);
    this.#channel.add(`── ${words}\n`);
    void this.#files
      .get(node)
      ?.write(`── ${words}\n`)
      .catch(() => undefined); // `bytes` tells of a full disk.
  }

  async bytes(node: string, bytes: Uint8Array): Promise<void> {
    await this.#files.get(node)?.write(bytes);
    this.#take(node, this.#buffers.get(node)?.push(bytes) ?? '');
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking);
    for (const [node, buffer] of this.#buffers) this.#take(node, buffer.end());
    this.#channel.flush();
    await Promise.all([...this.#files.values()].map((file) => file.close()));
  }

  #take(node: string, text: string): void {
    if (text === '') return;
    this.#switchTo(node);
    this.#channel.add(text);
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#lines += 1;
    if (text.includes(' EVENTS]')) {
      for (const [, count] of text.matchAll(/\[LOST (\d+) EVENTS\]/g)) this.#lost += Number(count);
    }
    if (!this.#hasBadFilter && text.includes('failed to call log filter')) {
      this.#hasBadFilter = true;
      this.#options.badFilter();
    }
  }

  /** Says whose lines follow, where there are several nodes. */
  #switchTo(node: string): void {
    if (this.#shown === node || this.#files.size < 2) return;
    this.#shown = node;
    this.#channel.add(`── ${node}\n`);
  }
}

/** Often enough for the eye, seldom enough for the editor. */
const batchMs = 150;
