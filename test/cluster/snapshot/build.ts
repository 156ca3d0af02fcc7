/** Snapshots and archives that tests build for themselves. */
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { packTar, type TarHeader } from 'modern-tar';
import { packTar as packFolderTar } from 'modern-tar/fs';

export const sampleSnapshot = join(import.meta.dirname, '..', '..', '..', 'media', 'sample-snapshot');

/** Packs a folder as `.tar.gz`. */
export async function packFolder(folder: string, archive: string): Promise<void> {
  await pipeline(packFolderTar(folder), createGzip({ level: 1 }), createWriteStream(archive));
}

export const manifest = JSON.stringify({
  format: 'calico-ebpf-snapshot',
  version: 1,
  takenAt: '2026-05-10T10:00:00Z',
  cluster: 'small',
  redacted: false,
});

/** Writes files, by their path in the folder. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

export interface ArchiveEntry {
  readonly name: string;
  readonly text?: string;
  readonly header?: Partial<TarHeader>;
}

/** A `.tar.gz` of exactly these entries, however hostile. */
export async function packEntries(entries: readonly ArchiveEntry[]): Promise<Uint8Array> {
  const tar = await packTar(
    entries.map(({ name, text = '', header = {} }) => ({
      header: { name, size: Buffer.byteLength(text), type: 'file', ...header },
      body: text,
    })),
  );
  return gzipSync(tar);
}
