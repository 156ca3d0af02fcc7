/** Probes that read files of a node: several share a process, because to start one takes longer than to read. */
import { printed } from '../../core/text/printed.ts';
import type { Output } from './run.ts';

export interface Files {
  readonly kind: 'files';
  /** `*` stands for any name. A file that is not there is none that fails. */
  readonly paths: readonly string[];
  /** Of these it is told only where they are not there, `<path>:absent`. */
  readonly needed?: readonly string[];
  /** Whether the path stands before each line, `<path>:<line>`. */
  readonly isNamed: boolean;
}

/** The command for the files of one probe, or of several. */
export function readFiles(all: readonly Files[]): readonly string[] {
  const paths = [...new Set(all.flatMap((each) => each.paths))];
  const needed = [...new Set(all.flatMap((each) => each.needed ?? []))];
  const isNamed = all.length > 1 || all.some((each) => each.isNamed);
  if (!isNamed) return ['cat', ...paths];
  const missing = needed.map((path) => `[ -e ${path} ] || echo ${path}:absent; `);
  return ['sh', '-c', `${missing.join('')}grep -sH '' ${paths.join(' ')}; exit 0`];
}

/** What a probe would have had alone of what was printed for several. */
export async function partOf(output: Output, { paths, needed = [], isNamed }: Files): Promise<Output> {
  const told = [
    ...paths.map((path) => `${escaped(path)}:`),
    ...needed.map((path) => `${escaped(path)}:absent$`),
  ];
  const own = new RegExp(`^(?:${told.join('|')})`, 'm');
  const lines = Buffer.from(await output.stdout.bytes())
    .toString('latin1')
    .split(/(?<=\n)/)
    .filter((line) => own.test(line))
    .map((line) => (isNamed ? line : line.slice(line.indexOf(':') + 1)));
  return { ...output, stdout: printed(Buffer.from(lines.join(''), 'latin1')) };
}

function escaped(path: string): string {
  return path.replaceAll('.', '\\.').replaceAll('*', '[^/:]*');
}
