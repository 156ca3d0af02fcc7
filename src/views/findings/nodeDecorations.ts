import * as vscode from 'vscode';
import type { Finding } from '../../core/diagnose/finding.ts';
import type { Findings } from './findings.ts';

const nodeScheme = 'calico-bpf-node';

/** The resource that stands for a node in trees, so that what is found about it can be shown there. */
export function nodeUri(node: string): vscode.Uri {
  return vscode.Uri.from({ scheme: nodeScheme, path: `/${node}` });
}

/** Marks nodes in trees with the number of errors and warnings that were found about them. */
export function registerNodeDecorations({ findings }: { readonly findings: Findings }): vscode.Disposable {
  const provider: vscode.FileDecorationProvider = {
    onDidChangeFileDecorations: (listener, self, parts) =>
      findings.onDidChange(() => listener.call(self, undefined), undefined, parts),
    provideFileDecoration(uri) {
      if (uri.scheme !== nodeScheme) return undefined;
      return decorate(findings.findings.filter(({ nodes }) => nodes.includes(uri.path.slice(1))));
    },
  };
  return vscode.window.registerFileDecorationProvider(provider);
}

function decorate(found: readonly Finding[]): vscode.FileDecoration | undefined {
  const errors = found.filter(({ severity }) => severity === 'error').length;
  const warnings = found.filter(({ severity }) => severity === 'warning').length;
  if (errors + warnings === 0) return undefined;
  const count = errors + warnings;
  return {
    badge: count > 9 ? '9+' : String(count),
    tooltip: `${counted(errors, 'error')}, ${counted(warnings, 'warning')} in Findings`,
    color: new vscode.ThemeColor(errors > 0 ? 'list.errorForeground' : 'list.warningForeground'),
  };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
