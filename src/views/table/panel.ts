import * as vscode from 'vscode';
import type { Connection } from '../../host/connection.ts';
import { failureMessage, showFailure } from '../../host/failures.ts';
import type { Log } from '../../host/log.ts';
import { readFromView, type FromView, type ToView } from '../../webview/table/protocol.ts';
import type { TableThread } from '../../worker/protocol.ts';
import { openLine } from '../../documents/open.ts';
import { answerNames } from './answerNames.ts';
import type { ColumnChoices } from './columnChoices.ts';
import { probeOfFile, readSource } from './source.ts';

export interface TablePanelServices {
  readonly connection: Connection;
  readonly log: Log;
  readonly choices: ColumnChoices;
  readonly startThread: () => TableThread;
}

/** One table in an editor: its view in the webview, its rows in a thread. */
export class TablePanel implements vscode.Disposable {
  readonly uri: vscode.Uri;
  readonly #panel: vscode.WebviewPanel;
  readonly #services: TablePanelServices;
  readonly #disposal = new AbortController();
  #thread: TableThread | undefined;
  #isReady = false;

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

  dispose(): void {
    this.#disposal.abort();
    this.#thread?.dispose();
  }

  async #receive(message: FromView): Promise<void> {
    if (message.kind === 'ready') {
      this.#isReady = true;
      return this.#load();
    }
    if (message.kind === 'columns') {
      return this.#services.choices.keep(probeOfFile(this.uri), message.chosen);
    }
    // What is asked before the dump was read is asked again when it was.
    if (this.#thread !== undefined) await this.#ask(message, this.#thread);
  }

  async #ask(message: Exclude<FromView, { kind: 'ready' | 'columns' }>, thread: TableThread): Promise<void> {
    switch (message.kind) {
      case 'show': {
        const { number, shape } = message;
        return this.send({ kind: 'shown', number, shown: await thread.call('show', shape) });
      }
      case 'cells': {
        const { number, start } = message;
        return this.send({ kind: 'cells', number, start, cells: await thread.call('cells', message) });
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
        return openLine(this.uri, await thread.call('line', message.index));
      case 'copy':
        return vscode.env.clipboard.writeText(await thread.call('copy', message));
    }
  }

  async #load(): Promise<void> {
    const { signal } = this.#disposal;
    const { connection, choices, startThread } = this.#services;
    const probe = probeOfFile(this.uri);
    this.send({ kind: 'reading', what: `Reading ${probe}…` });
    const source = await readSource(this.uri, connection, signal);
    signal.throwIfAborted();
    if (source.kind === 'nothing') return this.send({ kind: 'failed', message: source.why });
    this.#thread?.dispose();
    const thread = startThread();
    this.#thread = thread;
    const { text } = source;
    const { questions, rowCount, problems } = await thread.call('read', { probe: source.probe, text });
    const columns = await thread.call('name', await answerNames(questions, source.names, signal));
    if (thread !== this.#thread) return;
    const [first] = problems;
    const unreadable =
      first === undefined
        ? []
        : [
            problems.length === 1
              ? first.message
              : `${problems.length} places cannot be read: ${first.message}`,
          ];
    const remarks = [...source.remarks, ...unreadable];
    this.send({ kind: 'table', columns, chosen: choices.of(probe), rowCount, remarks });
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
