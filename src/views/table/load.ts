import type * as vscode from 'vscode';
import type { ColumnInfo, TableRead } from '../../core/table/calls.ts';
import type { QuickFilter } from '../../core/table/detail.ts';
import { Beginning, judgeBlank } from '../../core/dump/blank.ts';
import { factRules } from '../../core/facts/fact.ts';
import { noNames } from '../../core/names/names.ts';
import { judgedObjects, type KnownObjects } from '../../core/facts/known.ts';
import type { Printed } from '../../core/text/printed.ts';
import type { Problem } from '../../core/text/problem.ts';
import type { TableThread } from '../../worker/protocol.ts';
import { answerNames } from './answerNames.ts';
import { parseComparisonUri } from './comparison.ts';
import { readComparison, type ComparisonServices } from './readComparison.ts';
import { Growth } from './growth.ts';
import { readSource, type SourceServices, type TableSource } from './source.ts';

export interface LoadServices extends ComparisonServices, SourceServices {
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
      readonly hasDetails: boolean;
      readonly quickFilters: readonly QuickFilter[];
      /** The dumps of a comparison. */
      readonly dumps: readonly Printed[];
      /** Of a file that may grow. */
      readonly growth?: Growth;
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
  const source = await readSource(uri, services, signal);
  signal.throwIfAborted();
  if (source.kind === 'nothing') return source;
  if (source.kind === 'trace') return loadTrace(source, services, signal);
  const { probe, pieces, names, known, remarks } = source;
  return loaded(services, async (thread) => {
    await thread.call('begin', { side: 0, probe });
    const blank = judgeBlank(probe, await pushAll(thread, 0, pieces, signal));
    // A session's answer is known to be one: nothing means that there is nothing.
    const empty = blank === undefined || (blank.code === 'empty' && known !== undefined) ? [] : [blank];
    const isNameless = names === noNames;
    const read = await thread.call('read', { probe, isNameless });
    const { questions, problems, hasRules, hasDetails, quickFilters } = read;
    const facts = hasRules && known !== undefined ? await judge(thread, known, signal) : [];
    const columns = await thread.call('name', await answerNames(questions, names, signal));
    const noun = hasDetails ? 'packets' : 'entries';
    const told = [...remarks, ...unreadable([...empty, ...problems]), ...facts];
    return { columns, noun, remarks: told, hasDetails, quickFilters, dumps: [] };
  });
}

async function loadTrace(
  { path, probe, names }: Extract<TableSource, { kind: 'trace' }>,
  services: LoadServices,
  signal: AbortSignal,
): Promise<LoadedTable> {
  return loaded(services, async (thread) => {
    const growth = new Growth({ path, readFrom: services.readFrom, thread, names });
    const isOver = !services.growing.has(path);
    const { questions, problems, hasDetails, quickFilters } = await growth.read(probe, isOver, signal);
    const columns = await thread.call('name', await answerNames(questions, names, signal));
    const remarks = [...unreadable(problems), ...growth.remarks];
    return { columns, noun: 'packets', remarks, hasDetails, quickFilters, dumps: [], growth };
  });
}

async function loadComparison(
  source: Awaited<ReturnType<typeof readComparison>>,
  services: LoadServices,
  signal: AbortSignal,
): Promise<LoadedTable> {
  signal.throwIfAborted();
  if (source.kind === 'nothing') return source;
  const { dumps, names, sides } = source;
  return loaded(services, async (thread) => {
    for (const side of [0, 1] as const) {
      await thread.call('begin', { side, probe: dumps.probe });
      await pushAll(thread, side, sides[side].pieces(), signal);
    }
    const read: TableRead = await thread.call('compare', dumps);
    const [before, after] = names;
    const firstCount = read.counts[0] ?? 0;
    const answers = [
      ...(await answerNames(read.questions.slice(0, firstCount), before, signal)),
      ...(await answerNames(read.questions.slice(firstCount), after, signal)),
    ];
    const columns = await thread.call('name', answers);
    const told = unreadable(read.problems);
    return {
      columns,
      noun: 'differences',
      remarks: told,
      hasDetails: false,
      quickFilters: [],
      dumps: sides,
    };
  });
}

/** Hands a dump over; answers how it begins. */
async function pushAll(
  thread: TableThread,
  side: 0 | 1,
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<string> {
  const beginning = new Beginning();
  for await (const bytes of pieces) {
    beginning.see(bytes);
    await thread.call('push', { side, bytes });
    signal.throwIfAborted();
  }
  return beginning.text;
}

/** More of what is about no row is counted. */
const mostTold = 5;

/** Has the thread say what follows from the dump; answers what is about no row, in words. */
async function judge(
  thread: TableThread,
  { node, objects }: KnownObjects,
  signal: AbortSignal,
): Promise<readonly string[]> {
  for (const some of judgedObjects(objects)) {
    await thread.call('know', some);
    signal.throwIfAborted();
  }
  const absent = await thread.call('judge', { node });
  const told = absent.slice(0, mostTold).map(({ rule, text }) => `${text} (${factRules[rule]})`);
  const others = absent.length - told.length;
  return others === 0 ? told : [...told, `${others} more facts are about what is not in the dump.`];
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

export function unreadable(problems: readonly Problem[]): readonly string[] {
  const [first] = problems;
  if (first === undefined) return [];
  if (problems.length === 1) return [first.message];
  return [`${problems.length} places cannot be read. The first: ${first.message}`];
}
