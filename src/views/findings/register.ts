import * as vscode from 'vscode';
import { spellAsked } from '../../core/diagnose/asked.ts';
import { spellChanges } from '../../core/diagnose/compare.ts';
import { summarizeChecks } from '../../core/diagnose/report.ts';
import { registerFindingsCommands } from '../../commands/findings.ts';
import { Reports } from '../../documents/reports.ts';
import type { Connection } from '../../host/connection.ts';
import type { Log } from '../../host/log.ts';
import { Findings } from './findings.ts';
import { registerNodeDecorations } from './nodeDecorations.ts';
import { registerYamlDiagnostics } from './yamlDiagnostics.ts';
import { FindingsTree } from './provider.ts';

export interface FindingsServices {
  readonly connection: Connection;
  readonly log: Log;
}

/** Diagnosing: the view *Findings*, its commands and documents, and the marks on nodes. */
export function registerFindings({ connection, log }: FindingsServices): vscode.Disposable {
  const findings = new Findings(connection);
  const tree = new FindingsTree(findings);
  const reports = new Reports(findings);
  return vscode.Disposable.from(
    findings,
    tree,
    reports,
    registerView(findings, tree),
    registerFindingsCommands({ connection, findings, tree, reports, log }),
    registerNodeDecorations({ findings }),
    registerYamlDiagnostics({ findings }),
  );
}

/** The view, with the number of errors and warnings as its badge. */
function registerView(findings: Findings, tree: FindingsTree): vscode.Disposable {
  const view = vscode.window.createTreeView('calicoBpf.findings', {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  const show = () => {
    const serious = findings.findings.filter(({ severity }) => severity !== 'information').length;
    const tooltip = serious === 1 ? '1 error or warning' : `${serious} errors and warnings`;
    view.badge = serious === 0 ? undefined : { value: serious, tooltip };
    view.description = [aboutOf(findings), tree.filter === '' ? '' : `“${tree.filter}”`]
      .filter(Boolean)
      .join(' · ');
    view.message = messageOf(findings);
  };
  return vscode.Disposable.from(view, findings.onDidChange(show), tree.onDidChangeTreeData(show));
}

/** What was asked about, or the one node that was. */
function aboutOf({ state }: Findings): string {
  if (state.kind !== 'done') return '';
  const { nodes = [], about } = state.scope;
  return about === undefined ? nodes.join(', ') : spellAsked(about);
}

function messageOf({ state }: Findings): string {
  switch (state.kind) {
    case 'none':
      return '';
    case 'running':
      if (state.total === 0) return 'Asking for what Kubernetes knows …';
      return `Looking at node ${Math.min(state.done + 1, state.total)} of ${state.total} …`;
    case 'done': {
      const { report, changes } = state;
      const changed = changes === undefined ? '' : ` ${spellChanges(changes)}`;
      return report.findings.length === 0 ? `${summarizeChecks(report.checks)}${changed}` : changed.trim();
    }
  }
}
