import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { openSnapshot } from '../cluster/snapshot/snapshotCluster.ts';
import { noNames, type Names } from '../core/names/names.ts';
import type { TraceRecord } from '../core/trace/packets.ts';
import { TraceReader } from '../core/trace/reader.ts';
import { parseReasonVersion, type ReasonVersion } from '../core/trace/reasons.ts';
import { TraceTotals } from '../core/trace/summary.ts';
import { createSession } from '../session/create.ts';
import { exitStatus, taken, UsageError, type CliIo } from './io.ts';
import { recordToJson, recordToText, summaryToText } from './traceText.ts';

export const traceUsage =
  'calico-ebpf trace [FILE] [--snapshot PATH --node NODE] [--calico VERSION] [--denied] [--filter WORDS] [--json]';

const options = {
  snapshot: { type: 'string' },
  node: { type: 'string' },
  calico: { type: 'string' },
  denied: { type: 'boolean' },
  filter: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Decodes a BPF trace as it comes: one line a packet, with names, and a summary at its end. */
export async function runTrace(args: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const [file = '-', ...rest] = positionals;
  if (rest.length > 0) throw new UsageError('Give at most one file.');
  const { names, version } = await surroundingsOf(values);
  const reader = new TraceReader(version);
  const totals = new TraceTotals();
  const write = async (records: readonly TraceRecord[]) => {
    for (const record of records) totals.add(record);
    const wanted = records.filter((record) => values.denied !== true || isDenied(record));
    const lines = wanted.map((record) =>
      values.json === true ? recordToJson(record, names) : recordToText(record, names),
    );
    const text = lines.filter((line) => line !== undefined && hasWords(line, values.filter)).join('\n');
    if (text !== '') await taken(io, io.stdout.write(`${text}\n`));
  };

  const decoder = new TextDecoder();
  for await (const chunk of openInput(file, io)) {
    await write(reader.push(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })));
  }
  await write(reader.push(decoder.decode()));
  await write(reader.end());
  const summary = totals.summary(reader);
  if (values.json === true) io.stdout.write(`${JSON.stringify({ summary })}\n`);
  else io.stderr.write(summaryToText(summary));
  return exitStatus.fine;
}

interface Surroundings {
  readonly names: Names;
  readonly version: ReasonVersion | undefined;
}

/** Who is who in the snapshot, and which version of Calico it has. */
async function surroundingsOf(values: {
  readonly snapshot?: string | undefined;
  readonly node?: string | undefined;
  readonly calico?: string | undefined;
}): Promise<Surroundings> {
  const given = values.calico === undefined ? undefined : parseReasonVersion(values.calico);
  if (values.calico !== undefined && given === undefined)
    throw new UsageError(`“${values.calico}” is no Calico version, such as v3.32.1.`);
  if (values.snapshot === undefined) {
    if (values.node !== undefined)
      throw new UsageError('A node has names in a snapshot only: give --snapshot.');
    return { names: noNames, version: given };
  }
  const { signal } = new AbortController();
  const cluster = await openSnapshot(values.snapshot, {}, signal);
  try {
    const session = createSession(cluster, { info() {}, warn() {} });
    const nodes = await session.nodes(signal);
    const node = nodes.find(({ name }) => name === values.node);
    if (values.node !== undefined && node === undefined)
      throw new UsageError(
        `The snapshot has no node “${values.node}”, but ${nodes.map(({ name }) => name).join(', ')}.`,
      );
    const recorded = node?.calicoVersion ?? cluster.info.calicoVersion;
    return {
      names: await session.names(values.node, signal),
      version: given ?? (recorded === undefined ? undefined : parseReasonVersion(recorded)),
    };
  } finally {
    await cluster.close();
  }
}

function openInput(file: string, io: CliIo): AsyncIterable<Uint8Array | string> {
  if (file === '-') return io.stdin;
  const bytes = createReadStream(file);
  return file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
}

function isDenied(record: TraceRecord): boolean {
  return record.kind === 'packet'
    ? record.packet.verdict.kind === 'denied'
    : record.connect.outcome === 'no-backend';
}

/** Whether a line has all the words, in any case. */
function hasWords(line: string, words: string | undefined): boolean {
  if (words === undefined) return true;
  const text = line.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
