/**
 * A command that does not outlive us, and whose output is known to be whole.
 *
 * An exec leaves its process running when the client goes away, unless it writes; so a shell beside it reads the
 * standard input, which ends with the connection, and ends the command then. When the command ends, the shell ends both streams with
 * a mark: without it, something was lost on the way, whatever the status says.
 */
import { randomBytes } from 'node:crypto';

/** A constant: the mark is `$0`, the command and its arguments are the positional parameters. */
const script = `
exec 3<&0
"$@" </dev/null 3<&- &
job=$!
{ while read -r line; do :; done; kill "$job"; } <&3 >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait "$job"
code=$?
kill "$watch" 2>/dev/null
printf %s "$0"
printf %s "$0" >&2
exit "$code"
`;

export interface Guarded {
  readonly argv: readonly string[];
  readonly mark: Buffer;
}

export function guard(argv: readonly string[]): Guarded {
  const mark = `\n#end ${randomBytes(12).toString('hex')}\n`;
  return { argv: ['sh', '-c', script, mark, ...argv], mark: Buffer.from(mark) };
}

/** The same for a stream that nobody reads to its end: without a mark. */
export function guardOpen(argv: readonly string[]): readonly string[] {
  return ['sh', '-c', script, '', ...argv];
}

/** What came before the mark; `undefined` when the mark is not there. */
export function withoutMark(output: Buffer, mark: Buffer): Buffer | undefined {
  const end = output.length - mark.length;
  return end >= 0 && output.subarray(end).equals(mark) ? output.subarray(0, end) : undefined;
}
