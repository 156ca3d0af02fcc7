import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { ClusterError } from '../cluster.ts';

/** The most that one file of a snapshot may hold, unpacked: 256 MiB. */
export const maxFileBytes = 256 * 1024 * 1024;

/**
 * Reads a file, or the `.gz` beside it, whole; `undefined` when neither is there. Stops at `limit` bytes.
 * @throws ClusterError `unreadable` for a damaged file, `too-large` above the limit
 */
export async function readMaybePacked(
  path: string,
  signal: AbortSignal,
  limit = maxFileBytes,
): Promise<Uint8Array | undefined> {
  if (await isFile(path)) return readWhole(path, limit, signal);
  if (await isFile(`${path}.gz`)) return readWhole(`${path}.gz`, limit, signal);
  return undefined;
}

export async function isFile(path: string): Promise<boolean> {
  return (await statOrUndefined(path))?.isFile() ?? false;
}

export async function isFolder(path: string): Promise<boolean> {
  return (await statOrUndefined(path))?.isDirectory() ?? false;
}

async function statOrUndefined(path: string) {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
}

async function readWhole(path: string, limit: number, signal: AbortSignal): Promise<Uint8Array> {
  const file = createReadStream(path, { signal });
  const source = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // `pipe` does not hand errors on.
  file.once('error', (error) => source.destroy(error));
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge(path, limit);
      chunks.push(chunk);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ClusterError) throw error;
    throw new ClusterError(
      'unreadable',
      `${path} cannot be read${because(error)}. The file is damaged or cut off.`,
      {
        cause: error,
      },
    );
  } finally {
    file.destroy();
  }
  return Buffer.concat(chunks, size);
}

/** What an error says, as the rest of a sentence; nothing when it says nothing. */
export function because(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return why === '' ? '' : `: ${why}`;
}

function tooLarge(path: string, limit: number): ClusterError {
  const size = Math.round(limit / 1024 / 1024);
  return new ClusterError(
    'too-large',
    `${path} holds more than ${size} MiB, the most that is read of one file.`,
  );
}
