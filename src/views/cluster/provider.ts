import * as vscode from 'vscode';
import {
  asLive,
  isClusterError,
  type ClusterErrorReason,
  type FeatureAccess,
} from '../../cluster/cluster.ts';
import type { NodeFacts } from '../../core/nodes/node.ts';
import type { Connection } from '../../host/connection.ts';
import type { Session } from '../../session/session.ts';
import { childrenOf } from './children.ts';
import { idOf, type Element, type NodeElement } from './elements.ts';
import { LastGood } from './lastGood.ts';
import { NodeAsker, type Asking } from './nodeAsker.ts';
import { toTreeItem } from './treeItems.ts';

/** How long a list waits for the nodes of a live cluster before it shows those that have not answered. */
const graceMs = 250;

/** The Cluster view's tree: the open cluster, its nodes, and what Calico's BPF programs hold on each. */
export class ClusterTree implements vscode.TreeDataProvider<Element>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #didChange = new vscode.EventEmitter<Element | undefined>();
  readonly #didAsk = new vscode.EventEmitter<void>();
  readonly #disposal = new AbortController();
  readonly #asker = new NodeAsker((node) => this.#showNode(node));
  readonly #lastGood = new LastGood();
  readonly #shown = new Map<string, NodeElement>();
  readonly onDidChangeTreeData = this.#didChange.event;
  /** Something changed of which nodes are shown, or of how many have answered. */
  readonly onDidChangeProgress = this.#didAsk.event;
  #session: Session | undefined;
  #lacking: Promise<readonly FeatureAccess[]> | undefined;
  #filter = '';
  #refreshes = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The words that nodes must match to be shown; empty for all. */
  get filter(): string {
    return this.#filter;
  }

  set filter(words: string) {
    this.#filter = words.trim();
    this.refresh();
    this.#didAsk.fire();
  }

  /** How many of the nodes that are shown have answered; `undefined` when nobody is asked. */
  get progress(): Asking | undefined {
    return this.#asker.progress;
  }

  refresh(): void {
    this.#didChange.fire(undefined);
  }

  /** The nodes that have not answered are not asked any more. */
  stopAsking(): void {
    this.#asker.cancel();
    this.refresh();
    this.#didAsk.fire();
  }

  dispose(): void {
    this.#disposal.abort();
    this.#asker.cancel();
    this.#didChange.dispose();
    this.#didAsk.dispose();
  }

  getTreeItem(element: Element): vscode.TreeItem {
    return toTreeItem(element.kind === 'node' ? this.#current(element) : element, new Date());
  }

  async getChildren(parent?: Element): Promise<Element[]> {
    const { state } = this.#connection;
    if (state.kind === 'failed') {
      const { reason, message } = state.error;
      return [{ kind: 'failure', under: 'root', what: 'The cluster cannot be opened', reason, message }];
    }
    if (state.kind !== 'open') return []; // The welcome text says what to do.
    this.#begin(state.session);
    if (parent === undefined) return [{ kind: 'cluster', info: state.session.cluster.info }];
    try {
      const children = await childrenOf(parent, this.#sources(state.session), this.#disposal.signal);
      return limit(this.#lastGood.keep(parent, children, new Date()), parent);
    } catch (error) {
      const failure = toFailure(parent, error);
      return limit(this.#lastGood.recall(parent, failure.reason, failure.message) ?? [failure], parent);
    }
  }

  /** Another cluster is open than the one that was shown. */
  #begin(session: Session): void {
    if (this.#refreshes !== this.#connection.refreshes) this.#asker.resume();
    this.#refreshes = this.#connection.refreshes;
    if (session === this.#session) return;
    this.#session = session;
    this.#asker.reset();
    this.#lastGood.clear();
    this.#shown.clear();
    this.#lacking = undefined;
  }

  #sources(session: Session) {
    return {
      session,
      filter: this.#filter,
      showNodes: (nodes: readonly NodeFacts[]) => this.#showNodes(session, nodes),
      lacking: () => this.#findLacking(session),
    };
  }

  async #showNodes(session: Session, nodes: readonly NodeFacts[]): Promise<readonly NodeElement[]> {
    const names = nodes.map(({ name }) => name);
    const answered = this.#asker.ask(session, names);
    this.#didAsk.fire();
    await (asLive(session.cluster) === undefined ? answered : Promise.race([answered, aMoment()]));
    return nodes.map((facts) => {
      const element: NodeElement = this.#current({ kind: 'node', node: facts.name, facts, isAsked: false });
      this.#shown.set(facts.name, element);
      return element;
    });
  }

  /** A node as it is known by now. */
  #current(element: NodeElement): NodeElement {
    const said = this.#asker.factsOf(element.node);
    return { ...element, facts: said ?? element.facts, isAsked: this.#asker.isAsking(element.node) };
  }

  #showNode(node: string): void {
    this.#didAsk.fire();
    const element = this.#shown.get(node);
    if (element === undefined) return;
    const current = this.#current(element);
    if (JSON.stringify(current) !== JSON.stringify(element)) this.#didChange.fire(element);
  }

  /** Found out once for a cluster; a list does not wait for it long. */
  async #findLacking(session: Session): Promise<readonly FeatureAccess[]> {
    const live = asLive(session.cluster);
    if (live === undefined) return [];
    let isLate = false;
    this.#lacking ??= live.checkAccess(this.#disposal.signal).then(
      (features) => {
        // Few need a debug pod, and the right to make one is far-reaching: that it is missing is no news.
        const lacking = features.filter(
          ({ feature, missing }) => feature !== 'debugPods' && missing.length > 0,
        );
        if (isLate && lacking.length > 0) this.refresh();
        return lacking;
      },
      // Who may not even ask sees what is refused where it is refused.
      () => [],
    );
    const inTime = await Promise.race([this.#lacking, aMoment()]);
    isLate = inTime === undefined;
    return inTime ?? [];
  }
}

function aMoment(): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), graceMs);
  });
}

/** How many elements of one list are shown. */
const maxChildren = 500;

function limit(elements: readonly Element[], parent: Element): Element[] {
  if (elements.length <= maxChildren) return [...elements];
  const count = elements.length - maxChildren;
  return [...elements.slice(0, maxChildren), { kind: 'more', under: idOf(parent), count }];
}

function toFailure(parent: Element, error: unknown) {
  const reason: ClusterErrorReason = isClusterError(error) ? error.reason : 'failed';
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failure', under: idOf(parent), what: 'This cannot be shown', reason, message } as const;
}
