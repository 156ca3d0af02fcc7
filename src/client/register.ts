import * as vscode from 'vscode';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { isInteresting, isPatchLike } from '../language/protocol.ts';
import { kustomizationsNear } from './kustomizations.ts';
import { registerDocumentSnippets } from './documentSnippets.ts';
import { isYamlLike, writesInteresting } from './selector.ts';
import type { RunningClient } from './client.ts';
import type { LanguageServer } from '../language/transports.ts';
import { isYamlChecked, speakForOurFiles } from './yamlExtension.ts';

export interface LanguageClientServices {
  readonly connection: Connection;
  readonly log: Log;
  /** Starts the language server. */
  readonly startServer: () => Promise<LanguageServer>;
}

/**
 * Starts the language server when a document that concerns it is open, and not before: other YAML costs one search
 * of its text.
 */
export function registerLanguageClient(services: LanguageClientServices): vscode.Disposable {
  const gate = new Gate(services);
  for (const document of vscode.workspace.textDocuments) gate.consider(document);
  return vscode.Disposable.from(
    gate,
    registerDocumentSnippets(),
    vscode.workspace.onDidOpenTextDocument((document) => gate.consider(document)),
    vscode.workspace.onDidChangeTextDocument((change) => {
      if (writesInteresting(change)) gate.consider(change.document);
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('calicoBpf.language.enable')) gate.reconsider();
      if (change.affectsConfiguration('yaml.validate')) gate.checkNeighbour();
    }),
    vscode.extensions.onDidChange(() => gate.checkNeighbour()),
  );
}

class Gate implements vscode.Disposable {
  readonly #services: LanguageClientServices;
  #client: Promise<RunningClient> | undefined;
  /** Whether the YAML extension was there when the server started. */
  #besideYaml = false;
  #speaks = false;

  constructor(services: LanguageClientServices) {
    this.#services = services;
  }

  consider(document: vscode.TextDocument): void {
    if (this.#client !== undefined || !isYamlLike(document) || !isEnabled()) return;
    const text = document.getText();
    if (isInteresting(text)) this.#start();
    else if (isPatchLike(text)) void this.#considerPatch(document);
  }

  /** A JSON patch concerns us when a kustomization near it does. */
  async #considerPatch({ uri }: vscode.TextDocument): Promise<void> {
    const kustomizations = await kustomizationsNear(uri);
    if (kustomizations.length > 0 && this.#client === undefined && isEnabled()) this.#start();
  }

  /** After the setting changed. */
  reconsider(): void {
    if (!isEnabled()) this.dispose();
    else for (const document of vscode.workspace.textDocuments) this.consider(document);
  }

  /** Starts the server anew when the YAML extension came or went. */
  checkNeighbour(): void {
    if (this.#client === undefined || isYamlChecked() === this.#besideYaml) return;
    this.dispose();
    this.reconsider();
  }

  dispose(): void {
    const client = this.#client;
    this.#client = undefined;
    void client?.then((running) => running.dispose()).catch(() => undefined);
  }

  #start(): void {
    const { log } = this.#services;
    this.#besideYaml = isYamlChecked();
    if (this.#besideYaml && !this.#speaks) {
      // It takes a contributor once and for all.
      this.#speaks = true;
      speakForOurFiles(() => this.#client !== undefined).catch((error: unknown) =>
        log.warn('The YAML extension did not start:', String(error)),
      );
    }
    const starting = import('./client.ts').then(({ startClient }) => startClient(this.#services));
    this.#client = starting;
    starting.catch((error: unknown) => log.error('The Calico language server did not start:', String(error)));
  }
}

function isEnabled(): boolean {
  return vscode.workspace.getConfiguration('calicoBpf').get<boolean>('language.enable', true);
}
