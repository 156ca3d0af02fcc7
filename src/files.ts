import { open } from 'node:fs/promises';

/** Reads files piece by piece, which `vscode.workspace.fs` does not: a long one is never in memory as a whole. */
export type ReadFrom = (path: string, offset: number) => AsyncIterable<Uint8Array>;

const pieceSize = 1024 * 1024;

/** The bytes of a file from an offset to its end of now. @throws an error of the file system */
export async function* readFrom(path: string, offset: number): AsyncIterable<Uint8Array> {
  const file = await open(path);
  try {
    for (let at = offset; ;) {
      // Its own memory, which a thread can be given: a stream's would have to be copied, and would stay for long.
      const piece = new Uint8Array(pieceSize);
      const { bytesRead } = await file.read(piece, 0, pieceSize, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield bytesRead === pieceSize ? piece : piece.slice(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
