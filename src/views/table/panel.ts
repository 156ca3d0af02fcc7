import * as vscode from 'vscode';
import type { MadeTexts } from '../../documents/madeTexts.ts';
import { runCommand } from '../../commands/ids.ts';
import { rowExpression } from '../../core/table/rowExpression.ts';
import { failureMessage, showFailure } from '../../host/failures.ts';
import type { Log } from '../../host/log.ts';
import { readFromView, type FromView, type ToView } from '../../webview/table/protocol.ts';
import { printedText } from '../../core/text/printed.ts';
import { openLine } from '../../documents/open.ts';
import { parseDumpUri } from '../../documents/uri.ts';
import type { ColumnChoices } from './columnChoices.ts';
import { parseComparisonUri } from './comparison.ts';
import { loadTable, unreadable, type LoadedTable, type LoadServices } from './load.ts';
import { probeOfFile } from './source.ts';

export interface TablePanelServices extends LoadServices {
  readonly log: Log;
  readonly choices: ColumnChoices;
  readonly texts: MadeTexts;
}

type Loaded = Extract<LoadedTable, { kind: 'table' }>;

/** One table in an editor: its view in the webview, its rows in a thread. */
export class TablePanel implements vscode.Disposable {
  readonly uri: vscode.Uri;
  readonly #panel: vscode.WebviewPanel;
  readonly #services: TablePanelServices;
  readonly #disposal = new AbortController();
  #loaded: Loaded | undefined;
  #loads = 0;
  #isReady = false;
  /** Growth is read one after the other; what comes meanwhile is read at once. */
  #isReading = false;
  #isMoreThere = false;
  #isFileOver = false;

  constructor(uri: vscode.Uri, panel: vscode.WebviewPanel, services: TablePanelServices) {
    this.uri = uri;
    this.#panel = panel;
    this.#services = services;
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const received = readFromView(message);
      if (received !== undefined) void this.#guard(() => this.#receive(received));
    });
  }

  /** Says something to the view. */
  send(message: ToView): void {
    void this.#panel.webview.postMessage(message);
  }

  /** Reads the dump again: another cluster is open, or it is asked anew. */
  reload(): void {
    if (this.#isReady) void this.#guard(() => this.#load());
  }

  /** Reads on: the file of the table has grown, or it is all there. */
  grow(isOver: boolean): void {
    this.#isMoreThere = true;
    this.#isFileOver ||= isOver;
    if (!this.#isReading) void this.#readOn();
  }

  async #readOn(): Promise<void> {
    this.#isReading = true;
    await this.#guard(async () => {
      while (this.#isMoreThere && this.#loaded?.growth !== undefined) {
        this.#isMoreThere = false;
        const { growth } = this.#loaded;
        const more = await growth.readOn(this.#isFileOver, this.#disposal.signal);
        if (more === undefined) continue;
        const remarks = [...unreadable(more.read.problems), ...growth.remarks];
        this.send({ kind: 'grown', columns: more.columns, remarks });
      }
    });
    this.#isReading = false;
  }

  /** Shows the compared dumps in VS Code's own diff editor: sorted, and only what is compared. */
  async showSorted(): Promise<void> {
    const comparison = parseComparisonUri(this.uri);
    if (comparison === undefined || this.#loaded === undefined) return;
    const { before, after } = comparison;
    const [first, second] = await this.#loaded.thread.call('sorted', undefined);
    const left = this.#services.texts.add(`${before.probe} ${before.node}`, first);
    const right = this.#services.texts.add(`${after.probe} ${after.node}`, second);
    const name = this.uri.path.slice(1);
    await vscode.commands.executeCommand('vscode.diff', left, right, name);
  }

  dispose(): void {
    this.#disposal.abort();
    this.#loaded?.thread.dispose();
  }

  async #receive(message: FromView): Promise<void> {
    if (message.kind === 'ready') {
      this.#isReady = true;
      return this.#load();
    }
    if (message.kind === 'columns') {
      return this.#services.choices.keep(this.#choiceKey, message.chosen);
    }
    // What is asked before the dump was read is asked again when it was.
    if (this.#loaded !== undefined) await this.#ask(message, this.#loaded);
  }

  async #ask(message: Exclude<FromView, { kind: 'ready' | 'columns' }>, loaded: Loaded): Promise<void> {
    const { thread } = loaded;
    switch (message.kind) {
      case 'show': {
        const { number, shape, keep } = message;
        return this.send({ kind: 'shown', number, shown: await thread.call('show', { ...shape, keep }) });
      }
      case 'cells': {
        const { number, start } = message;
        return this.send({ kind: 'cells', number, start, lines: await thread.call('cellLines', message) });
      }
      case 'complete': {
        const { number } = message;
        return this.send({
          kind: 'completions',
          number,
          completions: await thread.call('complete', message),
        });
      }
      case 'line':
        return this.#openLine(message.index, loaded);
      case 'trace':
        return this.#trace(message.index, loaded);
      case 'details': {
        const { number, index } = message;
        return this.send({ kind: 'details', number, detail: await thread.call('detail', index) });
      }
      case 'follow':
        return this.#follow(message, thread);
      case 'copy':
        return vscode.env.clipboard.writeText(await thread.call('copy', message));
    }
  }

  async #load(): Promise<void> {
    this.send({ kind: 'reading', what: 'Reading …' });
    const { signal } = this.#disposal;
    const number = ++this.#loads;
    const loaded = await loadTable(this.uri, this.#services, signal);
    if (loaded.kind === 'nothing') return this.send({ kind: 'failed', message: loaded.why });
    // Meanwhile it was closed, or is read once more.
    if (signal.aborted || number !== this.#loads) return loaded.thread.dispose();
    this.#loaded?.thread.dispose();
    this.#loaded = loaded;
    const { columns, noun, remarks, hasDetails, quickFilters } = loaded;
    const chosen = this.#services.choices.of(this.#choiceKey);
    this.send({ kind: 'table', columns, noun, remarks, chosen, hasDetails, quickFilters });
    // It may have grown while it was read.
    if (loaded.growth !== undefined) this.grow(false);
  }

  /** Begins a trace of the packets that a row is about. */
  async #trace(index: number, { thread, columns }: Loaded): Promise<void> {
    const ids = columns.filter(({ kind }) => kind === 'endpoint' || kind === 'address').map(({ id }) => id);
    const [cells] = await thread.call('cells', { start: index, end: index + 1, columns: ids });
    const addresses = ids.map((column, at) => ({ column, text: cells?.texts[at] ?? '' }));
    const expression = rowExpression(addresses);
    if (expression === undefined) {
      void vscode.window.showInformationMessage('This row has no address that could be traced.');
      return;
    }
    const node = parseDumpUri(this.uri)?.node;
    await runCommand('calicoBpf.trace.start', { expression, ...(node !== undefined && { node }) });
  }

  /** Opens what explains a row. */
  async #follow(
    { index, link }: Extract<FromView, { kind: 'follow' }>,
    thread: Loaded['thread'],
  ): Promise<void> {
    const detail = await thread.call('detail', index);
    const wanted = detail?.links[link];
    if (wanted === undefined) {
      void vscode.window.showInformationMessage('No dump explains this row.');
      return;
    }
    const { explanation, node = parseDumpUri(this.uri)?.node } = wanted;
    await runCommand('calicoBpf.trace.explain', { node, explanation });
  }

  /** What the choice of columns is kept for. */
  get #choiceKey(): string {
    const comparison = parseComparisonUri(this.uri);
    return comparison === undefined ? probeOfFile(this.uri) : `${comparison.after.probe} compared`;
  }

  /** Shows the line of a row in its dump's text. */
  async #openLine(index: number, { thread, dumps }: Loaded): Promise<void> {
    const { side, line } = await thread.call('line', index);
    const comparison = parseComparisonUri(this.uri);
    if (comparison === undefined) return openLine(this.uri, line);
    const { node, probe } = side === 0 ? comparison.before : comparison.after;
    const dump = dumps[side];
    if (dump === undefined) return;
    await openLine(this.#services.texts.add(`${probe} ${node}`, await printedText(dump)), line);
  }

  /** What goes wrong after the table was closed interests nobody. */
  async #guard(work: () => Promise<unknown> | Thenable<unknown> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#disposal.signal.aborted) return;
      const doing = 'Showing the table';
      this.send({ kind: 'failed', message: failureMessage(error, doing) });
      void showFailure(error, doing, this.#services.log);
    }
  }
}
