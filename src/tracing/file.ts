import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { dirname } from 'node:path';

/** How many bytes wait for the disk, to be written together, before the trace has to. */
const mostWaiting = 1024 * 1024;

/** A trace in full, on disk. */
export class TraceFile {
  readonly path: string;
  readonly #stream: WriteStream;
  #failure: Error | undefined;

  private constructor(path: string, stream: WriteStream) {
    this.path = path;
    this.#stream = stream;
    stream.on('error', (error) => (this.#failure = error));
  }

  /** @throws an error of the file system when it cannot be written */
  static async create(path: string): Promise<TraceFile> {
    await mkdir(dirname(path), { recursive: true });
    const stream = createWriteStream(path, { mode: 0o600, highWaterMark: mostWaiting });
    await once(stream, 'open');
    return new TraceFile(path, stream);
  }

  /** Writes bytes; waits while the disk is slower than the trace. */
  async write(bytes: Uint8Array | string): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#stream.write(bytes)) await once(this.#stream, 'drain');
  }

  /** @throws an error of the file system when the last of it could not be written */
  async close(): Promise<void> {
    this.#stream.end();
    await finished(this.#stream);
  }
}
