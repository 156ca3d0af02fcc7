import * as vscode from 'vscode';
import { commandOf } from '../commands/ids.ts';
import { explainPacket, explanationTitle } from '../core/trace/explain.ts';
import type { Packet } from '../core/trace/packet.ts';
import { TraceReader } from '../core/trace/reader.ts';
import { describePacket } from '../core/trace/words.ts';
import { isAnalysed, nodeOf } from './dumpDocument.ts';

/** Says above each denied packet of a trace why it was denied, with a way to what explains it. */
export function registerTraceLenses(): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider(
    { language: 'calico-bpf-trace' },
    {
      provideCodeLenses: (document) =>
        isAnalysed(document)
          ? deniedPackets(document.getText())
              .slice(0, maxLenses)
              .flatMap((packet) => lensesOf(packet, document))
          : [],
    },
  );
}

/** More would hide the trace. */
const maxLenses = 500;

function deniedPackets(text: string): readonly Packet[] {
  const reader = new TraceReader();
  return [...reader.push(text), ...reader.end()].flatMap((record) =>
    record.kind === 'packet' && record.packet.verdict.kind === 'denied' ? [record.packet] : [],
  );
}

function lensesOf(packet: Packet, document: vscode.TextDocument): readonly vscode.CodeLens[] {
  const line = (packet.lines.spans[0]?.line ?? 1) - 1;
  const range = new vscode.Range(line, 0, line, 0);
  const { verdict, from, to } = describePacket(packet);
  const node = nodeOf(document);
  const links = explainPacket(packet).map((explanation) =>
    commandOf('calicoBpf.trace.explain', explanationTitle(explanation), { node, explanation }),
  );
  const title = `$(circle-slash) ${from} → ${to}: ${verdict}`;
  return [{ title, command: '' }, ...links].map((command) => new vscode.CodeLens(range, command));
}
