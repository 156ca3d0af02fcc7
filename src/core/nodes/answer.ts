/**
 * What a command of Calico's BPF tool answered. Its exit status alone says little: most failures end with status 0,
 * an empty stdout and one `[ERROR]` line on stderr; an unknown subcommand ends with 0 and prints its parent's help
 * (felix/cmd/calico-bpf/commands, all versions).
 */
import { linesOf } from '../text/lines.ts';
import { parseLogLine } from '../text/logLine.ts';

export interface ProbeOutput {
  /** The probe's id; it tells the family of a map that the tool does not name. */
  readonly probe?: string;
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

export function judgeAnswer(output: ProbeOutput): Answer {
  const { stdout, stderr, exitCode } = output;
  if (isUsage(stdout)) {
    const message = 'This Calico version has no such dump.';
    return { kind: 'failed', reason: 'unsupported', message, said: firstLine(stdout) };
  }
  const error = findError(stderr);
  const isEmpty = stdout.trim() === '';
  if (error === undefined && (exitCode ?? 0) === 0) return { kind: 'answered' };
  // What was printed before an error is an answer; the error is shown beside it.
  if (!isEmpty && exitCode === 0) return { kind: 'answered' };
  const said = error ?? firstLine(stderr.trim());
  // From v3.32 an interface without a policy is an empty answer; before, it is this error.
  if (noPolicyFile.test(said)) return { kind: 'answered' };
  return { kind: 'failed', said, ...explainFailure(said, output) };
}

const noPolicyFile =
  /^Failed to dump policy info\..*\bstat \S*\/bpf\/policy\/\S+\.json: no such file or directory/;

type Explanation = Pick<FailedAnswer, 'reason' | 'message'>;

function explainFailure(said: string, { probe, exitCode }: ProbeOutput): Explanation {
  const missing = explainMissingMap(said, probe);
  if (missing !== undefined) return missing;
  const known = knownFailures.find(([pattern]) => pattern.test(said));
  if (known !== undefined) return { reason: known[1], message: known[2] };
  const status = exitCode === undefined || exitCode === 0 ? '' : ` (status ${exitCode})`;
  const words =
    said === '' ? `The command failed${status} without a word.` : `The command failed${status}: ${said}`;
  return { reason: 'tool-error', message: words };
}

function explainMissingMap(said: string, probe: string | undefined): Explanation | undefined {
  const map = /stat \S*\/(cali_\w+): no such file or directory/.exec(said)?.[1];
  if (map === undefined && !/failed to access conntrack Map|failed to get map info/.test(said))
    return undefined;
  const subject = map === undefined ? 'The BPF map of this dump' : `The BPF map ${map}`;
  const isIpv6 = map?.includes('_v6_') ?? probe?.split('.').includes('v6');
  return {
    reason: 'map-missing',
    message: `${subject} is not there: ${missingMapCause(isIpv6)}.`,
  };
}

function missingMapCause(isIpv6: boolean | undefined): string {
  if (isIpv6 === false) return 'eBPF is off on this node';
  return isIpv6 === true
    ? 'IPv6 is off in Calico’s eBPF dataplane, or eBPF is off on this node'
    : 'eBPF is off on this node, or IPv6 is off in it';
}

const knownFailures: readonly (readonly [said: RegExp, FailedAnswer['reason'], message: string])[] = [
  [
    /^Error: unknown (?:command|flag|shorthand flag)|^flag provided but not defined/,
    'unsupported',
    'This Calico version has no such command or flag.',
  ],
  [
    /"calico(?:-node)?": executable file not found/,
    'unsupported',
    'The node’s image does not have this program: the BPF tool is “calico-node -bpf” through Calico v3.32 and “calico component node bpf” from v3.33.',
  ],
  [/^No such interface: /, 'tool-error', 'The node has no such interface.'],
  [/not found in NAT map/, 'tool-error', 'The node’s NAT map has no such frontend.'],
  [
    /operation not permitted|permission denied/i,
    'tool-error',
    'The node did not permit it: the BPF tool needs the privileges of the calico-node container.',
  ],
];

/** The first error among the log lines, without time and place; the tool's own `Error:` line counts, too. */
function findError(stderr: string): string | undefined {
  for (const { start, end } of linesOf(stderr)) {
    const line = stderr.slice(start, end);
    if (/^(?:Error: |flag provided but not defined|OCI runtime exec failed)/.test(line)) return line;
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
