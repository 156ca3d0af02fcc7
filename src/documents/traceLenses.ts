import * as vscode from 'vscode';
import { commandOf } from '../commands/ids.ts';
import { explainConnect, explainPacket, explanationTitle, type Explanation } from '../core/trace/explain.ts';
import type { PacketLines } from '../core/trace/packet.ts';
import type { TraceRecord } from '../core/trace/packets.ts';
import { TraceReader } from '../core/trace/reader.ts';
import { describeConnect, describePacket } from '../core/trace/words.ts';
import { isAnalysed, nodeOf } from './dumpDocument.ts';

/** Says above each denied packet of a trace, and each refused connect, why it was denied, with a way to what explains it. */
export function registerTraceLenses(): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider(
    { language: 'calico-bpf-trace' },
    {
      provideCodeLenses: (document) =>
        isAnalysed(document)
          ? denials(document.getText())
              .slice(0, maxLenses)
              .flatMap((denial) => lensesOf(denial, document))
          : [],
    },
  );
}

/** More would hide the trace. */
const maxLenses = 500;

/** What was denied: why, and what explains it. */
interface Denial {
  readonly lines: PacketLines;
  readonly title: string;
  readonly explanations: readonly Explanation[];
}

function denials(text: string): readonly Denial[] {
  const reader = new TraceReader();
  return [...reader.push(text), ...reader.end()].flatMap((record) => toDenial(record) ?? []);
}

function toDenial(record: TraceRecord): Denial | undefined {
  if (record.kind === 'packet') {
    const { packet } = record;
    if (packet.verdict.kind !== 'denied') return undefined;
    const { verdict, from, to } = describePacket(packet);
    return { lines: packet.lines, title: `${from} → ${to}: ${verdict}`, explanations: explainPacket(packet) };
  }
  const { connect } = record;
  if (connect.outcome !== 'no-backend') return undefined;
  const title = `${connect.task} ${describeConnect(connect)}`;
  return { lines: connect.lines, title, explanations: explainConnect(connect) };
}

function lensesOf(
  { lines, title, explanations }: Denial,
  document: vscode.TextDocument,
): readonly vscode.CodeLens[] {
  const line = (lines.spans[0]?.line ?? 1) - 1;
  const range = new vscode.Range(line, 0, line, 0);
  const node = nodeOf(document);
  const links = explanations.map((explanation) =>
    commandOf('calicoBpf.trace.explain', explanationTitle(explanation), { node, explanation }),
  );
  const head = { title: `$(circle-slash) ${title}`, command: '' };
  return [head, ...links].map((command) => new vscode.CodeLens(range, command));
}
