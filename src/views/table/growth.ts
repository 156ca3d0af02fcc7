import type { ColumnInfo, TableRead } from '../../core/table/calls.ts';
import type { Names } from '../../core/names/names.ts';
import type { ReadFrom } from '../../files.ts';
import type { TableThread } from '../../worker/protocol.ts';
import { answerNames } from './answerNames.ts';

/** So much is read before the thread takes it in. */
const batchSize = 16_000_000;

export interface GrowthOptions {
  readonly path: string;
  readonly readFrom: ReadFrom;
  readonly thread: TableThread;
  readonly names: Names;
  /** How many bytes become rows at most: a table holds the text that its rows open to. */
  readonly mostBytes?: number;
}

const usualMostBytes = 256_000_000;

/** A file that is read into a table, as far as it goes now and, when it has grown, further. */
export class Growth {
  readonly #options: GrowthOptions;
  readonly #mostBytes: number;
  #offset = 0;
  #isOver = false;
  #isCut = false;

  constructor(options: GrowthOptions) {
    this.#options = options;
    this.#mostBytes = options.mostBytes ?? usualMostBytes;
  }

  /** What is to be known of what is not in the table. */
  get remarks(): readonly string[] {
    if (!this.#isCut) return [];
    const size = Math.round(this.#offset / 1e6).toLocaleString('en');
    return [
      `Only the first ${size} MB of the trace are in the table. “calico-ebpf trace ${this.#options.path} --denied” reads all of it, however long it is.`,
    ];
  }

  /** Reads what there is. */
  async read(probe: string, isOver: boolean, signal: AbortSignal): Promise<TableRead> {
    const { thread } = this.#options;
    let waiting = 0;
    let isBegun = false;
    for await (const bytes of this.#pieces()) {
      signal.throwIfAborted();
      waiting += bytes.length;
      await thread.call('push', { side: 0, bytes });
      if (waiting < batchSize) continue;
      waiting = 0;
      if (isBegun) await thread.call('grow', { isOver: false });
      else await thread.call('read', { probe, isGrowing: true });
      isBegun = true;
    }
    this.#isOver ||= isOver;
    if (isBegun) return thread.call('grow', { isOver: this.#isOver });
    return thread.call('read', { probe, isGrowing: !this.#isOver });
  }

  /** Reads what has come since; `undefined` when that is nothing. */
  async readOn(
    isOver: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly columns: readonly ColumnInfo[]; readonly read: TableRead } | undefined> {
    if (this.#isOver) return undefined;
    const { thread, names } = this.#options;
    const before = this.#offset;
    for await (const bytes of this.#pieces()) {
      signal.throwIfAborted();
      await thread.call('push', { side: 0, bytes });
    }
    this.#isOver ||= isOver;
    if (this.#offset === before && !this.#isOver) return undefined;
    const read = await thread.call('grow', { isOver: this.#isOver });
    const columns = await thread.call('name', await answerNames(read.questions, names, signal));
    return { columns, read };
  }

  async *#pieces(): AsyncIterable<Uint8Array> {
    const { readFrom, path } = this.#options;
    for await (const bytes of readFrom(path, this.#offset)) {
      const room = this.#mostBytes - this.#offset;
      if (bytes.length <= room) {
        this.#offset += bytes.length;
        yield bytes;
        continue;
      }
      const end = bytes.lastIndexOf(lineFeed, room - 1) + 1;
      this.#offset += end;
      this.#isCut = true;
      this.#isOver = true;
      if (end > 0) yield bytes.slice(0, end);
      return;
    }
  }
}

const lineFeed = 0x0a;
