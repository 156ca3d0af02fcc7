import * as vscode from 'vscode';
import { parseDumpUri } from '../../documents/uri.ts';
import type { ReadFrom } from '../../files.ts';
import type { Connection } from '../../host/connection.ts';
import type { GrowingFiles } from '../../host/growingFiles.ts';
import { every, traceProbe } from '../../core/probes.ts';
import { hasTable } from '../../core/table/readTable.ts';
import { looksLikeTrace } from '../../core/trace/looksLikeTrace.ts';
import { isGzip } from '../../core/text/gzip.ts';
import { printed } from '../../core/text/printed.ts';
import { noNames, type Names } from '../../core/names/names.ts';
import type { KnownObjects } from '../../core/facts/known.ts';
import { isClusterError } from '../../cluster/cluster.ts';

/** What a table is made of. */
export type TableSource =
  | {
      readonly kind: 'dump';
      readonly probe: string;
      /** Its bytes, in pieces whose memory is the taker's. */
      readonly pieces: AsyncIterable<Uint8Array>;
      readonly names: Names;
      /** What facts follow from; `undefined` for a file, which is of no node in particular. */
      readonly known: KnownObjects | undefined;
      /** What is to be known of it. */
      readonly remarks: readonly string[];
    }
  /** A trace in a file of this machine, which may be long, and may grow. */
  | { readonly kind: 'trace'; readonly path: string; readonly probe: string; readonly names: Names }
  | { readonly kind: 'nothing'; readonly why: string };

export interface SourceServices {
  readonly connection: Connection;
  readonly readFrom: ReadFrom;
  readonly growing: GrowingFiles;
}

/** Reads what a table shows: a dump of the open cluster, or a file that is named as a snapshot names its own. */
export async function readSource(
  uri: vscode.Uri,
  services: SourceServices,
  signal: AbortSignal,
): Promise<TableSource> {
  const target = parseDumpUri(uri);
  const { connection } = services;
  if (target === undefined) return readFile(uri, services, signal);
  const { session } = await restored(connection);
  if (session === undefined || session.cluster.info.name !== target.cluster) {
    return {
      kind: 'nothing',
      why: `The cluster ${target.cluster} is not open. Open it in the view “Cluster”.`,
    };
  }
  try {
    const { output, truncated } = await session.output(target, signal);
    const names = await session.names(target.node === every ? undefined : target.node, signal);
    const remarks = truncated ? ['The dump is cut off: there are more entries than are shown.'] : [];
    const known = { node: target.node, objects: await session.objects(signal) };
    return { kind: 'dump', probe: target.probe, pieces: output.pieces(), names, known, remarks };
  } catch (error) {
    if (!isClusterError(error)) throw error;
    return { kind: 'nothing', why: error.message };
  }
}

async function restored(connection: Connection): Promise<Connection> {
  if (connection.session === undefined) await connection.restore();
  return connection;
}

/** So much of a file tells whether it is a trace. */
const headSize = 64 * 1024;

/** The beginning of a file of this machine. */
async function headOf(path: string, readFrom: ReadFrom): Promise<Uint8Array> {
  for await (const bytes of readFrom(path, 0)) return bytes.subarray(0, headSize);
  return new Uint8Array();
}

async function readFile(
  uri: vscode.Uri,
  { connection, readFrom, growing }: SourceServices,
  signal: AbortSignal,
): Promise<TableSource> {
  const names = await namesOf(connection, signal);
  const probe = probeOfFile(uri);
  const dump = { kind: 'dump', names, known: undefined, remarks: [] } as const;
  if (uri.scheme === 'file') {
    const head = await headOf(uri.fsPath, readFrom);
    if (growing.has(uri.fsPath) || isTrace(uri, head))
      return { kind: 'trace', path: uri.fsPath, probe: traceProbe(probe), names };
    // However large the file is, it is never in memory as a whole.
    return { ...dump, probe, pieces: readFrom(uri.fsPath, 0) };
  }
  const read = await vscode.workspace.fs.readFile(uri);
  const bytes = isGzip(read) ? new Uint8Array(await unpacked(read)) : read;
  const isOfTrace = isTrace(uri, bytes.subarray(0, headSize));
  return { ...dump, probe: isOfTrace ? traceProbe(probe) : probe, pieces: printed(bytes).pieces() };
}

/** A file is of no node in particular; whoever has its addresses in the open cluster may be who is meant. */
async function namesOf(connection: Connection, signal: AbortSignal): Promise<Names> {
  return (await connection.session?.names(undefined, signal)) ?? noNames;
}

/** A trace may have any name; how it begins tells. */
function isTrace(uri: vscode.Uri, head: Uint8Array): boolean {
  return !hasTable(probeOfFile(uri)) && looksLikeTrace(new TextDecoder().decode(head));
}

/** `conntrack.dump.raw` of `…/conntrack.dump.raw.out.gz`. */
export function probeOfFile({ path }: vscode.Uri): string {
  const name = path.split('/').at(-1) ?? '';
  return name.replace(/\.gz$/, '').replace(/\.(?:out|txt|log)$/, '');
}

async function unpacked(bytes: Uint8Array): Promise<ArrayBuffer> {
  const stream = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}
