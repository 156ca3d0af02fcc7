import * as vscode from 'vscode';
import { compareFindings, type Changes } from '../../core/diagnose/compare.ts';
import { checksToRepeat, mergeReports } from '../../core/diagnose/recheck.ts';
import type { Report } from '../../core/diagnose/diagnosis.ts';
import type { Finding } from '../../core/diagnose/finding.ts';
import type { Connection } from '../../host/connection.ts';
import { setContext } from '../../host/context.ts';
import { readSetting } from '../../host/settings.ts';
import type { DiagnoseOptions, Progress } from '../../session/diagnose.ts';
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
  readonly scope: Scope;
  /** Since the run before; `undefined` for the first. */
  readonly changes: Changes | undefined;
}

/** What is looked at: all of the cluster where nothing is named. */
export type Scope = Pick<DiagnoseOptions, 'nodes' | 'about'>;

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

  /** Runs the checks; what was found before stays when it is given up. */
  async run(scope: Scope, signal: AbortSignal, report: ReportProgress): Promise<Diagnosed | undefined> {
    return this.#run({ scope, extent: 'all' }, signal, report);
  }

  /** Runs the checks that matter again, where the last run was; the other checks’ answers stand. */
  async runAgain(signal: AbortSignal, report: ReportProgress): Promise<Diagnosed | undefined> {
    const scope = this.#state.kind === 'done' ? this.#state.scope : {};
    return this.#run({ scope, extent: 'what matters' }, signal, report);
  }

  async #run(
    { scope, extent }: { readonly scope: Scope; readonly extent: Extent },
    signal: AbortSignal,
    report: ReportProgress,
  ): Promise<Diagnosed | undefined> {
    const before = this.#state;
    this.#enter({ kind: 'running', done: 0, total: 0, findings: this.findings });
    try {
      const { diagnose } = await import('../../session/diagnose.ts');
      return await this.#connection.withSession(async (session) => {
        const last = before.kind === 'done' && isAlike(before, session, scope) ? before.report : undefined;
        const only = last === undefined || extent === 'all' ? [] : checksToRepeat(last);
        const found = await diagnose(
          session.cluster,
          {
            ...scope,
            ...(only.length > 0 && { only }),
            disabledChecks: readSetting('calicoBpf.diagnose.disabledChecks'),
            concurrency: readSetting('calicoBpf.probe.concurrency'),
            onProgress: nowAndThen(({ done, total, findings }, share) => {
              this.#enter({ kind: 'running', done, total, findings: findings() });
              report(`${done} of ${total} nodes`, share * 100);
            }),
          },
          signal,
        );
        const result = last !== undefined && only.length > 0 ? mergeReports(last, found) : found;
        const changes = last && compareFindings(last.findings, result.findings);
        const done: Diagnosed = { kind: 'done', session, report: result, scope, changes };
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

/** `what matters`: the checks that found something, or could not look everywhere. */
type Extent = 'all' | 'what matters';

/** Views are drawn anew at most so often, milliseconds: a thousand nodes answer faster than anybody reads. */
const drawInterval = 200;

/** Hears of progress now and then, with the share of the whole that was done since; always of the first and the last. */
function nowAndThen(
  show: (progress: Progress, share: number) => void,
): NonNullable<DiagnoseOptions['onProgress']> {
  let shown = { at: -Infinity, done: 0 };
  return (progress) => {
    const { done, total } = progress;
    const now = performance.now();
    if (done < total && now - shown.at < drawInterval) return;
    show(progress, (done - shown.done) / Math.max(total, 1));
    shown = { at: now, done };
  };
}

type ReportProgress = (message: string, increment: number) => void;

/** Whether an earlier run looked at the same, so that what differs has changed. */
function isAlike(before: Diagnosed, session: Session, scope: Scope): boolean {
  return before.session === session && JSON.stringify(before.scope) === JSON.stringify(scope);
}
