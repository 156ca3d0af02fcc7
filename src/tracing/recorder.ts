import { join } from 'node:path';
import { compilePcap } from '../core/net/pcapFilter.ts';
import { formatMark, isGap } from '../core/trace/mark.ts';
import type { TraceRecord } from '../core/trace/packets.ts';
import { TraceReader } from '../core/trace/reader.ts';
import { BoundedChannel, type Edit } from './channel.ts';
import { TraceFile } from './file.ts';
import { LineBuffer } from './lines.ts';
import { StreamFilter } from './streamFilter.ts';

export interface RecorderOptions {
  readonly cluster: string;
  readonly nodes: readonly string[];
  readonly folder: string;
  readonly begun: Date;
  /** How many characters the channel holds at most. */
  readonly channelSize: number;
  /** A pcap expression for what is shown, where the nodes cannot filter; the files hold all. */
  readonly filter: string | undefined;
}

export interface TraceCounts {
  readonly lines: number;
  readonly packets: number;
  readonly denied: number;
  /** Events that the kernel lost because nobody read fast enough, as it says itself. */
  readonly lostEvents: number;
  /** Packets of which a filter that is none hides the trace. */
  readonly filterFailures: number;
  /** The nodes of which no line of Calico’s programs has come. */
  readonly silent: readonly string[];
}

/** What has come since it was asked last, as far as one edit of the channel goes. */
export interface TraceNews {
  readonly counts: TraceCounts;
  readonly edit: Edit | undefined;
}

/** What is asked of the thread that records a trace. */
export interface RecorderCalls {
  /** Comes first; answers where the file is. */
  begin(options: RecorderOptions): Promise<string>;
  /** Takes what a node printed; waits while the disk is slower. */
  bytes(printed: { readonly node: string; readonly bytes: Uint8Array }): Promise<void>;
  /** Puts a line of our own behind what the node printed so far. */
  remark(remark: { readonly node: string; readonly words: string }): Promise<void>;
  news(nothing: undefined): TraceNews;
  /** Ends the file; news may still come. */
  close(nothing: undefined): Promise<void>;
}

/** An edit is no longer than what an editor takes in without a hitch. */
const maxEdit = 256 * 1024;

/** The calls of a recorder, which begins with the first. */
export class RecorderService implements RecorderCalls {
  #recorder: Recorder | undefined;

  async begin(options: RecorderOptions): Promise<string> {
    this.#recorder = await Recorder.create(options);
    return this.#recorder.path;
  }

  async bytes({ node, bytes }: { readonly node: string; readonly bytes: Uint8Array }): Promise<void> {
    await this.#begun().bytes(node, bytes);
  }

  async remark({ node, words }: { readonly node: string; readonly words: string }): Promise<void> {
    await this.#begun().remark(node, words);
  }

  news(): TraceNews {
    return this.#begun().news();
  }

  async close(): Promise<void> {
    await this.#begun().close();
  }

  #begun(): Recorder {
    if (this.#recorder === undefined) throw new Error('The trace has not begun.');
    return this.#recorder;
  }
}

/**
 * Keeps what the nodes print: in full in a file, and the latest of it in the channel. Both say whose lines follow, and
 * since when that node is up.
 */
class Recorder {
  readonly #file: TraceFile;
  readonly #streams: ReadonlyMap<string, Stream>;
  readonly #channel: BoundedChannel;
  /** Whose lines the file and the channel had last. */
  #written: string | undefined;
  #shown: string | undefined;
  #lines = 0;
  #packets = 0;
  #denied = 0;

  private constructor({ nodes, filter, channelSize }: RecorderOptions, file: TraceFile) {
    this.#file = file;
    this.#streams = new Map(nodes.map((node) => [node, newStream(filter)]));
    this.#channel = new BoundedChannel(file.path, { maxLength: channelSize, maxEdit });
  }

  static async create(options: RecorderOptions): Promise<Recorder> {
    const { cluster, nodes, folder, begun } = options;
    const time = begun.toISOString().replaceAll(':', '-').replace(/\..*/, '');
    const where = nodes.length === 1 ? nodes[0] : `${nodes.length}-nodes`;
    const name = `${cluster}-${where}-${time}.log`.replaceAll(/[^A-Za-z0-9._-]/g, '_');
    return new Recorder(options, await TraceFile.create(join(folder, name)));
  }

  get path(): string {
    return this.#file.path;
  }

  news(): TraceNews {
    const readers = [...this.#streams.values()].map(({ reader }) => reader.counts);
    const silent = [...this.#streams].filter(([, { reader }]) => reader.counts.lines === 0);
    const counts = {
      lines: this.#lines,
      packets: this.#packets,
      denied: this.#denied,
      lostEvents: readers.reduce((sum, { lostEvents }) => sum + lostEvents, 0),
      filterFailures: readers.reduce((sum, { filterFailures }) => sum + filterFailures, 0),
      silent: silent.map(([node]) => node),
    };
    return { counts, edit: this.#channel.take() };
  }

  async remark(node: string, words: string): Promise<void> {
    const stream = this.#streams.get(node);
    // A line that was cut off is not continued by what comes next.
    const cut = stream && this.#take(node, stream, stream.buffer.end());
    const line = `-- ${words}\n`;
    if (stream !== undefined && isGap(line)) this.#show(node, stream, '', stream.reader.cut());
    this.#switchTo(node);
    this.#channel.add(line);
    const written = this.#file.write(Buffer.from(this.#markFor(node) + line));
    await cut;
    await written;
  }

  async bytes(node: string, bytes: Uint8Array): Promise<void> {
    const stream = this.#streams.get(node);
    if (stream !== undefined) await this.#take(node, stream, stream.buffer.push(bytes));
  }

  async close(): Promise<void> {
    for (const [node, stream] of this.#streams) {
      await this.#take(node, stream, stream.buffer.end()).catch(ignore);
      this.#count(stream.reader.end());
    }
    await this.#file.close();
  }

  async #take(node: string, stream: Stream, bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    const { reader } = stream;
    const text = bytes.toString('utf8');
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#lines += 1;
    const records = reader.push(text);
    stream.bootedAt = earliestBoot(stream, Date.now() / 1000);
    this.#show(node, stream, text, records);
    const mark = this.#markFor(node);
    await this.#file.write(mark === '' ? bytes : Buffer.concat([Buffer.from(mark), bytes]));
  }

  #show(node: string, { filter }: Stream, text: string, records: readonly TraceRecord[]): void {
    this.#count(records);
    const shown = filter === undefined ? text : filter.push(text, records);
    if (shown === '') return;
    this.#switchTo(node);
    this.#channel.add(shown);
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

function newStream(expression: string | undefined): Stream {
  const isWanted = expression === undefined ? undefined : compilePcap(expression);
  return {
    buffer: new LineBuffer(),
    reader: new TraceReader(),
    filter: isWanted && new StreamFilter(isWanted),
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
