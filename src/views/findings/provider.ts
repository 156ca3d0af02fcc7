import * as vscode from 'vscode';
import { groupFindings, type Element, type Grouping } from './elements.ts';
import type { Findings } from './findings.ts';
import { toTreeItem } from './treeItems.ts';

/** The tree of the view *Findings*: grouped, filtered, each finding with its evidence and its fix. */
export class FindingsTree implements vscode.TreeDataProvider<Element>, vscode.Disposable {
  readonly #findings: Findings;
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#didChange.event;
  readonly #parts: vscode.Disposable;
  #grouping: Grouping = 'severity';
  #filter = '';

  constructor(findings: Findings) {
    this.#findings = findings;
    this.#parts = findings.onDidChange(() => this.#didChange.fire());
  }

  get grouping(): Grouping {
    return this.#grouping;
  }

  set grouping(grouping: Grouping) {
    this.#grouping = grouping;
    this.#didChange.fire();
  }

  get filter(): string {
    return this.#filter;
  }

  set filter(filter: string) {
    this.#filter = filter;
    this.#didChange.fire();
  }

  getTreeItem(element: Element): vscode.TreeItem {
    return toTreeItem(element);
  }

  getChildren(parent?: Element): Element[] {
    if (parent === undefined) return this.#roots();
    switch (parent.kind) {
      case 'group':
        return [...parent.children];
      case 'finding': {
        const { finding } = parent;
        const evidence = finding.evidence.map((each, index): Element => ({
          kind: 'evidence',
          finding,
          evidence: each,
          index,
        }));
        return [...evidence, { kind: 'fix', finding }];
      }
      case 'checks':
        return parent.checks.map((check) => ({ kind: 'check', check }));
      case 'evidence':
      case 'fix':
      case 'gone':
      case 'check':
        return [];
    }
  }

  dispose(): void {
    this.#parts.dispose();
    this.#didChange.dispose();
  }

  #roots(): Element[] {
    const { state, findings } = this.#findings;
    if (state.kind === 'none') return []; // The welcome text says what to do.
    const checks = state.kind === 'done' ? state.report.checks : [];
    const titles = new Map(checks.map(({ id, title }) => [id, title]));
    const changes = state.kind === 'done' ? state.changes : undefined;
    const groups = groupFindings(findings, {
      grouping: this.#grouping,
      filter: this.#filter,
      appeared: new Set(changes?.appeared.map(({ id }) => id)),
      titleOf: (check) => titles.get(check) ?? check,
    });
    const gone = (changes?.gone ?? []).map((finding): Element => ({ kind: 'gone', finding }));
    return [...groups, ...gone, ...(checks.length === 0 ? [] : [{ kind: 'checks', checks } as const])];
  }
}
