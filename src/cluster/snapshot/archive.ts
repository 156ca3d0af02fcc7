import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import { ClusterError } from '../cluster.ts';
import { because, isFile, maxFileBytes } from './files.ts';

/** What an archive may hold at most: a snapshot of 1,000 nodes is far below. */
export const archiveLimits = { files: 500_000, bytes: 8 * 1024 ** 3, fileBytes: maxFileBytes };
export type ArchiveLimits = typeof archiveLimits;

export interface UnpackedArchive {
  /** The folder that holds `snapshot.json`. */
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/**
 * Unpacks a `.tar.gz` into a private temporary folder. Only plain files with a path inside it are taken: an
 * entry that leads elsewhere, a link or a device makes the whole archive refused, since no snapshot has any.
 */
export async function unpackArchive(
  path: string,
  signal: AbortSignal,
  limits: ArchiveLimits = archiveLimits,
): Promise<UnpackedArchive> {
  const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-snapshot-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await unpackInto(folder, path, signal, limits);
    return { folder: await snapshotFolder(folder), remove };
  } catch (error) {
    await remove();
    signal.throwIfAborted();
    if (error instanceof ClusterError) throw error;
    const message = `${path} cannot be unpacked${because(error)}. The archive is damaged or cut off.`;
    throw new ClusterError('unreadable', message, { cause: error });
  }
}

async function unpackInto(
  folder: string,
  path: string,
  signal: AbortSignal,
  limits: ArchiveLimits,
): Promise<void> {
  const file = createReadStream(path, { signal });
  const unzipped = file.pipe(createGunzip());
  file.once('error', (error) => unzipped.destroy(error));
  // Node's and the browser's types of the same stream differ in name only.
  const bytesOfTar = Readable.toWeb(unzipped) as unknown as ReadableStream<Uint8Array>;
  const entries = bytesOfTar.pipeThrough(createTarDecoder({ strict: true }));
  let files = 0;
  let bytes = 0;
  try {
    for await (const entry of entries as unknown as AsyncIterable<ParsedTarEntry>) {
      signal.throwIfAborted();
      const target = checkedTarget(folder, path, entry, limits);
      bytes += entry.header.size;
      if (++files > limits.files || bytes > limits.bytes) throw tooLarge(path, limits);
      if (target === undefined) await entry.body.cancel();
      else await writeEntry(target, entry, signal);
    }
  } finally {
    file.destroy();
    unzipped.destroy();
  }
}

/** Where an entry goes; `undefined` for what makes no file (a folder, a header of the format). */
function checkedTarget(
  folder: string,
  path: string,
  { header }: ParsedTarEntry,
  limits: ArchiveLimits,
): string | undefined {
  const type = header.type ?? 'file';
  if (type === 'directory' || type.startsWith('pax-') || type.startsWith('gnu-')) return undefined;
  if (type !== 'file') throw unsafe(path, `“${header.name}” is a ${type}`);
  const parts = header.name.split('/').filter((part) => part !== '' && part !== '.');
  const leaves = header.name.startsWith('/') || /[\\:\0]/.test(header.name) || parts.includes('..');
  if (leaves || parts.length === 0) throw unsafe(path, `“${header.name}” leads outside of it`);
  if (header.size > limits.fileBytes) throw tooLarge(path, limits);
  return join(folder, ...parts);
}

async function writeEntry(target: string, { body }: ParsedTarEntry, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const sink = createWriteStream(target, { flags: 'wx', mode: 0o600 });
  await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), sink, { signal });
}

/** The archive may hold the snapshot's files, or one folder that holds them. */
async function snapshotFolder(folder: string): Promise<string> {
  if (await isFile(join(folder, 'snapshot.json'))) return folder;
  const [only, ...more] = await readdir(folder);
  return only !== undefined && more.length === 0 ? join(folder, only) : folder;
}

function unsafe(path: string, why: string): ClusterError {
  return new ClusterError('unreadable', `${path} is not opened: ${why}. A snapshot holds plain files only.`);
}

function tooLarge(path: string, limits: ArchiveLimits): ClusterError {
  const limit = `${limits.files.toLocaleString('en')} files, ${limits.bytes / 1024 ** 3} GiB, ${limits.fileBytes / 1024 ** 2} MiB a file`;
  return new ClusterError('too-large', `${path} holds more than is unpacked (${limit}).`);
}
