import { isClusterError } from '../cluster/cluster.ts';
import { judgeBlank } from '../core/dump/blank.ts';
import type { Connection } from '../host/connection.ts';
import type { ProbeText, Session } from '../session/session.ts';
import type { DumpTarget } from './uri.ts';

/** What a dump's document shows: what the tool printed, verbatim, or why there is nothing to show. */
export type Content =
  | { readonly kind: 'dump'; readonly text: string; readonly answer: ProbeText; readonly session: Session }
  | { readonly kind: 'remark'; readonly text: string };

/** VS Code hands no document above 50 MB to extensions. */
const maxDocumentSize = 50_000_000;

/** Reads what a document is to show from the open cluster; opens the last one first if none was opened yet. */
export async function readContent(
  target: DumpTarget,
  connection: Connection,
  signal: AbortSignal,
): Promise<Content> {
  if (connection.session === undefined) await connection.restore();
  const { session } = connection;
  if (session === undefined || !isOf(target, session)) return remark(notOpen(target, session));
  try {
    const { output } = await session.output(target, signal);
    if (output.length > maxDocumentSize) return remark(tooLong(target, output.length));
    const answer = await session.text(target, signal);
    const { text } = answer;
    if (text.trim() === '') return remark(empty(target, answer));
    return { kind: 'dump', text, answer, session };
  } catch (error) {
    if (!isClusterError(error)) throw error;
    return remark(`${target.probe} of ${target.node} cannot be shown.\n\n${error.message}`);
  }
}

function remark(text: string): Content {
  return { kind: 'remark', text: `${text}\n` };
}

/** Whether a document is of the open cluster; of a snapshot, of that very recording. */
function isOf({ cluster, time }: DumpTarget, session: Session): boolean {
  const { name, takenAt } = session.cluster.info;
  return name === cluster && (takenAt?.toISOString() ?? '') === time;
}

function notOpen({ cluster, node, probe, time }: DumpTarget, session: Session | undefined): string {
  const which = time === '' ? cluster : `${cluster}, recorded at ${time}`;
  const open =
    session === undefined ? 'No cluster is open' : `What is open is ${session.cluster.info.origin}`;
  return `This is ${probe} of ${node} in the cluster ${which}.\n${open}: open the right one in the view “Cluster”, and the dump appears here.`;
}

function empty({ node, probe }: DumpTarget, { argv, stderr }: ProbeText): string {
  const asked = argv.length === 0 ? probe : argv.join(' ');
  const said = stderr.trim() === '' ? '' : `\nOn stderr: ${stderr.trim()}`;
  return `${meaningOfNothing(probe)}\n\n“${asked}” on ${node} succeeded and printed nothing.${said}`;
}

function meaningOfNothing(probe: string): string {
  if (judgeBlank(probe, '')?.code === 'foreign')
    return 'The command always prints something: its output was lost.';
  if (probe.startsWith('policy.dump.')) return 'There is no policy program to show for this interface.';
  return 'The map has no entries.';
}

function tooLong({ node, probe }: DumpTarget, length: number): string {
  const size = Math.round(length / 1e6).toLocaleString('en');
  return `${probe} of ${node} has ${size} MB; VS Code gives no more than 50 MB of text to an editor.\nIt opens as a table: “Open as Table” in the Cluster view, or “Reopen Editor With…”. The command line reads it, too: calico-ebpf parse ${probe} FILE`;
}
