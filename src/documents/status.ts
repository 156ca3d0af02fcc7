import * as vscode from 'vscode';
import { formatAge } from '../host/age.ts';
import type { Content } from './content.ts';
import { dumpSelector, isAnalysed, nodeOf } from './dumpDocument.ts';
import type { DumpFiles } from './files.ts';

/** Says of the dump in the active editor where it comes from: in the status bar, because its text is verbatim. */
export function registerStatus({ files }: { readonly files: DumpFiles }): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem('calicoBpf.dump', dumpSelector);
  item.name = 'Calico eBPF';
  const show = () => {
    const document = vscode.window.activeTextEditor?.document;
    const content = document && files.contentOf(document.uri);
    if (document === undefined || content?.kind !== 'dump') {
      item.text = 'A file, not of the open cluster';
      item.detail = '';
      item.severity = vscode.LanguageStatusSeverity.Information;
      return;
    }
    const { text, detail, isTrouble } = statusOf(content, document, new Date());
    item.text = text;
    item.detail = detail;
    item.severity = vscode.LanguageStatusSeverity[isTrouble ? 'Warning' : 'Information'];
  };
  show();
  return vscode.Disposable.from(
    item,
    vscode.window.onDidChangeActiveTextEditor(show),
    vscode.workspace.onDidOpenTextDocument(show),
    vscode.workspace.onDidChangeTextDocument(show),
  );
}

function statusOf(
  { answer, session }: Extract<Content, { kind: 'dump' }>,
  document: vscode.TextDocument,
  now: Date,
): { readonly text: string; readonly detail: string; readonly isTrouble: boolean } {
  const { kind, name, takenAt } = session.cluster.info;
  const age = takenAt === undefined ? '' : `, ${formatAge(takenAt, now)}`;
  const remarks = [
    ...(answer.truncated ? ['cut off'] : []),
    ...(isAnalysed(document) ? [] : ['too long for outline and checks']),
    ...(answer.stderr.trim() === '' ? [] : [`on stderr: ${answer.stderr.trim()}`]),
  ];
  return {
    text: `${nodeOf(document) ?? ''} of ${name} (${kind}${age})`,
    detail: [answer.argv.join(' '), ...remarks].filter((part) => part !== '').join(' · '),
    isTrouble: answer.truncated,
  };
}
