import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { formatVersion, newestVersion, parseVersion } from '../core/felix/versions.ts';
import type { CalicoVersion } from '../core/felix/versions.ts';
import { LineIndex } from '../core/text/lineIndex.ts';
import { diagnosePiece } from '../language/diagnose.ts';
import type { Diagnosis } from '../language/diagnosis.ts';
import { readDocument } from '../language/document.ts';
import { aimOf } from '../language/kustomize.ts';
import { isInteresting, isPatchLike, kustomizationNames } from '../language/protocol.ts';
import type { PatchAim } from '../language/targets.ts';
import { exitStatus, readAll, UsageError } from './io.ts';
import type { CliIo } from './io.ts';
import { toSarif } from './sarif.ts';

/** One finding in one file; lines and columns from one, columns in UTF-16 units. */
export interface LintFinding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Diagnosis['severity'];
  readonly code: string;
  readonly message: string;
}

export const lintUsage = 'calico-ebpf lint FILE…|- [--calico VERSION] [--format text|json|sarif]';

const formats = ['text', 'json', 'sarif'] as const;
type Format = (typeof formats)[number];

/** Checks files. Not all of them read is worse than errors found: the answer is then not the whole one. */
export async function runLint(args: readonly string[], io: CliIo): Promise<number> {
  const { files, version, format } = readArguments(args);
  const findings: LintFinding[] = [];
  let unreadable = false;
  for (const file of files) {
    const text = await readText(file, io);
    if (text === undefined) unreadable = true;
    else findings.push(...lint(file === '-' ? '<stdin>' : file, text, version, await aimedAt(file, text)));
  }
  io.stdout.write(render(findings, format));
  if (format === 'text') io.stderr.write(`${summary(findings, files.length, version)}\n`);
  if (unreadable) return exitStatus.failed;
  return findings.some(({ severity }) => severity === 'error') ? exitStatus.findings : exitStatus.fine;
}

interface Request {
  readonly files: readonly string[];
  readonly version: CalicoVersion;
  readonly format: Format;
}

function readArguments(args: readonly string[]): Request {
  const { positionals: files, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { calico: { type: 'string' }, format: { type: 'string' }, json: { type: 'boolean' } },
  });
  if (files.length === 0) throw new UsageError('No file given.');
  return {
    files,
    version: versionOf(values.calico),
    format: values.json === true ? 'json' : formatOf(values.format),
  };
}

function versionOf(text: string | undefined): CalicoVersion {
  if (text === undefined) return newestVersion;
  const version = parseVersion(text);
  if (version === undefined) throw new UsageError(`“${text}” is no Calico version, such as v3.32.1.`);
  return version;
}

function formatOf(text: string | undefined): Format {
  const format = formats.find((each) => each === (text ?? 'text'));
  if (format === undefined) throw new UsageError(`There is no format “${text}”: ${formats.join(', ')}.`);
  return format;
}

async function readText(file: string, io: CliIo): Promise<string | undefined> {
  try {
    const bytes = file === '-' ? await readAll(io.stdin) : await readFile(file);
    return decode(bytes);
  } catch (error) {
    io.stderr.write(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

/** UTF-8, or UTF-16 behind its byte order mark, as PowerShell writes what is redirected into a file. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder('utf-8').decode(bytes);
}

/** What the kustomizations in the folder of a JSON patch, and in the two around it, aim the patch at. */
async function aimedAt(file: string, text: string): Promise<PatchAim | undefined> {
  if (file === '-' || isInteresting(text) || !isPatchLike(text)) return undefined;
  const folders = ['.', '..', '../..'].map((up) => join(dirname(resolve(file)), up));
  const paths = folders.flatMap((folder) => kustomizationNames.map((name) => join(folder, name)));
  const read = paths.map(async (path) => {
    const found = await readFile(path, 'utf8').catch(() => undefined);
    return found === undefined ? [] : [{ uri: pathToFileURL(path).href, text: found }];
  });
  return aimOf(pathToFileURL(resolve(file)).href, (await Promise.all(read)).flat());
}

/** What is wrong in a text, in its order. */
export function lint(
  file: string,
  text: string,
  version: CalicoVersion,
  aim?: PatchAim,
): readonly LintFinding[] {
  const document = readDocument(file, text, { aim });
  const lines = new LineIndex(document.text);
  const context = { version, cluster: undefined, isPatch: /patch/i.test(file), besideYamlServer: false };
  return document.pieces
    .flatMap(({ start, piece }) =>
      diagnosePiece(piece, context).map((each) => toFinding(file, lines, each, start)),
    )
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function toFinding(file: string, lines: LineIndex, diagnosis: Diagnosis, by: number): LintFinding {
  const { span, severity, code, message } = diagnosis;
  const start = lines.positionAt(span.start + by);
  const end = lines.positionAt(span.end + by);
  return {
    file,
    line: start.line + 1,
    column: start.column + 1,
    endLine: end.line + 1,
    endColumn: end.column + 1,
    severity,
    code,
    message,
  };
}

function render(findings: readonly LintFinding[], format: Format): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(findings, undefined, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(toSarif(findings), undefined, 2)}\n`;
    case 'text':
      return findings.map((each) => `${toLine(each)}\n`).join('');
  }
}

function toLine({ file, line, column, severity, code, message }: LintFinding): string {
  return `${file}:${line}:${column}: ${severity}: ${message} [${code}]`;
}

function summary(findings: readonly LintFinding[], files: number, version: CalicoVersion): string {
  const count = (wanted: LintFinding['severity']) =>
    findings.filter(({ severity }) => severity === wanted).length;
  const parts = [plural(count('error'), 'error'), plural(count('warning'), 'warning')];
  return `${parts.join(', ')} in ${plural(files, 'file')}, checked for Calico ${formatVersion(version)}.`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
