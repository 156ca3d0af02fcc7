import type * as vscode from 'vscode';
import type { ColumnInfo, TableRead } from '../../core/table/calls.ts';
import type { Problem } from '../../core/text/problem.ts';
import type { TableThread } from '../../worker/protocol.ts';
import { answerNames } from './answerNames.ts';
import { parseComparisonUri } from './comparison.ts';
import { readComparison, type ComparisonServices } from './readComparison.ts';
import { readSource } from './source.ts';

export interface LoadServices extends ComparisonServices {
  readonly startThread: () => TableThread;
}

/** A table that was read into a thread of its own, or why there is none. */
export type LoadedTable =
  | {
      readonly kind: 'table';
      readonly thread: TableThread;
      readonly columns: readonly ColumnInfo[];
      readonly noun: string;
      readonly remarks: readonly string[];
      /** The texts of the dumps, where they are none of the open cluster as it is. */
      readonly texts: readonly string[];
    }
  | { readonly kind: 'nothing'; readonly why: string };

/** Reads a dump, or the differences of two, into a thread. */
export async function loadTable(
  uri: vscode.Uri,
  services: LoadServices,
  signal: AbortSignal,
): Promise<LoadedTable> {
  const comparison = parseComparisonUri(uri);
  return comparison === undefined
    ? loadDump(uri, services, signal)
    : loadComparison(await readComparison(comparison, services, signal), services, signal);
}

async function loadDump(uri: vscode.Uri, services: LoadServices, signal: AbortSignal): Promise<LoadedTable> {
  const source = await readSource(uri, services.connection, signal);
  signal.throwIfAborted();
  if (source.kind === 'nothing') return source;
  const { probe, text, names, remarks } = source;
  return loaded(services, async (thread) => {
    const { questions, problems } = await thread.call('read', { probe, text });
    const columns = await thread.call('name', await answerNames(questions, names, signal));
    return { columns, noun: 'entries', remarks: [...remarks, ...unreadable(problems)], texts: [] };
  });
}

async function loadComparison(
  source: Awaited<ReturnType<typeof readComparison>>,
  services: LoadServices,
  signal: AbortSignal,
): Promise<LoadedTable> {
  signal.throwIfAborted();
  if (source.kind === 'nothing') return source;
  const { dumps, names } = source;
  return loaded(services, async (thread) => {
    const read: TableRead = await thread.call('compare', dumps);
    const [before, after] = names;
    const firstCount = read.counts[0] ?? 0;
    const answers = [
      ...(await answerNames(read.questions.slice(0, firstCount), before, signal)),
      ...(await answerNames(read.questions.slice(firstCount), after, signal)),
    ];
    const columns = await thread.call('name', answers);
    const texts = [dumps.before.text, dumps.after.text];
    return { columns, noun: 'differences', remarks: unreadable(read.problems), texts };
  });
}

/** A thread that does not come to a table is ended. */
async function loaded(
  { startThread }: LoadServices,
  load: (thread: TableThread) => Promise<Omit<Extract<LoadedTable, { kind: 'table' }>, 'kind' | 'thread'>>,
): Promise<LoadedTable> {
  const thread = startThread();
  try {
    return { kind: 'table', thread, ...(await load(thread)) };
  } catch (error) {
    thread.dispose();
    throw error;
  }
}

function unreadable(problems: readonly Problem[]): readonly string[] {
  const [first] = problems;
  if (first === undefined) return [];
  if (problems.length === 1) return [first.message];
  return [`${problems.length} places cannot be read. The first: ${first.message}`];
}
