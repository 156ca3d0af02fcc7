import * as vscode from 'vscode';
import { setContext } from '../host/context.ts';
import type { Connection } from '../host/connection.ts';
import { GrowingFiles } from '../host/growingFiles.ts';
import type { Log } from '../host/log.ts';
import type { Session } from '../session/session.ts';
import type { ClusterSource } from '../host/connection.ts';
import type { Finding } from '../core/diagnose/finding.ts';
import type { RecorderCalls } from '../tracing/recorder.ts';
import type { Tracer } from '../tracing/tracer.ts';
import type { TracePlace } from '../tracing/wizard.ts';
import type { Commands } from './ids.ts';
import type { Thread } from '../worker/protocol.ts';
import { withSession } from './withSession.ts';
import { registerOpenTrace } from './openTrace.ts';
import { registerCommand } from './registry.ts';

export interface TraceServices {
  readonly connection: Connection;
  readonly log: Log;
  readonly storage: vscode.Uri;
  readonly openSession: (source: ClusterSource, signal: AbortSignal) => Promise<Session>;
  /** Starts the thread that records a trace. */
  readonly startRecorder: () => Thread<RecorderCalls>;
}

/** The commands of traces. Its `dispose` waits for nothing; `endTraces` does. */
export class TraceCommands implements vscode.Disposable {
  /** What traces are written to. */
  readonly growing = new GrowingFiles();
  readonly #services: TraceServices;
  readonly #parts: vscode.Disposable;
  #tracer: Promise<Tracer> | undefined;

  constructor(services: TraceServices) {
    this.#services = services;
    const { connection, log } = services;
    this.#parts = vscode.Disposable.from(
      registerOpenTrace({ connection, log, growing: this.growing }),
      registerCommand('calicoBpf.trace.start', 'Tracing', log, (place) =>
        withSession(connection, async (session) => (await this.#load()).start(session, placeOf(place))),
      ),
      registerCommand('calicoBpf.trace.stop', 'Stopping the trace', log, () => this.end()),
      registerCommand('calicoBpf.trace.restore', 'Putting back what a trace changed', log, async () =>
        (await this.#load()).restore({ isAsked: true }),
      ),
    );
  }

  /** Offers to put back what a window that is gone has left changed. */
  async offerRestoration(): Promise<void> {
    const loans = vscode.Uri.joinPath(this.#services.storage, 'loans');
    const files = await Promise.resolve(vscode.workspace.fs.readDirectory(loans)).catch(() => []);
    if (files.some(([name]) => name.endsWith('.json')))
      await (await this.#load()).restore({ isAsked: false });
  }

  /** Ends the trace, if one runs, and puts back what it changed. */
  async end(): Promise<void> {
    await (await this.#tracer)?.stop();
  }

  dispose(): void {
    this.#parts.dispose();
    this.growing.dispose();
  }

  #load(): Promise<Tracer> {
    const { log, storage, openSession, startRecorder } = this.#services;
    this.#tracer ??= import('../tracing/tracer.ts').then(
      ({ Tracer }) =>
        new Tracer({
          log,
          storage,
          startRecorder,
          growing: this.growing,
          setTracing: (isTracing) => setContext('calicoBpf.isTracing', isTracing),
          openContext: (context, signal) => openSession({ kind: 'live', context }, signal),
        }),
    );
    return this.#tracer;
  }
}

/** What hands a place over: the tree a node, or an interface with its pod; a finding; a table a filter. */
type GivenPlace = Parameters<Commands['calicoBpf.trace.start']>[0];

function placeOf(given: GivenPlace): TracePlace {
  const about = given?.finding === undefined ? {} : placeOfSubject(given.finding.subject);
  const { node, facts, expression } = given ?? {};
  return {
    ...about,
    ...(node !== undefined && { node }),
    ...(facts?.pod !== undefined && { pod: facts.pod }),
    ...(expression !== undefined && { expression }),
  };
}

function placeOfSubject({ kind, name, namespace, node }: Finding['subject']): TracePlace {
  const object = { namespace: namespace ?? '', name };
  switch (kind) {
    case 'service':
      return { service: object };
    case 'pod':
      return { pod: object };
    case 'node':
      return { node: name };
    case 'interface':
    case 'key':
      return node === undefined ? {} : { node };
  }
}
