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
  /** What has come since it was written last. */
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #waiting = 0;
  #head: Uint8Array = new Uint8Array(0);
  #written: Promise<TemporaryFile | undefined> = Promise.resolve(undefined);

  /** Takes some more, with its memory; a promise, which never fails, asks to wait before there is yet more. */
  add(chunk: Uint8Array): Promise<void> | undefined {
    if (chunk.length === 0) return undefined;
    this.#pieces.push(withOwnMemory(chunk));
    this.#waiting += chunk.length;
    this.length += chunk.length;
    return this.#waiting < mostHeld ? undefined : this.#spill();
  }

  /** Says that this is all. @throws ClusterError `failed` when it cannot be kept */
  async end(): Promise<Printed> {
    if (this.length >= mostHeld && this.#waiting > 0) void this.#spill();
    const file = await this.#written;
    return file === undefined ? printed(joined(this.#pieces)) : inFile(file, this.length, this.#head);
  }

  /** Writes what waits, after what is being written. */
  #spill(): Promise<void> {
    const at = this.length - this.#waiting;
    const pieces = this.#pieces;
    const bytes = joined(pieces);
    // Given back at once: what waits to be found as garbage would be as much as a table takes.
    if (pieces.length > 1) for (const { buffer } of pieces) buffer.transfer(0);
    this.#pieces = [];
    this.#waiting = 0;
    if (at === 0) this.#head = bytes.slice(0, headSize);
    this.#written = this.#written.then((file) => append(file, bytes, at));
    return this.#written.then(nothing, nothing);
  }
}

/**
 * The bytes with memory of their own: a message of an exec has it, and one byte more, which named its stream. Of others a
 * copy, so that a little does not keep much.
 */
function withOwnMemory(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = chunk;
  return buffer instanceof ArrayBuffer && buffer.byteLength <= length + 1
    ? new Uint8Array(buffer, byteOffset, length)
    : new Uint8Array(chunk);
}

function joined(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
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
