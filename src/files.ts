import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isGzip } from './core/text/gzip.ts';

/** Reads files piece by piece, which `vscode.workspace.fs` does not: a long one is never in memory as a whole. */
export type ReadFrom = (path: string, offset: number) => AsyncIterable<Uint8Array>;

const pieceSize = 1024 * 1024;
const blockSize = 256 * 1024;

/**
 * The bytes of a file from an offset to its end of now; of a gzipped one those that it holds.
 * @throws an error of the file system, or of zlib where a gzipped file is cut or damaged
 */
export async function* readFrom(path: string, offset: number): AsyncIterable<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(new Uint8Array(2), 0, 2, 0);
    yield* isGzip(buffer) ? readPacked(path, offset) : readPlain(file, offset);
  } finally {
    await file.close();
  }
}

async function* readPlain(file: FileHandle, offset: number): AsyncIterable<Uint8Array> {
  for (let at = offset; ;) {
    // Its own memory, which a thread can be given: a stream's would have to be copied, and would stay for long.
    const piece = new Uint8Array(pieceSize);
    const { bytesRead } = await file.read(piece, 0, pieceSize, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield bytesRead === pieceSize ? piece : piece.slice(0, bytesRead);
  }
}

/** The bytes that a gzipped file holds. @throws an error of zlib where it is cut, damaged, or no such file at all */
export async function* readPacked(path: string, offset: number): AsyncIterable<Uint8Array> {
  const unpacking = createGunzip({ chunkSize: blockSize });
  // What goes wrong before it ends it with that error.
  pipeline(readBlocks(path), unpacking, () => undefined);
  let toSkip = offset;
  for await (const chunk of unpacking as AsyncIterable<Uint8Array>) {
    const skipped = Math.min(toSkip, chunk.length);
    toSkip -= skipped;
    if (skipped < chunk.length) yield new Uint8Array(chunk.subarray(skipped));
    const { buffer, byteOffset, length } = chunk;
    // Filled to its end it is not used any more: as garbage, all of them would be as much as a table takes.
    if (buffer instanceof ArrayBuffer && byteOffset + length === buffer.byteLength) buffer.transfer(0);
  }
}

/** The bytes of a file, in the same memory each time: the next ones are read when the last ones were taken. */
async function* readBlocks(path: string): AsyncIterable<Uint8Array> {
  const file = await open(path);
  try {
    const block = new Uint8Array(blockSize);
    for (;;) {
      const { bytesRead } = await file.read(block, 0, blockSize);
      if (bytesRead === 0) return;
      // A stream waits until much was taken, but not until little was.
      yield bytesRead === blockSize ? block : block.slice(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
