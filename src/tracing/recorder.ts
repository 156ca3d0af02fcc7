import { join } from 'node:path';
import type { PacketFilter } from '../core/net/pcapFilter.ts';
import type { TraceRecord } from '../core/trace/packets.ts';
import { TraceReader } from '../core/trace/reader.ts';
import { BoundedChannel, type Output } from './channel.ts';
import { TraceFile } from './file.ts';
import { LineBuffer } from './lines.ts';
import type { RunListener } from './run.ts';
import { StreamFilter } from './streamFilter.ts';

export interface RecorderOptions {
  readonly cluster: string;
  readonly nodes: readonly string[];
  readonly folder: string;
  readonly output: Output;
  /** How many characters the channel holds at most. */
  readonly channelSize: number;
  /** What is shown, where the nodes cannot filter; the files hold all. */
  readonly filter: PacketFilter | undefined;
  readonly doing: (words: string) => void;
  /** Is told, once, when the filter that was asked for is none. */
  readonly badFilter: () => void;
}

/** Keeps what the nodes print: in full in a file for each node, and the latest of all in the channel. */
export class Recorder implements RunListener {
  readonly #options: RecorderOptions;
  readonly #files: ReadonlyMap<string, TraceFile>;
  readonly #streams: ReadonlyMap<string, Stream>;
  readonly #channel: BoundedChannel;
  readonly #ticking: NodeJS.Timeout;
  #shown: string | undefined;
  #lines = 0;
  #packets = 0;
  #denied = 0;
  #hasBadFilter = false;

  private constructor(options: RecorderOptions, files: ReadonlyMap<string, TraceFile>) {
    this.#options = options;
    this.#files = files;
    this.#streams = new Map(options.nodes.map((node) => [node, newStream(options.filter)]));
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

  get packets(): number {
    return this.#packets;
  }

  get denied(): number {
    return this.#denied;
  }

  /** Events that the kernel lost because nobody read fast enough, as it says itself. */
  get lostEvents(): number {
    return [...this.#streams.values()].reduce((sum, { reader }) => sum + reader.counts.lostEvents, 0);
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
    const stream = this.#streams.get(node);
    if (stream !== undefined) this.#take(node, stream, stream.buffer.push(bytes));
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking);
    for (const [node, stream] of this.#streams) {
      this.#take(node, stream, stream.buffer.end());
      this.#count(stream.reader.end());
    }
    this.#channel.flush();
    await Promise.all([...this.#files.values()].map((file) => file.close()));
  }

  #take(node: string, { reader, filter }: Stream, text: string): void {
    if (text === '') return;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#lines += 1;
    const records = reader.push(text);
    this.#count(records);
    const shown = filter === undefined ? text : filter.push(text, records);
    if (shown !== '') {
      this.#switchTo(node);
      this.#channel.add(shown);
    }
    if (!this.#hasBadFilter && reader.counts.filterFailures > 0) {
      this.#hasBadFilter = true;
      this.#options.badFilter();
    }
  }

  #count(records: readonly TraceRecord[]): void {
    for (const record of records) {
      if (record.kind !== 'packet') continue;
      this.#packets += 1;
      if (record.packet.verdict.kind === 'denied') this.#denied += 1;
    }
  }

  /** Says whose lines follow, where there are several nodes. */
  #switchTo(node: string): void {
    if (this.#shown === node || this.#files.size < 2) return;
    this.#shown = node;
    this.#channel.add(`── ${node}\n`);
  }
}

/** What a node prints, on its way. */
interface Stream {
  readonly buffer: LineBuffer;
  readonly reader: TraceReader;
  readonly filter: StreamFilter | undefined;
}

function newStream(filter: PacketFilter | undefined): Stream {
  return {
    buffer: new LineBuffer(),
    reader: new TraceReader(),
    filter: filter && new StreamFilter(filter),
  };
}

/** Often enough for the eye, seldom enough for the editor. */
const batchMs = 150;
