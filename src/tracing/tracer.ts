/** “Start Trace…”, from the first question to the last thing that is put back; loaded when it is first asked for. */
import * as vscode from 'vscode';
import { ClusterError, isClusterError, isLive, type LiveCluster } from '../cluster/cluster.ts';
import { Journal, type Loan } from '../cluster/journal.ts';
import { giveBack } from '../cluster/loans.ts';
import { toAbortSignal } from '../host/cancellation.ts';
import type { GrowingFiles } from '../host/growingFiles.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import { readSetting } from '../host/settings.ts';
import type { Session } from '../session/session.ts';
import type { Thread } from '../worker/protocol.ts';
import type { DebugPodChoice, DebugPodOffer } from './debugPod.ts';
import type { RecorderCalls } from './recorder.ts';
import { Recording } from './recording.ts';
import { loanYaml, planAll } from './plan.ts';
import { runTrace, type AgreedChange, type RunEnd } from './run.ts';
import { planScope, type LoggingState, type TraceScope } from './scope.ts';
import { silenceReasons } from './silence.ts';
import { readLoggingState } from './state.ts';
import { showStatus, statusTooltip, tellEnd } from './tell.ts';
import { askForTrace, type AskedTrace, type TracePlace } from './wizard.ts';
import { borrowed, debugPodQuestion, questionFor } from './words.ts';

export interface TracerServices {
  readonly log: Log;
  /** Where journals and traces are kept. */
  readonly storage: vscode.Uri;
  /** Is told of the file that a trace is written to. */
  readonly growing: GrowingFiles;
  readonly setTracing: (isTracing: boolean) => void;
  /** Starts the thread that records a trace. */
  readonly startRecorder: () => Thread<RecorderCalls>;
  /** Opens the cluster of a context, to put back what was changed there. */
  readonly openContext: (context: string, signal: AbortSignal) => Promise<Session>;
}

interface Running {
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
}

const readyTimeoutMs = 60_000;
/** When nothing has come for so long, reasons are looked for. */
const silenceMs = 10_000;

export class Tracer {
  readonly #services: TracerServices;
  readonly #journal: Journal;
  #output: vscode.OutputChannel | undefined;
  #running: Running | undefined;

  constructor(services: TracerServices) {
    this.#services = services;
    this.#journal = new Journal(vscode.Uri.joinPath(services.storage, 'loans').fsPath);
  }

  /** Asks, shows what will change, and traces. */
  async start(session: Session, place: TracePlace): Promise<void> {
    const { cluster } = session;
    if (!isLive(cluster)) {
      throw new ClusterError(
        'unsupported',
        `${cluster.info.name} is a recording: a trace needs a cluster that runs.`,
      );
    }
    if (this.#running !== undefined) {
      throw new ClusterError('unsupported', 'A trace is running in this window. Stop it first.');
    }
    const state = await withProgress('Looking how the nodes log', (signal) =>
      readLoggingState(cluster, signal),
    );
    if (state.nodes.length === 0) {
      throw new ClusterError(
        'not-recorded',
        `${cluster.info.name} has no node with a calico-node pod that could be traced.`,
      );
    }
    const asked = await askForTrace(
      cluster,
      place,
      state.nodes.map(({ name }) => name),
    );
    if (asked === undefined) return; // The user dismissed a question.
    const agreed = await this.#agree(cluster, asked, state);
    if (agreed !== undefined) await this.#runAlone(cluster.info.name, agreed);
  }

  /** Ends the trace; when this returns, what it changed is put back or in the journal. */
  async stop(): Promise<void> {
    this.#running?.stop.abort();
    await this.#running?.ended;
  }

  /** Puts back what a trace of a window that is gone has left changed; asks first. */
  async restore({ isAsked }: { readonly isAsked: boolean }): Promise<void> {
    const abandoned = await this.#journal.abandoned();
    if (abandoned.length === 0) {
      if (isAsked) void vscode.window.showInformationMessage('No trace has left anything changed.');
      return;
    }
    const [first] = abandoned;
    const what = abandoned.map((loan) => `${borrowed(loan)} on ${loan.cluster}`).join(', ');
    const putBack = 'Put Back';
    const choice = await vscode.window.showWarningMessage(
      `${first?.purpose ?? 'A trace'} ended without putting back what it had changed: ${what}. Until then the nodes go on logging, which slows traffic down.`,
      putBack,
    );
    if (choice !== putBack) return;
    for (const loan of abandoned) await this.#restoreOne(loan);
  }

  async #restoreOne(loan: Loan): Promise<void> {
    await withProgress(`Putting back ${loan.ref.name} on ${loan.cluster}`, async (signal) => {
      const { cluster } = await this.#services.openContext(loan.cluster, signal);
      try {
        if (!isLive(cluster)) return;
        const { kept } = await giveBack(cluster, loan, this.#journal, signal);
        const but =
          kept.length === 0 ? '' : ` Somebody else changed ${kept.join(', ')} meanwhile: that was kept.`;
        const is = loan.ref.resource === 'pods' ? 'is removed' : 'is as it was';
        void vscode.window.showInformationMessage(`${borrowed(loan)} on ${loan.cluster} ${is}.${but}`);
      } finally {
        await cluster.close();
      }
    });
  }

  /** Plans the changes and shows them; `undefined` when the user does not agree. */
  async #agree(cluster: LiveCluster, asked: AskedTrace, state: LoggingState): Promise<Agreed | undefined> {
    const scope = planScope(asked, state);
    const nodes = asked.nodes.filter((node) => !scope.impossible.some((one) => one.node === node));
    if (nodes.length === 0) {
      throw new ClusterError('failed', scope.impossible.map(({ node, why }) => `${node}: ${why}`).join('\n'));
    }
    const own = { ...asked, nodes };
    const isHere = scope.filtersHere || scope.ready.length > 0;
    const filter = isHere ? asked.expression : undefined;
    if (scope.loans.length === 0) return { asked: own, changes: [], filter };
    if (readSetting('calicoBpf.changes') === 'never') {
      return this.#goOnWithout(own, scope, 'Changes are switched off by the setting calicoBpf.changes.');
    }
    let changes: readonly AgreedChange[];
    try {
      changes = await withProgress('Trying the changes', (signal) =>
        planAll(cluster, scope.loans, state, nodes, signal),
      );
    } catch (error) {
      if (!isClusterError(error) || error.reason !== 'forbidden') throw error;
      return this.#goOnWithout(own, scope, error.message);
    }
    const { title, detail } = questionFor(own, changes, scope);
    const start = 'Start Trace';
    const choice = await vscode.window.showWarningMessage(title, { modal: true, detail }, start);
    return choice === start ? { asked: own, changes, filter } : undefined;
  }

  /** Without the right to change anything: hands out what somebody else may apply, and traces what there is. */
  async #goOnWithout(asked: AskedTrace, scope: TraceScope, why: string): Promise<Agreed | undefined> {
    const showYaml = 'Show the YAML';
    const goOn = 'Trace Anyway';
    const detail = `${why}\nWithout the change only nodes that log already print anything. Somebody with the right can apply the YAML, and take it back afterwards.`;
    const choice = await vscode.window.showWarningMessage(
      'The nodes do not log what you want to see.',
      { modal: true, detail },
      showYaml,
      goOn,
    );
    if (choice === goOn) return { asked, changes: [], filter: asked.expression };
    if (choice !== showYaml) return undefined;
    const content = scope.loans.map(loanYaml).join('---\n');
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument({ language: 'yaml', content }),
    );
    return { asked, changes: [], filter: asked.expression };
  }

  /** With a connection of its own: what is put back must not depend on which cluster the views show by then. */
  async #runAlone(context: string, agreed: Agreed): Promise<void> {
    const session = await withProgress(`Connecting to ${context}`, (signal) =>
      this.#services.openContext(context, signal),
    );
    const { cluster } = session;
    try {
      if (isLive(cluster)) await this.#run(session, cluster, agreed);
    } finally {
      await cluster.close();
    }
  }

  async #run(session: Session, cluster: LiveCluster, { asked, changes, filter }: Agreed): Promise<void> {
    const { log, setTracing, growing, startRecorder } = this.#services;
    const stop = new AbortController();
    const output = (this.#output ??= vscode.window.createOutputChannel(
      'Calico eBPF Trace',
      'calico-bpf-trace',
    ));
    const status = vscode.window.createStatusBarItem('calicoBpf.trace', vscode.StatusBarAlignment.Left);
    status.command = 'calicoBpf.trace.stop';
    status.tooltip = statusTooltip();
    output.clear();
    const recording = await Recording.begin({
      cluster: cluster.info.name,
      nodes: asked.nodes,
      folder: this.#folder(),
      output,
      startThread: startRecorder,
      channelSize: readSetting('calicoBpf.trace.channelSize') * 1_000_000,
      filter,
      doing: (words) => showStatus(status, words, recording.counts),
      badFilter: () => stop.abort(),
    });
    growing.begin(recording.path);
    output.show(true);
    status.show();
    setTracing(true);
    const silence = setTimeout(
      () => void tellSilence(session, asked, { recording, stop, log }),
      silenceMs + (changes.length === 0 ? 0 : readyTimeoutMs / 2),
    );
    const debugPods = debugPodChoice();
    const request = { cluster, ...asked, changes, journal: this.#journal, readyTimeoutMs, debugPods };
    const run = withSetUpProgress(asked, stop, (report) =>
      runTrace(request, listenBy(recording, report), stop.signal),
    );
    this.#running = { stop, ended: run.then(noop, noop) };
    const ticking = setInterval(() => {
      showStatus(status, `Tracing ${asked.nodes.join(', ')}`, recording.counts);
      growing.grow(recording.path);
    }, 1000);
    try {
      const end = await run;
      await recording.close();
      log.info(`${cluster.info.name}: traced ${asked.nodes.join(', ')}, ${recording.counts.lines} lines.`);
      tellEnd(end, asked, recording);
    } finally {
      clearTimeout(silence);
      clearInterval(ticking);
      status.dispose();
      setTracing(false);
      this.#running = undefined;
      await recording.close().finally(() => growing.end(recording.path));
    }
  }

  #folder(): string {
    const chosen = readSetting('calicoBpf.trace.folder');
    return chosen === '' ? vscode.Uri.joinPath(this.#services.storage, 'traces').fsPath : chosen;
  }
}

interface Agreed {
  readonly asked: AskedTrace;
  readonly changes: readonly AgreedChange[];
  /** What is left out here, where the nodes have no filters of their own. */
  readonly filter: string | undefined;
}

function listenBy(recording: Recording, report: (words: string) => void) {
  return {
    doing: (words: string) => {
      recording.doing(words);
      report(words);
    },
    remark: (node: string, words: string) => recording.remark(node, words),
    bytes: (node: string, bytes: Uint8Array) => recording.bytes(node, bytes),
  };
}

function debugPodChoice(): DebugPodChoice | undefined {
  if (readSetting('calicoBpf.changes') === 'never') return undefined;
  const agree = async (offer: DebugPodOffer) => {
    const { title, detail } = debugPodQuestion(offer);
    const create = 'Create Debug Pod';
    return (await vscode.window.showWarningMessage(title, { modal: true, detail }, create)) === create;
  };
  return { image: readSetting('calicoBpf.trace.debugImage'), agree };
}

/** A notification with Cancel until the trace itself begins; after that the status bar tells, and stops it. */
async function withSetUpProgress(
  { nodes }: AskedTrace,
  stop: AbortController,
  task: (report: (words: string) => void) => Promise<RunEnd>,
): Promise<RunEnd> {
  const begun = Promise.withResolvers<void>();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Trace of ${nodes.join(', ')}`,
    cancellable: true,
  };
  let tell: (words: string) => void = noop;
  void vscode.window.withProgress(options, async (progress, token) => {
    toAbortSignal(token).addEventListener('abort', () => stop.abort());
    tell = (message) => progress.report({ message });
    await begun.promise;
  });
  try {
    return await task((words) => {
      tell(words);
      if (words.startsWith('Tracing')) begun.resolve();
    });
  } finally {
    begun.resolve();
  }
}

/** Tells why nothing comes of nodes, as long as nothing comes. */
async function tellSilence(
  session: Session,
  { nodes, expression }: AskedTrace,
  { recording, stop, log }: Listening,
): Promise<void> {
  const isSilent = (node: string) => !stop.signal.aborted && recording.counts.silent.includes(node);
  try {
    for (const node of nodes.filter(isSilent)) {
      const reasons = await silenceReasons(session, node, expression);
      if (isSilent(node)) for (const reason of reasons) recording.remark(node, reason);
    }
  } catch (error) {
    // Whoever does not answer now is told of by the trace itself.
    log.warn(`Why nothing comes: ${String(error)}`);
  }
}

interface Listening {
  readonly recording: Recording;
  readonly stop: AbortController;
  readonly log: Log;
}

function noop(): void {
  // Nothing is left to do.
}
