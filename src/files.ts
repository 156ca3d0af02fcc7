import { createReadStream } from 'node:fs';

/** Reads files piece by piece, which `vscode.workspace.fs` does not: a long trace is never in memory as a whole. */
export type ReadFrom = (path: string, offset: number) => AsyncIterable<Uint8Array>;

const pieceSize = 1024 * 1024;

/** The bytes of a file from an offset to its end of now. @throws an error of the file system */
export async function* readFrom(path: string, offset: number): AsyncIterable<Uint8Array> {
  for await (const piece of createReadStream(path, { start: offset, highWaterMark: pieceSize })) {
    // Its own memory: a view would bring a whole pool with it.
    yield new Uint8Array(piece as Buffer);
  }
}
