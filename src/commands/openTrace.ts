import * as vscode from 'vscode';
import { every, traceNameOf, traceProbe } from '../core/probes.ts';
import { openAsTable, openDump } from '../documents/open.ts';
import { dumpUri, parseDumpUri } from '../documents/uri.ts';
import type { Connection } from '../host/connection.ts';
import type { GrowingFiles } from '../host/growingFiles.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import type { Session } from '../session/session.ts';
import { registerExplainPacket } from './explainPacket.ts';
import { withSession } from './withSession.ts';
import { pick } from './pick.ts';
import { registerCommand } from './registry.ts';

export interface OpenTraceServices {
  readonly connection: Connection;
  readonly log: Log;
  readonly growing: GrowingFiles;
}

/** Opens traces that exist already: those that were captured with a cluster, and files. */
export function registerOpenTrace({ connection, log, growing }: OpenTraceServices): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand('calicoBpf.trace.open', 'Opening the trace', log, (given) =>
      withSession(connection, async (session) => {
        const trace = given ?? (await pickTrace(session));
        if (trace === undefined) return; // The user dismissed a question.
        await openDump({ session, node: trace.node, probe: traceProbe(trace.name) });
      }),
    ),
    registerCommand('calicoBpf.trace.showPackets', 'Showing the packets', log, async (given) => {
      const uri = await traceUri(connection, growing, given);
      if (uri !== undefined) await openAsTable(uri);
    }),
    registerExplainPacket({ connection, log }),
    registerCommand('calicoBpf.trace.openFile', 'Opening the trace file', log, async () => {
      const [uri] = (await vscode.window.showOpenDialog(dialog)) ?? [];
      if (uri === undefined) return; // The user dismissed a question.
      const document = (await isTooLong(uri)) ? undefined : await openText(uri);
      if (document === undefined) return openAsTable(uri);
      await vscode.languages.setTextDocumentLanguage(document, 'calico-bpf-trace');
      await vscode.window.showTextDocument(document);
    }),
  );
}

/** VS Code colours no text above 20 MB, and gives extensions none above 50 MB; packed ones it does not read. */
async function isTooLong(uri: vscode.Uri): Promise<boolean> {
  return uri.path.endsWith('.gz') || (await vscode.workspace.fs.stat(uri)).size > 20_000_000;
}

/** VS Code opens nothing as text that begins with zero bytes; the table reads what it can. */
async function openText(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    return undefined;
  }
}

/** The trace that is handed over, or that the editor shows, or that runs, or that is chosen. */
async function traceUri(
  connection: Connection,
  growing: GrowingFiles,
  given: CapturedTrace | undefined,
): Promise<vscode.Uri | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  const isShown = document?.languageId === 'calico-bpf-trace' && !document.isUntitled;
  const shown = isShown && document.uri.scheme !== 'output' ? document.uri : undefined;
  const meant = given ?? (shown && capturedIn(connection, shown));
  if (meant === undefined && shown !== undefined) return shown;
  if (meant === undefined && growing.latest !== undefined) return vscode.Uri.file(growing.latest);
  return withSession(connection, async (session) => {
    const trace = await (meant === undefined ? pickPackets(session) : withOthers(session, meant));
    if (trace === undefined) return undefined; // The user dismissed a question.
    const { name, takenAt } = session.cluster.info;
    return dumpUri(name, { node: trace.node, probe: traceProbe(trace.name) }, takenAt);
  });
}

/** The trace of the open cluster that a document shows. */
function capturedIn({ session }: Connection, uri: vscode.Uri): CapturedTrace | undefined {
  const target = parseDumpUri(uri);
  const name = target && traceNameOf(target.probe);
  const isOpen = session?.cluster.info.name === target?.cluster;
  return target !== undefined && name !== undefined && isOpen ? { node: target.node, name } : undefined;
}

interface CapturedTrace {
  readonly node: string;
  readonly name: string;
}

const dialog: vscode.OpenDialogOptions = {
  title: 'Open Trace File',
  openLabel: 'Open Trace',
  filters: { Traces: ['log', 'txt', 'trace'], 'All files': ['*'] },
};

async function pickTrace(session: Session): Promise<CapturedTrace | undefined> {
  const choices = (await findTraces(session)).map((trace) => ({
    label: trace.name,
    description: trace.node,
    value: trace,
  }));
  return choices.length === 0 ? tellNone(session) : pick(`Trace of ${session.cluster.info.name}`, choices);
}

/** Asks whose packets are wanted: what several nodes captured under one name is one trace. */
async function pickPackets(session: Session): Promise<CapturedTrace | undefined> {
  const traces = await findTraces(session);
  if (traces.length === 0) return tellNone(session);
  const names = [...new Set(traces.map(({ name }) => name))];
  const nodes = [...new Set(traces.map(({ node }) => node))];
  const all = { label: 'All Traces', description: nodes.join(', '), value: { node: every, name: every } };
  const choices = names.map((name) => {
    const own = traces.filter((trace) => trace.name === name);
    return {
      label: name,
      description: own.map(({ node }) => node).join(', '),
      value: own.length > 1 ? { node: every, name } : own[0],
    };
  });
  const offered = names.length > 1 && nodes.length > 1 ? [all, ...choices] : choices;
  return pick(`Packets of ${session.cluster.info.name}`, offered);
}

/** A trace of a node with those that other nodes captured under its name. */
async function withOthers(session: Session, trace: CapturedTrace): Promise<CapturedTrace> {
  if (trace.node === every) return trace;
  const namesakes = (await findTraces(session)).filter(({ name }) => name === trace.name);
  return namesakes.length > 1 ? { node: every, name: trace.name } : trace;
}

function findTraces(session: Session): Promise<readonly CapturedTrace[]> {
  return withProgress('Looking for traces', async (signal) => {
    const nodes = await session.nodes(signal);
    const lists = await Promise.all(
      nodes.map(async ({ name: node }) => {
        const names = await session.cluster.traces(node, signal);
        return names.map((name) => ({ node, name }));
      }),
    );
    return lists.flat();
  });
}

async function tellNone({ cluster }: Session): Promise<undefined> {
  const file = 'Open Trace File…';
  const message = `No trace was captured with ${cluster.info.name}.`;
  const chosen = await vscode.window.showInformationMessage(message, file);
  if (chosen === file) await vscode.commands.executeCommand('calicoBpf.trace.openFile');
}
