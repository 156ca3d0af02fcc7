import * as vscode from 'vscode';
import { compareFindings, type Changes } from '../../core/diagnose/compare.ts';
import type { Report } from '../../core/diagnose/diagnosis.ts';
import type { Finding } from '../../core/diagnose/finding.ts';
import type { Connection } from '../../host/connection.ts';
import { setContext } from '../../host/context.ts';
import { readSetting } from '../../host/settings.ts';
import type { Session } from '../../session/session.ts';

export type FindingsState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'running';
      readonly done: number;
      readonly total: number;
      readonly findings: readonly Finding[];
    }
  | Diagnosed;

export interface Diagnosed {
  readonly kind: 'done';
  readonly session: Session;
  readonly report: Report;
  /** The nodes that were looked at; `undefined` for all. */
  readonly nodes: readonly string[] | undefined;
  /** Since the run before; `undefined` for the first. */
  readonly changes: Changes | undefined;
}

/** What the checks found on the open cluster, and the runs that find it. */
export class Findings implements vscode.Disposable {
  readonly #connection: Connection;
  readonly #didChange = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#didChange.event;
  readonly #parts: vscode.Disposable;
  #state: FindingsState = { kind: 'none' };

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#parts = connection.onDidChange(() => this.#forgetOthers());
  }

  get state(): FindingsState {
    return this.#state;
  }

  get findings(): readonly Finding[] {
    if (this.#state.kind === 'none') return [];
    return this.#state.kind === 'running' ? this.#state.findings : this.#state.report.findings;
  }

  /** Runs the checks on all nodes, or some; what was found before stays when it is given up. */
  async run(
    nodes: readonly string[] | undefined,
    signal: AbortSignal,
    report: (message: string, increment: number) => void,
  ): Promise<Diagnosed | undefined> {
    const before = this.#state;
    const { diagnose } = await import('../../session/diagnose.ts');
    try {
      return await this.#connection.withSession(async (session) => {
        const result = await diagnose(
          session.cluster,
          {
            ...(nodes !== undefined && { nodes }),
            disabledChecks: readSetting('calicoBpf.diagnose.disabledChecks'),
            onProgress: ({ done, total, findings }) => {
              this.#enter({ kind: 'running', done, total, findings: findings() });
              report(`${done} of ${total} nodes`, 100 / Math.max(total, 1));
            },
          },
          signal,
        );
        const last = before.kind === 'done' && isAlike(before, session, nodes) ? before.report : undefined;
        const changes = last && compareFindings(last.findings, result.findings);
        const done: Diagnosed = { kind: 'done', session, report: result, nodes, changes };
        this.#enter(done);
        return done;
      });
    } catch (error) {
      this.#enter(before);
      throw error;
    }
  }

  dispose(): void {
    this.#parts.dispose();
    this.#didChange.dispose();
  }

  /** What was found on one cluster says nothing about another. */
  #forgetOthers(): void {
    const isOther = this.#state.kind === 'done' && this.#state.session !== this.#connection.session;
    if (isOther) this.#enter({ kind: 'none' });
  }

  #enter(state: FindingsState): void {
    this.#state = state;
    setContext('calicoBpf.isDiagnosed', state.kind !== 'none');
    this.#didChange.fire();
  }
}

/** Whether an earlier run looked at the same, so that what differs has changed. */
function isAlike(before: Diagnosed, session: Session, nodes: readonly string[] | undefined): boolean {
  return before.session === session && JSON.stringify(before.nodes) === JSON.stringify(nodes);
}
