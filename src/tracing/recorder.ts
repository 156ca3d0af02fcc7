import { join } from 'node:path';
import type { PacketFilter } from '../core/net/pcapFilter.ts';
import { formatMark } from '../core/trace/mark.ts';
import type { TraceRecord } from '../core/trace/packets.ts';
import { TraceReader } from '../core/trace/reader.ts';
import { timed } from '../session/pace.ts';
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

/**
 * Keeps what the nodes print: in full in a file, and the latest of it in the channel. Both say whose lines follow, and
 * since when that node is up.
 */
export class Recorder implements RunListener {
  readonly #options: RecorderOptions;
  readonly #file: TraceFile;
  readonly #streams: ReadonlyMap<string, Stream>;
  readonly #channel: BoundedChannel;
  readonly #ticking: NodeJS.Timeout;
  /** What waits comes at once: everything else in the editor has its turn in between. */
  readonly #pace = timed(8);
  /** Whose lines the file and the channel had last. */
  #written: string | undefined;
  #shown: string | undefined;
  #lines = 0;
  #packets = 0;
  #denied = 0;
  #hasBadFilter = false;

  private constructor(options: RecorderOptions, file: TraceFile) {
    this.#options = options;
    this.#file = file;
    this.#streams = new Map(options.nodes.map((node) => [node, newStream(options.filter)]));
    this.#channel = new BoundedChannel(options.output, {
      maxLength: options.channelSize,
      file: file.path,
    });
    this.#ticking = setInterval(() => this.#channel.flush(), batchMs);
  }

  static async create(options: RecorderOptions, now = new Date()): Promise<Recorder> {
    const { cluster, nodes, folder } = options;
    const time = now.toISOString().replaceAll(':', '-').replace(/\..*/, '');
    const where = nodes.length === 1 ? nodes[0] : `${nodes.length}-nodes`;
    const name = `${cluster}-${where}-${time}.log`.replaceAll(/[^A-Za-z0-9._-]/g, '_');
    return new Recorder(options, await TraceFile.create(join(folder, name)));
  }

  get path(): string {
    return this.#file.path;
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
    const stream = this.#streams.get(node);
    // A line that was cut off is not continued by what comes next.
    if (stream !== undefined) void this.#take(node, stream, stream.buffer.end()).catch(ignore);
    const line = `-- ${words}\n`;
    this.#switchTo(node);
    this.#channel.add(line);
    void this.#file.write(Buffer.from(this.#markFor(node) + line)).catch(ignore);
  }

  async bytes(node: string, bytes: Uint8Array): Promise<void> {
    const stream = this.#streams.get(node);
    if (stream !== undefined) await this.#take(node, stream, stream.buffer.push(bytes));
    await this.#pace();
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking);
    for (const [node, stream] of this.#streams) {
      await this.#take(node, stream, stream.buffer.end()).catch(ignore);
      this.#count(stream.reader.end());
    }
    this.#channel.flush();
    await this.#file.close();
  }

  async #take(node: string, stream: Stream, bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    const { reader, filter } = stream;
    const text = bytes.toString('utf8');
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#lines += 1;
    const records = reader.push(text);
    stream.bootedAt = earliestBoot(stream, Date.now() / 1000);
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
    const mark = this.#markFor(node);
    await this.#file.write(mark === '' ? bytes : Buffer.concat([Buffer.from(mark), bytes]));
  }

  #count(records: readonly TraceRecord[]): void {
    for (const record of records) {
      if (record.kind !== 'packet') continue;
      this.#packets += 1;
      if (record.packet.verdict.kind === 'denied') this.#denied += 1;
    }
  }

  /** Says in the channel whose lines follow, where there are several nodes. */
  #switchTo(node: string): void {
    if (this.#shown === node || this.#streams.size < 2) return;
    this.#shown = node;
    this.#channel.add(`${formatMark({ node, bootedAt: undefined })}\n`);
  }

  /** What the file has to say before lines of a node. */
  #markFor(node: string): string {
    if (this.#written === node) return '';
    this.#written = node;
    return `${formatMark({ node, bootedAt: this.#streams.get(node)?.bootedAt })}\n`;
  }
}

/** What a node prints, on its way. */
interface Stream {
  readonly buffer: LineBuffer;
  readonly reader: TraceReader;
  readonly filter: StreamFilter | undefined;
  /** When the node's clock of traces was 0, in seconds since 1970. */
  bootedAt: number | undefined;
}

function newStream(filter: PacketFilter | undefined): Stream {
  return {
    buffer: new LineBuffer(),
    reader: new TraceReader(),
    filter: filter && new StreamFilter(filter),
    bootedAt: undefined,
  };
}

/** A line arrives after it was printed: of all that its times tell, the earliest is nearest to the truth. */
function earliestBoot({ reader: { latestTime }, bootedAt }: Stream, now: number): number | undefined {
  if (latestTime === undefined) return bootedAt;
  return Math.min(now - latestTime, bootedAt ?? Number.POSITIVE_INFINITY);
}

function ignore(): void {
  // `bytes` tells of a full disk.
}

/** Often enough for the eye, and so that no batch holds the editor up. */
const batchMs = 50;
