/**
 * Commands that do not outlive us, and whose output is known to be whole.
 *
 * An exec leaves its process running when the client goes away, unless it writes; so a shell beside it reads the
 * standard input, which ends with the connection, and ends the command then. After each command the shell ends both
 * streams of it with a mark and the exit status: without them something was lost on the way, whatever the API server
 * says. Several commands share one exec, and a batch may follow another, because to start an exec takes longer than
 * most commands do.
 */
import { randomBytes } from 'node:crypto';
import type { Printed } from '../../core/text/printed.ts';
import { Printing } from '../printing.ts';

/**
 * A constant. The first parameter is the mark; then come the commands, each as the number of its words and the words.
 * The text that is evaluated holds numbers of parameters only, never their values; scripts of ours are one parameter
 * after a number of none. The next batch comes by the standard input, when we ask for it: a line that says so, the
 * number of its parameters, and a line for each.
 *
 * A command that leads a group of processes, as `timeout` does, is ended with its group: ended while it starts its
 * child, `timeout` goes and leaves the child. And it is told so until it is gone, for half a second: a shell that has
 * just been forked still swallows a signal.
 */
const script = `
mark=$1; shift
exec 3<&0 </dev/null
end() { kill -$1 -$job || kill -$1 $job; } 2>/dev/null
trap '[ "$busy" ] || exit 143; job=$!; for i in 1 2 3 4 5; do end TERM || exit 143; sleep 0.1; done; end KILL; exit 143' TERM
watch() {
{ while read -r line; do [ "$line" = more ] && exit; done; kill $$; } <&3 3<&- >/dev/null 2>&1 &
watch=$!
}
run() {
while [ $# -gt 0 ]; do
n=$1; shift; i=0; words=exec
while [ $i -lt $n ]; do i=$((i+1)); words="$words \\"\\\${$i}\\""; done
[ $n -gt 0 ] || { n=1; words='eval "$1"'; }
busy=1
eval "$words 3<&-" &
wait $!; code=$?; busy=
[ "$mark" = - ] || say $code
shift $n
done
}
say() { printf '%s%s\\n' "$mark" $1; printf '%s%s\\n' "$mark" $1 >&2; }
watch
run "$@"
[ "$mark" = - ] && { kill $watch; exit $code; }
while wait $watch; do
IFS= read -r n <&3 || exit
set --
while [ $# -lt $n ]; do IFS= read -r word <&3 || exit; set -- "$@" "$word"; done
watch
run "$@"
done
`;

export interface Guarded {
  readonly argv: readonly string[];
  readonly mark: Buffer;
}

export function guard(commands: readonly (readonly string[])[]): Guarded {
  const mark = `\n#end ${randomBytes(12).toString('hex')} `;
  return { argv: ['sh', '-c', script, 'sh', mark, ...commands.flatMap(counted)], mark: Buffer.from(mark) };
}

/** Whether commands can be told by the standard input: each of their words is a line of its own there. */
export function canFollow(commands: readonly (readonly string[])[]): boolean {
  return commands.flat().every((word) => !word.includes('\n'));
}

/** What the standard input is told so that another batch runs. */
export function nextBatch(commands: readonly (readonly string[])[]): string {
  const words = commands.flatMap(counted);
  return ['more', String(words.length), ...words, ''].join('\n');
}

/** The same for one command whose stream nobody reads to its end: without a mark. */
export function guardOpen(argv: readonly string[]): readonly string[] {
  return ['sh', '-c', script, 'sh', '-', ...counted(argv)];
}

/** A script of ours needs no shell of its own: without words before it, it is one. */
function counted(argv: readonly string[]): readonly string[] {
  const [program, flag, script, ...args] = argv;
  const isScript = program === 'sh' && flag === '-c' && script !== undefined && args.length === 0;
  return isScript ? ['0', script] : [String(argv.length), ...argv];
}

/** What a command printed that came to its mark. */
export interface MarkedPart {
  readonly output: Printed;
  readonly exitCode: number;
}

/** Takes what a batch prints to a stream, with a mark after the output of each command, apart as it comes. */
export class MarkedStream {
  readonly #mark: Buffer;
  readonly #parts: { readonly output: Printing; readonly exitCode: number }[] = [];
  #output = new Printing();
  /** The end of what came, as far as a mark may begin there. */
  #held: Buffer = Buffer.alloc(0);

  constructor(mark: Buffer) {
    this.#mark = mark;
  }

  /** How many commands have come to their mark. */
  get count(): number {
    return this.#parts.length;
  }

  /** Takes some more; a promise asks to wait before there is yet more. */
  add(chunk: Buffer): Promise<void> | undefined {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    let wait: Promise<void> | undefined;
    for (;;) {
      const at = bytes.indexOf(this.#mark);
      const end = at < 0 ? -1 : bytes.indexOf(lineFeed, at + this.#mark.length);
      if (end < 0) return both(wait, this.#hold(bytes, at < 0 ? this.#beginOfMark(bytes) : at));
      wait = both(wait, this.#output.add(bytes.subarray(0, at)));
      const exitCode = Number(bytes.subarray(at + this.#mark.length, end).toString('latin1'));
      this.#parts.push({ output: this.#output, exitCode });
      this.#output = new Printing();
      bytes = bytes.subarray(end + 1);
    }
  }

  /** What each command printed that came to its mark, and what came after the last mark. */
  async end(): Promise<{ readonly parts: readonly MarkedPart[]; readonly rest: Printed }> {
    await this.#output.add(this.#held);
    const parts = this.#parts.map(async ({ output, exitCode }) => ({ output: await output.end(), exitCode }));
    return { parts: await Promise.all(parts), rest: await this.#output.end() };
  }

  #hold(bytes: Buffer, from: number): Promise<void> | undefined {
    // A copy, because the memory of the rest is given away.
    this.#held = Buffer.from(bytes.subarray(from));
    return this.#output.add(bytes.subarray(0, from));
  }

  /** Where the last bytes are the beginning of a mark; their end where they are none. */
  #beginOfMark(bytes: Buffer): number {
    const at = bytes.lastIndexOf(lineFeed);
    const tail = bytes.subarray(at);
    const mayBegin = at >= 0 && tail.length < this.#mark.length;
    return mayBegin && tail.equals(this.#mark.subarray(0, tail.length)) ? at : bytes.length;
  }
}

const lineFeed = 0x0a;

/** Waits for what there is to wait for. */
function both(
  first: Promise<void> | undefined,
  second: Promise<void> | undefined,
): Promise<void> | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return Promise.all([first, second]).then(() => undefined);
}
