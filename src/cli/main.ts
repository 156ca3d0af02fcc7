import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isClusterError } from '../cluster/cluster.ts';
import { diagnoseUsage, runDiagnose } from './diagnose.ts';
import { exitStatus, UsageError, type CliIo } from './io.ts';
import { lintUsage, runLint } from './lint.ts';
import { runParse } from './parse.ts';
import { runSnapshotDiff, snapshotDiffUsage } from './snapshotDiff.ts';
import { runSnapshotInfo } from './snapshotInfo.ts';
import { runSnapshotTake, snapshotTakeUsage } from './snapshotTake.ts';
import { runTrace, traceUsage } from './trace.ts';

interface Command {
  /** The words that choose it. */
  readonly words: readonly string[];
  readonly usage: string;
  readonly summary: string;
  readonly run: (args: readonly string[], io: CliIo) => Promise<number>;
}

const commands: readonly Command[] = [
  {
    words: ['parse'],
    usage: 'calico-ebpf parse <probe id> [FILE] [--calico VERSION]',
    summary: 'reads a dump (stdin by default) and writes its entries and problems as JSON',
    run: runParse,
  },
  {
    words: ['lint'],
    usage: lintUsage,
    summary: 'checks FelixConfigurations in YAML files',
    run: runLint,
  },
  {
    words: ['diagnose'],
    usage: diagnoseUsage,
    summary: 'names the causes of trouble in a snapshot or a live cluster, with evidence and fixes',
    run: runDiagnose,
  },
  {
    words: ['trace'],
    usage: traceUsage,
    summary: 'decodes a BPF trace (stdin by default) into packets, with the names of a snapshot',
    run: runTrace,
  },
  {
    words: ['snapshot', 'info'],
    usage: 'calico-ebpf snapshot info PATH [--json]',
    summary: 'describes a snapshot: a folder or a .tar.gz',
    run: runSnapshotInfo,
  },
  {
    words: ['snapshot', 'take'],
    usage: snapshotTakeUsage,
    summary: 'records a live cluster, or what another snapshot holds, into a folder or a .tar.gz',
    run: runSnapshotTake,
  },
  {
    words: ['snapshot', 'diff'],
    usage: snapshotDiffUsage,
    summary:
      'compares the maps of two snapshots, node by node; those that change with every packet when asked for',
    run: runSnapshotDiff,
  },
];

/** Runs a command line and answers the exit status. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const command = commands.find(({ words }) => words.every((word, index) => args[index] === word));
  if (command === undefined) return answerOther(args, io);
  const rest = args.slice(command.words.length);
  if (rest.includes('--help')) {
    io.stdout.write(`${command.usage}\n\n${command.summary}\n`);
    return exitStatus.fine;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isUsage =
      error instanceof UsageError || ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
    if (!isUsage && !isClusterError(error) && !('syscall' in error) && !isDamagedArchive(error)) throw error;
    io.stderr.write(`${error.message}\n${isUsage ? `Usage: ${command.usage}\n` : ''}`);
    return exitStatus.failed;
  }
}

function answerOther([first]: readonly string[], io: CliIo): number {
  if (first === '--version') {
    io.stdout.write(`${ownVersion()}\n`);
    return exitStatus.fine;
  }
  const isAsked = first === '--help' || first === 'help';
  (isAsked ? io.stdout : io.stderr).write(help(isAsked || first === undefined ? undefined : first));
  return isAsked ? exitStatus.fine : exitStatus.failed;
}

function help(unknown: string | undefined): string {
  const list = commands.map(({ usage, summary }) => `  ${usage}\n      ${summary}\n`).join('');
  const first = unknown === undefined ? '' : `There is no command “${unknown}”.\n\n`;
  return `${first}Usage:\n${list}\nData goes to stdout, words to stderr. Exit status: 0 fine, 1 findings of severity error, 2 it could not be done.\n`;
}

/** The version stands in package.json, beside `dist` and two folders above this source. */
function ownVersion(): string {
  const path = ['..', '../..'].map((up) => join(import.meta.dirname, up, 'package.json')).find(existsSync);
  const manifest: unknown = path === undefined ? {} : JSON.parse(readFileSync(path, 'utf8'));
  return manifest !== null && typeof manifest === 'object' && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
}

function isDamagedArchive(error: Error): boolean {
  return 'code' in error && String(error.code).startsWith('Z_');
}
