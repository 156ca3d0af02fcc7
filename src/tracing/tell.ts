import * as vscode from 'vscode';
import { openAsTable } from '../documents/open.ts';
import type { TraceCounts } from './recorder.ts';
import type { Recording } from './recording.ts';
import type { RunEnd } from './run.ts';
import { borrowed } from './words.ts';
import { describeSeconds, type AskedTrace } from './wizard.ts';

/** What the status bar says while a trace runs. */
export function showStatus(status: vscode.StatusBarItem, words: string, counts: TraceCounts): void {
  status.text = `$(record) ${words}${counts.lines === 0 ? '' : ` · ${inWords(counts)}`}`;
}

/** What a running trace offers. */
export function statusTooltip(): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString(
    '[Show Packets](command:calicoBpf.trace.showPackets) · [Stop Trace](command:calicoBpf.trace.stop)\n\nStopping puts back what the trace has changed.',
  );
  tooltip.isTrusted = { enabledCommands: ['calicoBpf.trace.showPackets', 'calicoBpf.trace.stop'] };
  return tooltip;
}

/** `568 lines, 12 packets, 3 denied, 1,234 lost`. */
function inWords({ lines, packets, denied, lostEvents }: TraceCounts): string {
  const counts = [`${lines.toLocaleString('en')} lines`, `${packets.toLocaleString('en')} packets`];
  const troubles = [
    ...(denied === 0 ? [] : [`${denied.toLocaleString('en')} denied`]),
    ...(lostEvents === 0 ? [] : [`${lostEvents.toLocaleString('en')} lost`]),
  ];
  return [...counts, ...troubles].join(', ');
}

/** Tells how a trace ended, and what could not be put back. */
export function tellEnd(
  { failures, owed, kept }: RunEnd,
  { nodes, seconds }: AskedTrace,
  { counts, path }: Recording,
): void {
  const lost =
    counts.lostEvents === 0 ? '' : ' What is lost the kernel could not keep: nobody read fast enough.';
  const words = [
    `Trace of ${nodes.join(', ')} (at most ${describeSeconds(seconds)}): ${inWords(counts)}.${lost}`,
    ...(counts.filterFailures > 0
      ? [
          'It was ended: the expression is no filter, and nothing but that was logged. Everything is put back.',
        ]
      : []),
    ...failures.map(({ node, why }) => `${node}: ${why}`),
    ...(kept.length === 0 ? [] : [`Kept, because somebody else changed it meanwhile: ${kept.join(', ')}.`]),
  ].join(' ');
  const showPackets = 'Show Packets';
  const openFile = 'Open File';
  void vscode.window.showInformationMessage(words, showPackets, openFile).then((choice) => {
    const uri = vscode.Uri.file(path);
    if (choice === openFile) void vscode.window.showTextDocument(uri);
    if (choice === showPackets) void openAsTable(uri);
  });
  for (const { loan, why } of owed) {
    void vscode.window.showErrorMessage(
      `${borrowed(loan)} on ${loan.cluster} could not be put back: ${why} It is noted, and offered again at the next start; or run “Restore What a Trace Changed…”.`,
    );
  }
}
