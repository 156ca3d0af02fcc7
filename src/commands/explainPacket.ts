import * as vscode from 'vscode';
import { ifAnswered } from '../cluster/cluster.ts';
import { LineIndex } from '../core/text/lineIndex.ts';
import type { Span } from '../core/text/problem.ts';
import { findExplanation } from '../core/trace/evidence.ts';
import { explainPacket, explanationTitle, type Explanation } from '../core/trace/explain.ts';
import { TraceReader } from '../core/trace/reader.ts';
import { LineRemark } from '../documents/lineRemark.ts';
import { dumpUri, parseDumpUri } from '../documents/uri.ts';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import type { Session } from '../session/session.ts';
import { withSession } from './withSession.ts';
import { pick } from './pick.ts';
import { registerCommand } from './registry.ts';

/** A place that explains a packet's verdict, of a trace of a node. */
interface Asked {
  readonly node: string | undefined;
  readonly explanation: Explanation;
}

/** Opens what explains the verdict of a packet: the one that is handed over, or that at the cursor in a trace. */
export function registerExplainPacket({
  connection,
  log,
}: {
  readonly connection: Connection;
  readonly log: Log;
}): vscode.Disposable {
  const remark = new LineRemark();
  return vscode.Disposable.from(
    remark,
    registerCommand('calicoBpf.trace.explain', 'Looking for what explains it', log, async (given) => {
      const asked = given ?? (await pickAtCursor());
      if (asked !== undefined)
        await withSession(connection, (session) => showExplanation(session, asked, remark));
    }),
  );
}

async function pickAtCursor(): Promise<Asked | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== 'calico-bpf-trace') return undefined;
  const { document, selection } = editor;
  const reader = new TraceReader();
  const records = [...reader.push(document.getText()), ...reader.end()];
  const line = selection.active.line + 1;
  const found = records.find(
    (record) =>
      record.kind === 'packet' &&
      record.packet.lines.spans.some(
        (span) => span.line <= line && line < span.line + countLines(document, span),
      ),
  );
  const explanations = found?.kind === 'packet' ? explainPacket(found.packet) : [];
  if (explanations.length === 0) {
    void vscode.window.showInformationMessage('There is no packet at the cursor that a dump explains.');
    return undefined;
  }
  const choices = explanations.map((explanation) => ({
    label: explanationTitle(explanation),
    description: explanation.probe,
    value: explanation,
  }));
  const explanation = choices.length === 1 ? explanations[0] : await pick('Explain Packet', choices);
  return explanation && { node: parseDumpUri(document.uri)?.node, explanation };
}

function countLines(document: vscode.TextDocument, { start, end }: Span): number {
  return document.positionAt(end).line - document.positionAt(start).line;
}

/** Opens the dump that explains a verdict, at the line that does, and says there what it does. */
async function showExplanation(
  session: Session,
  { node, explanation }: Asked,
  remark: LineRemark,
): Promise<void> {
  const { probe } = explanation;
  const target = await withProgress('Looking for what explains it', async (signal) => {
    const home = await findNode(session, { node, explanation }, signal);
    const { text } = await session.text({ node: home, probe }, signal);
    const found = findExplanation(explanation, text, await ipSetsOf(session, home, explanation, signal));
    return { home, words: found?.words, line: lineOf(text, found?.span) };
  });
  const { name, takenAt } = session.cluster.info;
  const uri = dumpUri(name, { node: target.home, probe }, takenAt);
  const { line, words } = target;
  const selection = line === undefined ? {} : { selection: new vscode.Range(line, 0, line, 0) };
  const editor = await vscode.window.showTextDocument(uri, { preview: true, ...selection });
  if (line === undefined) tellMissing(explanation, target.home);
  else remark.show(editor, line, words);
}

function tellMissing(explanation: Explanation, node: string): void {
  const { probe } = explanation;
  void vscode.window.showInformationMessage(
    `${probe} of ${node} does not have it: it was taken at another time, or on another node.`,
  );
}

/** The IP sets that rules name by number; `undefined` where they cannot be had. */
async function ipSetsOf(
  session: Session,
  node: string,
  explanation: Explanation,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (explanation.kind !== 'policy') return undefined;
  return (await ifAnswered(session.text({ node, probe: explanation.setsProbe }, signal)))?.text;
}

function lineOf(text: string, span: Span | undefined): number | undefined {
  return span && new LineIndex(text).positionAt(span.start).line;
}

/** The node of an interface: that of the trace, unless only another one has an interface of that name. */
async function findNode(
  session: Session,
  { node, explanation }: Asked,
  signal: AbortSignal,
): Promise<string> {
  const nodes = (await session.nodes(signal)).map(({ name }) => name);
  const first = node ?? nodes[0] ?? '';
  const wanted = explanation.kind === 'policy' ? explanation.interface : undefined;
  if (wanted === undefined) return first;
  for (const each of [first, ...nodes.filter((name) => name !== first)]) {
    const interfaces = await session.interfaces(each, signal).catch(() => []);
    if (interfaces.some(({ name }) => name === wanted)) return each;
  }
  return first;
}
