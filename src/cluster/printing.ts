/**
 * Takes what a command prints, as it comes. So much that it would matter goes into a temporary file, which has no name
 * and ends with whoever holds it: a dump may have hundreds of megabytes, and a table of it is to have room beside it.
 */
import { close, open as openFile, read as readFile, write as writeFile } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { printed, type Printed } from '../core/text/printed.ts';
import { ClusterError } from './cluster.ts';

const open = promisify(openFile);
const write = promisify(writeFile);
const read = promisify(readFile);

/** So much stays in memory, and of more is written at a time. */
const mostHeld = 2 * 1024 * 1024;
/** How it begins is asked of every output, most often to tell whether it is an answer. */
const headSize = 64 * 1024;
const pieceSize = 1024 * 1024;

export class Printing {
  /** How many bytes have come. */
  length = 0;
  /** What has come since it was written last, and room for more. */
  #buffer = new Uint8Array(0);
  #waiting = 0;
  #head: Uint8Array = new Uint8Array(0);
  #written: Promise<TemporaryFile | undefined> = Promise.resolve(undefined);

  /**
   * Takes some more, and gives its memory back where that holds nothing else; a promise, which never fails, asks to
   * wait before there is yet more.
   */
  add(chunk: Uint8Array): Promise<void> | undefined {
    const { length } = chunk;
    if (length === 0) return undefined;
    if (this.#waiting + length > this.#buffer.length) this.#makeRoom(this.#waiting + length);
    this.#buffer.set(chunk, this.#waiting);
    giveBack(chunk);
    this.#waiting += length;
    this.length += length;
    return this.#waiting < mostHeld ? undefined : this.#spill();
  }

  /** Says that this is all. @throws ClusterError `failed` when it cannot be kept */
  async end(): Promise<Printed> {
    if (this.length >= mostHeld && this.#waiting > 0) void this.#spill();
    const file = await this.#written;
    return file === undefined
      ? printed(this.#buffer.slice(0, this.length))
      : inFile(file, this.length, this.#head);
  }

  #makeRoom(needed: number): void {
    const isLong = this.length >= mostHeld;
    const larger = new Uint8Array(Math.max(needed, isLong ? mostHeld : this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#waiting));
    this.#buffer = larger;
  }

  /** Writes what waits, after what is being written. */
  #spill(): Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#waiting);
    const at = this.length - this.#waiting;
    this.#buffer = new Uint8Array(0);
    this.#waiting = 0;
    if (at === 0) this.#head = bytes.slice(0, headSize);
    this.#written = this.#written.then((file) => append(file, bytes, at));
    return this.#written.then(nothing, nothing);
  }
}

/**
 * Gives memory back at once: what waits to be found as garbage would be as much as a table takes. A message of an exec
 * has one byte more, which named its stream.
 */
function giveBack({ buffer, length }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength <= length + 1) buffer.transfer(0);
}

/** Writes to the end of a file that is `at` bytes long; without one into a new one. */
async function append(
  file: TemporaryFile | undefined,
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
): Promise<TemporaryFile> {
  try {
    const taker = file ?? (await openTemporary());
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await write(taker.descriptor, bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
    bytes.buffer.transfer(0);
    return taker;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const size = Math.ceil((at + bytes.length) / 1e6).toLocaleString('en');
    const message = `${size} MB of output cannot be kept in ${tmpdir()}: ${why}.`;
    throw new ClusterError('failed', message, { cause: error });
  }
}

function nothing(): void {}

interface TemporaryFile {
  readonly descriptor: number;
}

/** Who reads it last is not known: it is closed when nobody can any more. */
const unreachable = new FinalizationRegistry((descriptor: number) => close(descriptor));

async function openTemporary(): Promise<TemporaryFile> {
  const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-printed-'));
  try {
    const file = { descriptor: await open(join(folder, 'printed'), 'w+', 0o600) };
    unreachable.register(file, file.descriptor);
    return file;
  } finally {
    // An open file without a name is gone when it is closed, however this program ends.
    await rm(folder, { recursive: true, force: true });
  }
}

function inFile(file: TemporaryFile, length: number, head: Uint8Array): Printed {
  const readInto = async (bytes: Uint8Array, at: number) => {
    for (let done = 0; done < bytes.length;) {
      const { bytesRead } = await read(file.descriptor, bytes, done, bytes.length - done, at + done);
      if (bytesRead === 0) throw new Error('A temporary file has become shorter.');
      done += bytesRead;
    }
    return bytes;
  };
  return {
    length,
    head,
    async *pieces() {
      for (let at = 0; at < length; at += pieceSize)
        yield await readInto(new Uint8Array(Math.min(pieceSize, length - at)), at);
    },
    bytes: () => readInto(new Uint8Array(length), 0),
  };
}
