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
}

/** A file that is read into a table, as far as it goes now and, when it has grown, further. */
export class Growth {
  readonly #options: GrowthOptions;
  #offset = 0;

  constructor(options: GrowthOptions) {
    this.#options = options;
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
    return isBegun ? thread.call('grow', { isOver }) : thread.call('read', { probe, isGrowing: !isOver });
  }

  /** Reads what has come since; `undefined` when that is nothing. */
  async readOn(
    isOver: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly columns: readonly ColumnInfo[]; readonly read: TableRead } | undefined> {
    const { thread, names } = this.#options;
    const before = this.#offset;
    for await (const bytes of this.#pieces()) {
      signal.throwIfAborted();
      await thread.call('push', { side: 0, bytes });
    }
    if (this.#offset === before && !isOver) return undefined;
    const read = await thread.call('grow', { isOver });
    const columns = await thread.call('name', await answerNames(read.questions, names, signal));
    return { columns, read };
  }

  async *#pieces(): AsyncIterable<Uint8Array> {
    const { readFrom, path } = this.#options;
    for await (const bytes of readFrom(path, this.#offset)) {
      this.#offset += bytes.length;
      yield bytes;
    }
  }
}
