import * as vscode from 'vscode';
import type { MadeTexts } from '../../documents/madeTexts.ts';
import { registerCompare } from '../../commands/compare.ts';
import { registerCommand } from '../../commands/registry.ts';
import type { CommandId } from '../../commands/ids.ts';
import { openAsText, tableViewType } from '../../documents/open.ts';
import { setContext } from '../../host/context.ts';
import type { Log } from '../../host/log.ts';
import type { ToView } from '../../webview/table/protocol.ts';
import { ColumnChoices } from './columnChoices.ts';
import { KeptDumps, parseComparisonUri } from './comparison.ts';
import type { LoadServices } from './load.ts';
import { pageOf } from './page.ts';
import { TablePanel } from './panel.ts';

export interface TableServices extends Omit<LoadServices, 'kept'> {
  readonly log: Log;
  readonly memory: vscode.Memento;
  readonly texts: MadeTexts;
  /** The folder that holds the scripts and styles of webviews. */
  readonly pages: vscode.Uri;
}

/** Dumps as tables: a read-only editor for them, and the commands that work in it. */
export function registerTables(services: TableServices): vscode.Disposable {
  const { connection, log, memory, pages } = services;
  const kept = new KeptDumps();
  const own = { ...services, choices: new ColumnChoices(memory), kept };
  const open = new Set<TablePanel>();
  let active: TablePanel | undefined;
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => undefined }),
    resolveCustomEditor({ uri }, webviewPanel) {
      webviewPanel.webview.options = { enableScripts: true, localResourceRoots: [pages] };
      const panel = new TablePanel(uri, webviewPanel, own);
      open.add(panel);
      const follow = () => {
        if (!webviewPanel.active) return;
        active = panel;
        setContext('calicoBpf.isComparison', parseComparisonUri(uri) !== undefined);
      };
      follow();
      webviewPanel.onDidChangeViewState(follow);
      webviewPanel.onDidDispose(() => {
        open.delete(panel);
        if (active === panel) active = undefined;
        panel.dispose();
      });
      webviewPanel.webview.html = pageOf(webviewPanel.webview, pages, 'table');
    },
  };
  const tell = (id: CommandId, doing: string, message: ToView) =>
    registerCommand(id, doing, log, () => active?.send(message));
  return vscode.Disposable.from(
    registerCompare({ connection, kept, log }),
    vscode.window.registerCustomEditorProvider(tableViewType, provider, {
      supportsMultipleEditorsPerDocument: true,
    }),
    services.growing.onDidGrow(({ path, isOver }) => {
      for (const panel of open)
        if (panel.uri.scheme === 'file' && panel.uri.fsPath === path) panel.grow(isOver);
    }),
    connection.onDidChange(() => {
      for (const panel of open) panel.reload();
    }),
    tell('calicoBpf.table.find', 'Filtering', { kind: 'focus-filter' }),
    tell('calicoBpf.table.goToLine', 'Going to the line', { kind: 'go-to-line' }),
    tell('calicoBpf.table.openDetails', 'Opening the details', { kind: 'open-details' }),
    tell('calicoBpf.table.explain', 'Looking for what explains it', { kind: 'explain' }),
    tell('calicoBpf.table.filterFlow', 'Filtering', { kind: 'filter-flow' }),
    tell('calicoBpf.table.trace', 'Tracing', { kind: 'trace' }),
    tell('calicoBpf.table.copyText', 'Copying', { kind: 'copy', format: 'text' }),
    tell('calicoBpf.table.copyCsv', 'Copying', { kind: 'copy', format: 'csv' }),
    tell('calicoBpf.table.copyJson', 'Copying', { kind: 'copy', format: 'json' }),
    tell('calicoBpf.table.filterValue', 'Filtering', { kind: 'filter-cell', isExcluded: false }),
    tell('calicoBpf.table.excludeValue', 'Filtering', { kind: 'filter-cell', isExcluded: true }),
    registerCommand('calicoBpf.table.showDiff', 'Comparing', log, () => active?.showSorted()),
    registerCommand('calicoBpf.table.openText', 'Opening the text', log, async () => {
      if (active !== undefined) await openAsText(active.uri);
    }),
  );
}
