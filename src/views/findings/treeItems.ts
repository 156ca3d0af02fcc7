import * as vscode from 'vscode';
import { commandOf } from '../../commands/ids.ts';
import type { CheckOutcome } from '../../core/diagnose/coverage.ts';
import { listNodes, type Severity } from '../../core/diagnose/finding.ts';
import { spellPlace, spellSubject, summarizeChecks } from '../../core/diagnose/report.ts';
import { escape, fact, icon, identified, labelled, quietItem, tooltip, troubleIcon } from '../parts.ts';
import { idOf, type Element, type FindingElement, type GroupElement } from './elements.ts';

const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** How an element looks. */
export function toTreeItem(element: Element): vscode.TreeItem {
  return identified(itemOf(element), idOf(element), element.kind);
}

function itemOf(element: Element): vscode.TreeItem {
  switch (element.kind) {
    case 'group':
      return groupItem(element);
    case 'finding':
      return findingItem(element);
    case 'evidence':
      return evidenceItem(element);
    case 'fix':
      return fixItem(element);
    case 'gone':
      return labelled(
        quietItem(element.finding.title, { description: 'no longer', iconId: 'pass' }),
        `No longer found: ${element.finding.title}`,
      );
    case 'checks':
      return checksItem(element.checks);
    case 'check':
      return checkItem(element.check);
  }
}

function severityIcon(severity: Severity): vscode.ThemeIcon {
  return severity === 'information' ? icon('info') : troubleIcon(severity);
}

function groupItem({ label, severity, children }: GroupElement): vscode.TreeItem {
  const item = new vscode.TreeItem(label, severity === 'information' ? Collapsed : Expanded);
  item.description = String(children.length);
  item.iconPath = severityIcon(severity);
  return labelled(item, `${label}, ${children.length}`);
}

function findingItem(element: FindingElement): vscode.TreeItem {
  const { finding, isNew } = element;
  const { title, subject, nodes, fix, severity } = finding;
  const where = nodes.length === 0 ? '' : ` · ${listNodes(nodes)}`;
  const item = new vscode.TreeItem(spellSubject(subject), Collapsed);
  item.description = `${isNew ? 'new · ' : ''}${title}`;
  item.iconPath = severityIcon(severity);
  item.tooltip = tooltip([
    escape(title),
    fact('About', `${spellSubject(subject)}${where}`),
    fact('Fix', fix.text),
    fact('Restarts', fix.restarts),
  ]);
  item.command = commandOf('calicoBpf.findings.explain', 'Explain Finding', { finding });
  return labelled(item, `${severity}, ${spellSubject(subject)}${where}, ${title}`);
}

function evidenceItem({ evidence, finding }: Extract<Element, { kind: 'evidence' }>): vscode.TreeItem {
  const item = quietItem(evidence.shows, { description: spellPlace(evidence), iconId: 'search' });
  item.tooltip = tooltip([
    escape(evidence.shows),
    fact('Raw', evidence.value),
    fact('Read at', evidence.time),
  ]);
  item.command = commandOf('calicoBpf.findings.openEvidence', 'Open Evidence', { finding, evidence });
  return labelled(item, `Evidence: ${evidence.shows} ${spellPlace(evidence)}`);
}

function fixItem({ finding: { fix } }: Extract<Element, { kind: 'fix' }>): vscode.TreeItem {
  const item = quietItem('Fix', { description: fix.text, iconId: 'lightbulb' });
  item.tooltip = tooltip([escape(fix.text), ...fix.commands.map(escape), fact('Restarts', fix.restarts)]);
  return labelled(item, `Fix: ${fix.text}`);
}

function checksItem(checks: readonly CheckOutcome[]): vscode.TreeItem {
  const summary = summarizeChecks(checks);
  const isWell = checks.every(({ status }) => status === 'passed');
  const item = new vscode.TreeItem('Checks', Collapsed);
  item.description = summary;
  item.iconPath = icon(isWell ? 'pass' : 'checklist');
  item.tooltip = summary;
  return labelled(item, summary);
}

const statusIcons = { passed: 'pass', failed: 'error', skipped: 'circle-slash' } as const;

function checkItem({ title, status, why, documentation }: CheckOutcome): vscode.TreeItem {
  const item = quietItem(title, { description: why ?? '', iconId: statusIcons[status] });
  item.tooltip = tooltip([
    `**${escape(title)}**: ${status}`,
    escape(why ?? ''),
    documentation.why,
    documentation.how,
  ]);
  return labelled(item, `${title}, ${status}${why === undefined ? '' : `, ${why}`}`);
}
