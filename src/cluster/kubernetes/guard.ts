/**
 * Commands that do not outlive us, and whose output is known to be whole.
 *
 * An exec leaves its process running when the client goes away, unless it writes; so a shell beside it reads the
 * standard input, which ends with the connection, and ends the command then. After each command the shell ends both
 * streams of it with a mark and the exit status: without them something was lost on the way, whatever the API server
 * says. Several commands share one exec, because to start one takes longer than most commands do.
 */
import { randomBytes } from 'node:crypto';

/**
 * A constant. The first parameter is the mark; then come the commands, each as the number of its words and the words. The text
 * that is evaluated holds numbers of parameters only, never their values.
 *
 * A command that leads a group of processes, as `timeout` does, is ended with its group: ended while it starts its
 * child, `timeout` goes and leaves the child. And it is told so until it is gone, for half a second: a shell that has
 * just been forked still swallows a signal.
 */
const script = `
mark=$1; shift
exec 3<&0 </dev/null
end() { kill -$1 -$job || kill -$1 $job; } 2>/dev/null
trap 'job=$!; for i in 1 2 3 4 5; do end TERM || exit 143; sleep 0.1; done; end KILL; exit 143' TERM
{ while read -r line; do :; done; kill $$; } <&3 3<&- >/dev/null 2>&1 &
watch=$!
exec 3<&-
while [ $# -gt 0 ]; do
n=$1; shift; i=0; words=
while [ $i -lt $n ]; do i=$((i+1)); words="$words \\"\\\${$i}\\""; done
eval "exec $words" &
wait $!; code=$?
[ "$mark" = - ] || { printf '%s%s\\n' "$mark" $code; printf '%s%s\\n' "$mark" $code >&2; }
shift $n
done
kill $watch
exit $code
`;

export interface Guarded {
  readonly argv: readonly string[];
  readonly mark: Buffer;
}

export function guard(commands: readonly (readonly string[])[]): Guarded {
  const mark = `\n#end ${randomBytes(12).toString('hex')} `;
  return { argv: ['sh', '-c', script, 'sh', mark, ...commands.flatMap(counted)], mark: Buffer.from(mark) };
}

/** The same for one command whose stream nobody reads to its end: without a mark. */
export function guardOpen(argv: readonly string[]): readonly string[] {
  return ['sh', '-c', script, 'sh', '-', ...counted(argv)];
}

function counted(argv: readonly string[]): readonly string[] {
  return [String(argv.length), ...argv];
}

export interface Marked {
  /** What each command that came to its mark printed. */
  readonly parts: readonly { readonly bytes: Buffer; readonly exitCode: number }[];
  /** What came after the last mark. */
  readonly rest: Buffer;
}

export function splitAtMarks(output: Buffer, mark: Buffer): Marked {
  const parts: { readonly bytes: Buffer; readonly exitCode: number }[] = [];
  let from = 0;
  for (;;) {
    const at = output.indexOf(mark, from);
    const end = at < 0 ? -1 : output.indexOf(0x0a, at + mark.length);
    if (end < 0) return { parts, rest: output.subarray(from) };
    const exitCode = Number(output.subarray(at + mark.length, end).toString('latin1'));
    parts.push({ bytes: output.subarray(from, at), exitCode });
    from = end + 1;
  }
}
