/**
 * What a command of Calico's BPF tool answered. Its exit status alone says little: most failures end with status 0,
 * an empty stdout and one `[ERROR]` line on stderr; an unknown subcommand ends with 0 and prints its parent's help
 * (felix/cmd/calico-bpf/commands, all versions).
 */
import { linesOf } from '../text/lines.ts';
import { parseLogLine } from '../text/logLine.ts';

export interface ProbeOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** `undefined` when it is not known. */
  readonly exitCode: number | undefined;
}

export type Answer = { readonly kind: 'answered' } | FailedAnswer;

export interface FailedAnswer {
  readonly kind: 'failed';
  /**
   * `map-missing`: the BPF map is not pinned, so eBPF, or IPv6 in it, is off. `unsupported`: this version has no such
   * command. `tool-error`: anything else that the tool itself reported.
   */
  readonly reason: 'map-missing' | 'unsupported' | 'tool-error';
  /** One sentence in the user's words. */
  readonly message: string;
  /** What the tool said. */
  readonly said: string;
}

export function judgeAnswer({ stdout, stderr, exitCode }: ProbeOutput): Answer {
  if (isUsage(stdout)) {
    return {
      kind: 'failed',
      reason: 'unsupported',
      message: 'This Calico version has no such dump.',
      said: firstLine(stdout),
    };
  }
  const error = findError(stderr);
  const isEmpty = stdout.trim() === '';
  if (error === undefined && (exitCode ?? 0) === 0) return { kind: 'answered' };
  // What was printed before an error is an answer; the error is shown beside it.
  if (!isEmpty && exitCode === 0) return { kind: 'answered' };
  const said = error ?? firstLine(stderr.trim());
  return failure(said, exitCode);
}

function failure(said: string, exitCode: number | undefined): FailedAnswer {
  const map = /stat (\S*\/cali_\S+): no such file or directory/.exec(said)?.[1]?.split('/').at(-1);
  if (map !== undefined || /failed to access conntrack Map|failed to get map info/.test(said)) {
    const name = map ?? 'its map';
    const family =
      map?.includes('_v6_') === true
        ? 'IPv6 is off in Calico’s eBPF dataplane, or eBPF is off on this node'
        : 'eBPF is off on this node';
    return {
      kind: 'failed',
      reason: 'map-missing',
      message: `The BPF map ${name} is not there: ${family}.`,
      said,
    };
  }
  if (/^Error: unknown (?:command|flag|shorthand flag)|^flag provided but not defined/.test(said)) {
    return {
      kind: 'failed',
      reason: 'unsupported',
      message: 'This Calico version has no such command or flag.',
      said,
    };
  }
  const status = exitCode === undefined ? '' : ` (status ${exitCode})`;
  const words =
    said === '' ? `The command failed${status} without a word.` : `The command failed${status}: ${said}`;
  return { kind: 'failed', reason: 'tool-error', message: words, said };
}

/** The first error among the log lines, without time and place; the tool's own `Error:` line counts, too. */
function findError(stderr: string): string | undefined {
  for (const { start, end } of linesOf(stderr)) {
    const line = stderr.slice(start, end);
    if (line.startsWith('Error: ') || line.startsWith('flag provided but not defined')) return line;
    const log = parseLogLine(line);
    if (log !== undefined && /^(?:error|fatal|panic)$/.test(log.level)) return log.message;
  }
  return undefined;
}

function isUsage(stdout: string): boolean {
  return stdout.includes('Usage:') && stdout.includes('Available Commands:');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
