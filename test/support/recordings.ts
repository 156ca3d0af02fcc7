/** The recordings of real dataplanes under `test/fixtures/recordings`, output by output. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';

export const recordingsFolder = join(import.meta.dirname, '..', 'fixtures', 'recordings');

/** What one probe printed on one node. */
export interface RecordedOutput {
  /** `v3.32.1-healthy`. */
  readonly recording: string;
  readonly node: string;
  readonly probe: string;
  readonly stream: 'out' | 'err';
  readonly text: string;
}

/** The names of the recordings: `<version>-<scenario>`. */
export const recordingNames: readonly string[] = readdirSync(recordingsFolder)
  .filter((file) => file.endsWith('.tar.gz'))
  .map((file) => file.replace('.tar.gz', ''));

/** Every output of a recording. */
export async function recordedOutputs(recording: string): Promise<readonly RecordedOutput[]> {
  const entries = await unpackTar(gunzipSync(readFileSync(join(recordingsFolder, `${recording}.tar.gz`))));
  return entries.flatMap(({ header, data }) => {
    const [, node, probe, stream, packed] =
      /\/nodes\/([^/]+)\/([^/]+)\.(out|err)(\.gz)?$/.exec(header.name) ?? [];
    if (node === undefined || probe === undefined || data === undefined) return [];
    const bytes = packed === undefined ? data : gunzipSync(data);
    return {
      recording,
      node,
      probe,
      stream: stream === 'err' ? 'err' : 'out',
      text: Buffer.from(bytes).toString('utf8'),
    };
  });
}

/** A packed file beside the recordings. */
export function readPacked(name: string): string {
  return gunzipSync(readFileSync(join(recordingsFolder, name))).toString('utf8');
}
