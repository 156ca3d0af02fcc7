import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { createTarPacker } from 'modern-tar';
import { ClusterError } from '../cluster.ts';

/** Where a snapshot is written: file by file, in any order. */
export interface SnapshotTarget {
  readonly path: string;
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Completes it; before that, an archive is not there. */
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * A `.tar.gz` (or `.tgz`), which takes the place of one that is there, or a folder, which must be new or empty. Only
 * the user may read what is written.
 * @throws ClusterError `failed`
 */
export async function openTarget(path: string): Promise<SnapshotTarget> {
  try {
    return await (isArchivePath(path) ? openArchive(path) : openFolder(path));
  } catch (error) {
    throw toWriteFailure(path, error);
  }
}

/** What a disk refuses is a failure of the world; anything else stays what it is. */
export function toWriteFailure(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const message = `The snapshot cannot be written to ${path}: ${error.message}.`;
  return new ClusterError('failed', message, { cause: error });
}

export async function writeJson(target: SnapshotTarget, name: string, value: unknown): Promise<void> {
  await target.write(name, new TextEncoder().encode(`${JSON.stringify(value, undefined, 1)}\n`));
}

export function isArchivePath(path: string): boolean {
  return /\.(?:tar\.gz|tgz)$/i.test(path);
}

/** Above this size a file of a folder is packed. */
const packedAbove = 64 * 1024;
const pack = promisify(gzip);

async function openFolder(path: string): Promise<SnapshotTarget> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if ((await readdir(path)).length > 0) {
    throw new ClusterError('failed', `${path} is not empty. Choose a new folder for the snapshot.`);
  }
  const put = async (name: string, bytes: Uint8Array) => {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, bytes, { mode: 0o600 });
  };
  return {
    path,
    write: async (name, bytes) =>
      bytes.length > packedAbove ? put(`${name}.gz`, await pack(bytes)) : put(name, bytes),
    finish: async () => {},
    discard: () => rm(path, { recursive: true, force: true }),
  };
}

async function openArchive(path: string): Promise<SnapshotTarget> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  const { readable, controller } = createTarPacker();
  // Node's and the browser's types of the same stream differ in name only.
  const tar = Readable.fromWeb(readable as unknown as Parameters<typeof Readable.fromWeb>[0]);
  const giveUp = new AbortController();
  const file = createWriteStream(partial, { mode: 0o600 });
  const packed = pipeline(tar, createGzip(), file, { signal: giveUp.signal });
  // A full disk ends the next write, whichever it is.
  const broken = packed.then(() => new Promise<never>(() => {}));
  broken.catch(() => {});
  let last: Promise<unknown> = Promise.resolve();
  const add = async (name: string, bytes: Uint8Array) => {
    const writer = controller.add({ name, size: bytes.length, type: 'file', mode: 0o600 }).getWriter();
    if (bytes.length > 0) await writer.write(bytes);
    await writer.close();
  };
  return {
    path,
    write: async (name, bytes) => {
      // An archive takes one file after the other.
      const done = last.then(() => Promise.race([add(name, bytes), broken]));
      last = done.catch(() => {});
      await done;
    },
    finish: async () => {
      await last;
      controller.finalize();
      await packed;
      await rename(partial, path);
    },
    discard: async () => {
      giveUp.abort();
      await packed.catch(() => {});
      await rm(partial, { force: true });
    },
  };
}
