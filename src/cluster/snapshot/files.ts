import { stat } from 'node:fs/promises';
import type { Printed } from '../../core/text/printed.ts';
import { readFrom, readPacked } from '../../files.ts';
import { ClusterError } from '../cluster.ts';
import { Printing } from '../printing.ts';

/** The most that one file of a snapshot may hold, unpacked: 512 MiB. A raw dump of a full conntrack map has 280. */
export const maxFileBytes = 512 * 1024 * 1024;

/**
 * Reads a file, or the `.gz` beside it, whole; `undefined` when neither is there. Stops at `limit` bytes.
 * @throws ClusterError `unreadable` for a damaged file, `too-large` above the limit
 */
export async function readMaybePacked(
  path: string,
  signal: AbortSignal,
  limit = maxFileBytes,
): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  const isThere = await readInto(path, { limit, take: (piece) => void pieces.push(piece) }, signal);
  return isThere ? Buffer.concat(pieces) : undefined;
}

/** The same for what may be long. @throws ClusterError as above, and `failed` where there is no room to keep it */
export async function readPrinted(
  path: string,
  signal: AbortSignal,
  limit = maxFileBytes,
): Promise<Printed | undefined> {
  const printing = new Printing();
  const isThere = await readInto(path, { limit, take: (piece) => printing.add(piece) }, signal);
  return isThere ? printing.end() : undefined;
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

interface Reading {
  readonly limit: number;
  /** A promise asks to wait before there is more. */
  readonly take: (piece: Uint8Array) => Promise<void> | undefined;
}

/** Hands over a file, or the `.gz` beside it unpacked; `false` when neither is there. */
async function readInto(path: string, { limit, take }: Reading, signal: AbortSignal): Promise<boolean> {
  const isPlain = await isFile(path);
  if (!isPlain && !(await isFile(`${path}.gz`))) return false;
  const found = isPlain ? path : `${path}.gz`;
  let size = 0;
  try {
    for await (const piece of isPlain ? readFrom(found, 0) : readPacked(found, 0)) {
      signal.throwIfAborted();
      size += piece.length;
      if (size > limit) throw tooLarge(found, limit);
      await take(piece);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ClusterError) throw error;
    const message = `${found} cannot be read${because(error)}. The file is damaged or cut off.`;
    throw new ClusterError('unreadable', message, { cause: error });
  }
  return true;
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
