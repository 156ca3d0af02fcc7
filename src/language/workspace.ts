import type { Connection, Diagnostic } from 'vscode-languageserver';
import { CodeLensRefreshRequest, ErrorCodes, ResponseError, TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { timed } from '../core/pace.ts';
import { Aims } from './aims.ts';
import type { DiagnoseContext } from './diagnose.ts';
import { diagnosticsOf } from './features/diagnostics.ts';
import { isLong, LongDocuments, withoutChangesOf } from './longDocuments.ts';
import { OpenDocument } from './openDocument.ts';
import { clusterRequest, kustomizationNames, patchAimed, versionInUse } from './protocol.ts';
import type { ClusterAnswer, InitializationOptions } from './protocol.ts';
import { toSurroundings, toVersionInUse } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';
import type { LanguageServer } from './transports.ts';

/** The open documents, what they are judged by, and the publishing of what is wrong in them. */
export class Workspace {
  readonly #connection: Connection;
  readonly #documents = new TextDocuments(TextDocument);
  readonly #open = new Map<string, OpenDocument>();
  readonly #aims: Aims;
  readonly #due = new Map<string, NodeJS.Timeout>();
  #surroundings: Surroundings = toSurroundings(undefined, undefined);
  #contexts = new Map<string, DiagnoseContext>();
  /** When the next diagnosis may begin: after a slow one there is a pause of as long, for what else is asked. */
  #restsUntil = 0;
  #turn = 0;
  options: InitializationOptions = {};
  canConfigure = false;
  refreshesLenses = false;
  /** Whether the client takes one range for all items of a completion. */
  sharesRange = false;
  /** Whether it asks for the documentation of an item only when that is looked at. */
  resolvesDocumentation = false;
  /** Those that another server reads, where there can be one. */
  readonly long: LongDocuments | undefined;

  constructor(connection: Connection, startOther: (() => LanguageServer) | undefined) {
    this.#connection = connection;
    this.#aims = new Aims(connection);
    this.long = startOther && new LongDocuments(connection, startOther);
    this.#documents.onDidChangeContent(({ document }) => this.#changed(document));
    this.#documents.onDidClose(({ document }) => this.#closed(document.uri));
    this.#documents.listen(this.long === undefined ? connection : withoutChangesOf(this.long, connection));
  }

  get surroundings(): Surroundings {
    return this.#surroundings;
  }

  find(uri: string): OpenDocument | undefined {
    return this.#open.get(uri);
  }

  /** Documents with the same surroundings share one context, by whose identity diagnoses are remembered. */
  contextFor({ isPatch, isJson }: OpenDocument): DiagnoseContext {
    const { version, facts: cluster, cluster: answer } = this.#surroundings;
    const besideYamlServer = isJson || (this.options.besideYamlServer ?? false);
    const key = `${isPatch} ${besideYamlServer}`;
    const context = this.#contexts.get(key) ?? { version, cluster, answer, isPatch, besideYamlServer };
    this.#contexts.set(key, context);
    return context;
  }

  /** Asks anew for the setting and the cluster, and judges everything again. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    this.long?.refresh();
    const [setting, cluster] = await Promise.all([this.#askForVersion(), this.#askForCluster()]);
    // A later question has the newer answer, whichever comes first.
    if (turn !== this.#turn) return;
    this.#surroundings = toSurroundings(setting, cluster);
    this.#contexts = new Map();
    await this.#connection.sendNotification(versionInUse, toVersionInUse(this.#surroundings));
    for (const uri of this.#open.keys()) this.#publishSoon(uri);
    // Editors ask for lenses anew only when told to.
    if (this.refreshesLenses) await this.#connection.sendRequest(CodeLensRefreshRequest.type);
  }

  async #askForVersion(): Promise<string | undefined> {
    if (!this.canConfigure) return this.options.calicoVersion;
    const setting: unknown = await this.#connection.workspace.getConfiguration('calicoBpf.calicoVersion');
    return typeof setting === 'string' ? setting : undefined;
  }

  async #askForCluster(): Promise<ClusterAnswer | undefined> {
    try {
      return (await this.#connection.sendRequest<ClusterAnswer | null>(clusterRequest, {})) ?? undefined;
    } catch (error) {
      // A client that is not ours knows no such request; any other refusal is worth telling.
      if (!(error instanceof ResponseError && error.code === ErrorCodes.MethodNotFound)) {
        this.log('Asking for the open cluster', error);
      }
      return undefined;
    }
  }

  #changed(positions: TextDocument): void {
    const { uri } = positions;
    if (this.long !== undefined && isLong(positions.getText())) return this.#handOver(positions, this.long);
    const before = this.#open.get(uri)?.latest;
    this.#open.set(uri, new OpenDocument(positions, before, this.#aims.of(uri)));
    this.#publishSoon(uri);
    if (this.#aims.isOpen(uri, positions.getText())) this.#aim(uri);
    if (kustomizationNames.some((name) => uri.endsWith(`/${name}`)))
      for (const other of this.#aims.forgetAll()) this.#aim(other);
  }

  /** Leaves a document to the other server, from now on. */
  #handOver(document: TextDocument, long: LongDocuments): void {
    const { uri, languageId, version } = document;
    this.#forget(uri);
    long.open({ textDocument: { uri, languageId, version, text: document.getText() } });
  }

  /** Reads a JSON patch again when it turns out to be aimed at something else than was known. */
  #aim(uri: string): void {
    const before = this.#open.get(uri)?.aim;
    this.#aims
      .find(uri)
      .then((aim) => {
        const document = this.#open.get(uri);
        if (document === undefined || (aim?.name === before?.name && !aim === !before)) return;
        this.#open.set(uri, new OpenDocument(document.positions, undefined, aim));
        this.#publishSoon(uri);
        return this.#connection.sendNotification(patchAimed, { uri, isOurs: aim !== undefined });
      })
      .catch((error: unknown) => this.log('Asking for kustomizations', error));
  }

  #forget(uri: string): void {
    this.#open.delete(uri);
    this.#aims.forget(uri);
    clearTimeout(this.#due.get(uri));
    this.#due.delete(uri);
  }

  #closed(uri: string): void {
    this.#forget(uri);
    void this.#connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  #publishSoon(uri: string): void {
    clearTimeout(this.#due.get(uri));
    const delay = Math.max(0, this.#restsUntil - performance.now());
    this.#due.set(
      uri,
      setTimeout(() => {
        this.#publish(uri).catch((error: unknown) => this.log(`Diagnostics of ${uri}`, error));
      }, delay),
    );
  }

  async #publish(uri: string): Promise<void> {
    const document = this.#open.get(uri);
    this.#due.delete(uri);
    if (document === undefined) return;
    const start = performance.now();
    const { version } = document.positions;
    const diagnostics = await this.#judge(document);
    if (diagnostics !== undefined) void this.#connection.sendDiagnostics({ uri, version, diagnostics });
    const end = performance.now();
    this.#restsUntil = end + Math.min(200, end - start);
  }

  /** What is wrong in a document; nothing when it, or what it is judged by, changed meanwhile. */
  async #judge(document: OpenDocument): Promise<Diagnostic[] | undefined> {
    const context = this.contextFor(document);
    const { uri } = document.positions;
    const pace = timed();
    for (const steps = diagnosticsOf(document, context); ;) {
      const { done, value } = steps.next();
      if (done === true) return value;
      await pace();
      if (this.#open.get(uri) !== document || this.contextFor(document) !== context) return undefined;
    }
  }

  /** Tells of a failure of ours where the client keeps its log. */
  log(what: string, error: unknown): void {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#connection.console.error(`${what} failed unexpectedly: ${why}`);
  }
}
