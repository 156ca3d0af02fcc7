import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { openRows } from '../core/columns/openRows.ts';
import type { PlacedProblem } from '../core/columns/placed.ts';
import type { EntryRows } from '../core/columns/rows.ts';
import { DumpStream } from '../core/columns/stream.ts';
import { Beginning, judgeBlank } from '../core/dump/blank.ts';
import { readableProbes, readDump } from '../core/dump/readers.ts';
import { LineIndex } from '../core/text/lineIndex.ts';
import type { Problem } from '../core/text/problem.ts';
import { isGzip } from '../core/text/gzip.ts';
import { exitStatus, readAll, taken, UsageError, type CliIo } from './io.ts';
import { indented, JsonList, toJson } from './json.ts';

/** Reads a dump and writes its entries and problems as JSON; problems stand at lines and columns from one. */
export async function runParse(args: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    // JSON is the only form of the answer; a layout tells its version, so `--calico` changes nothing so far.
    options: { calico: { type: 'string' }, json: { type: 'boolean' } },
  });
  const [probe, file = '-', ...rest] = positionals;
  if (probe === undefined || rest.length > 0) throw new UsageError('Give a probe id and at most one file.');
  if (values.calico !== undefined && !/^(?:v?\d+\.\d+(?:\.\d+)?\S*|master)$/.test(values.calico)) {
    throw new UsageError(`“${values.calico}” is no Calico version, such as v3.32.1.`);
  }
  if (readDump(probe, '') === undefined) throw new UsageError(unknownProbe(probe));
  const input = readInput(file, io);
  const rows = openRows(probe);
  const problems =
    rows === undefined ? await parseWhole(probe, input, io) : await parsePieces(probe, { rows, input }, io);
  return problems.some(({ code }) => code === 'foreign') ? exitStatus.failed : exitStatus.fine;
}

interface ToldProblem {
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

async function parseWhole(
  probe: string,
  input: AsyncIterable<Uint8Array | string>,
  io: CliIo,
): Promise<readonly ToldProblem[]> {
  const text = new TextDecoder().decode(await readAll(input));
  const dump = readDump(probe, text);
  const index = new LineIndex(text);
  const problems = orBlank(dump?.problems ?? [], probe, text).map((problem) =>
    tell({ ...problem, ...index.positionAt(problem.span.start) }),
  );
  io.stdout.write(toJson({ entries: dump?.entries, problems }));
  return problems;
}

/** Writes entries as they come: a dump of many needs no more memory than one of few. */
async function parsePieces(
  probe: string,
  { rows, input }: { readonly rows: EntryRows<unknown>; readonly input: AsyncIterable<Uint8Array | string> },
  io: CliIo,
): Promise<readonly ToldProblem[]> {
  const stream = new DumpStream(rows);
  const list = new JsonList(io.stdout, '{\n  "entries": ');
  const beginning = new Beginning();
  for await (const piece of input) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    beginning.see(bytes);
    const isWanted = stream.push(bytes);
    rows.drain((entry) => list.add(entry));
    await taken(io, list.flush());
    if (!isWanted) break;
  }
  const { problems } = stream.end();
  rows.drain((entry) => list.add(entry));
  list.end();
  const told = orBlank(problems, probe, beginning.text).map((problem) =>
    tell({ line: 0, column: 0, ...problem }),
  );
  io.stdout.write(`,\n  "problems": ${indented(toJson(told).trimEnd(), 2)}\n}\n`);
  return told;
}

/** The problems, or that there is nothing at all. */
function orBlank<P extends Problem>(
  problems: readonly P[],
  probe: string,
  text: string,
): readonly (P | Problem)[] {
  const blank = problems.length === 0 ? judgeBlank(probe, text) : undefined;
  return blank === undefined ? problems : [blank];
}

function tell({ line, column, code, message }: PlacedProblem): ToldProblem {
  return { line: line + 1, column: column + 1, code, message };
}

function unknownProbe(probe: string): string {
  const nearest = readableProbes.filter((each) => each.split('.').some((word) => probe.includes(word)));
  const known = nearest.length > 0 ? nearest : readableProbes;
  return `Nobody reads “${probe}”. There are ${known.join(', ')}; .raw, .v6 and .json may follow.`;
}

/** The bytes of a file or of stdin, unpacked where they are packed. */
async function* readInput(file: string, io: CliIo): AsyncGenerator<Uint8Array | string> {
  const source = file === '-' ? io.stdin : createReadStream(file, { highWaterMark: pieceSize });
  const pieces = source[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done === true) return;
  const rest = (async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => pieces };
  })();
  const isPacked = typeof first.value !== 'string' && isGzip(first.value);
  yield* isPacked ? Readable.from(rest).pipe(createGunzip({ chunkSize: pieceSize })) : rest;
}

const pieceSize = 1024 * 1024;
