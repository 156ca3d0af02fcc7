import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { readableProbes, readDump } from '../core/dump/readers.ts';
import { LineIndex } from '../core/text/lineIndex.ts';
import { exitStatus, readAll, UsageError, type CliIo } from './io.ts';
import { toJson } from './json.ts';

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
  const text = new TextDecoder().decode(await readInput(file, io));
  const dump = readDump(probe, text);
  const index = new LineIndex(text);
  const problems = dump?.problems.map(({ span, code, message }) => {
    const { line, column } = index.positionAt(span.start);
    return { line: line + 1, column: column + 1, code, message };
  });
  io.stdout.write(toJson({ entries: dump?.entries, problems }));
  return problems?.some(({ code }) => code === 'foreign') === true ? exitStatus.failed : exitStatus.fine;
}

function unknownProbe(probe: string): string {
  const nearest = readableProbes.filter((each) => each.split('.').some((word) => probe.includes(word)));
  const known = nearest.length > 0 ? nearest : readableProbes;
  return `Nobody reads “${probe}”. There are ${known.join(', ')}; .raw, .v6 and .json may follow.`;
}

async function readInput(file: string, io: CliIo): Promise<Uint8Array> {
  const bytes = file === '-' ? await readAll(io.stdin) : await readFile(file);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isGzip ? gunzipSync(bytes) : bytes;
}
