import { agentMissing, findAgents, type Agent } from './agents.ts';
import { findCommand, type Command } from './commands.ts';
import type { Connection } from './connection.ts';
import { isPassing, LostConnection, messageOf, StatusError } from './failure.ts';
import { follow, traceArgv } from './follow.ts';
import { Gate } from './gate.ts';
import { retry, waitFor, type Patience } from './patience.ts';
import type { Resources, Terms } from './resources.ts';
import { requireSomething, runBare, runGuarded, type Bounds, type Output } from './run.ts';
import { findTool, type Tool } from './tools.ts';
import {
  ClusterError,
  type ProbeRequest,
  type ProbeResult,
  type StreamPiece,
  type TraceRequest,
} from '../cluster.ts';

export interface ProbeLimits extends Bounds {
  /** Commands at once, in the whole cluster and on one node. */
  readonly concurrency: number;
  readonly perNode: number;
}

/** How long the list of calico-node pods is taken to hold. */
const agentsHoldMs = 30_000;

/** Runs probes in the calico-node pods. */
export class Prober {
  readonly #connection: Connection;
  readonly #resources: Resources;
  readonly #limits: ProbeLimits;
  readonly #patience: Patience;
  readonly #lifetime: AbortSignal;
  readonly #clusterGate: Gate;
  readonly #nodeGates = new Map<string, Gate>();
  readonly #tools = new Map<string, Promise<Tool>>();
  #agents: { readonly found: Promise<ReadonlyMap<string, Agent>>; readonly until: number } | undefined;

  constructor(
    connection: Connection,
    resources: Resources,
    { limits, patience, lifetime }: Terms & { readonly limits: ProbeLimits },
  ) {
    this.#connection = connection;
    this.#resources = resources;
    this.#limits = limits;
    this.#patience = patience;
    this.#lifetime = lifetime;
    this.#clusterGate = new Gate(limits.concurrency);
  }

  async probe({ node, probe }: ProbeRequest, signal: AbortSignal): Promise<ProbeResult> {
    const command = findCommand(probe);
    if (command === undefined) throw new ClusterError('unsupported', `There is no probe “${probe}”.`);
    const run = () => this.#ask(node, probe, command, signal);
    return this.#gateOf(node).pass(() => this.#clusterGate.pass(run, signal), signal);
  }

  /** The namespace of the calico-node pods; where nobody may look, the usual one. */
  async namespace(signal: AbortSignal): Promise<string> {
    try {
      const [agent] = (await this.#allAgents(signal)).values();
      return agent?.namespace ?? 'calico-system';
    } catch (error) {
      if (error instanceof StatusError) return 'calico-system';
      throw error;
    }
  }

  /** The lines of the trace pipe of a node. Takes no place at the gates: it lasts. */
  async *followTrace({ node, seconds }: TraceRequest, signal: AbortSignal): AsyncGenerator<StreamPiece> {
    const argv = traceArgv(seconds);
    const agent = await this.#agentOf(node, signal);
    try {
      yield* follow(this.#connection, agent, argv, signal);
    } catch (error) {
      throw this.#reconsider(error, agent);
    }
  }

  /** The nodes with a calico-node pod that runs. */
  async nodes(signal: AbortSignal): Promise<readonly string[]> {
    const agents = [...(await this.#allAgents(signal)).values()];
    return agents.filter(({ trouble }) => trouble === undefined).map(({ node }) => node);
  }

  async #ask(node: string, probe: string, command: Command, signal: AbortSignal): Promise<ProbeResult> {
    const startedAt = new Date();
    const began = performance.now();
    const { argv, output } = await this.#askPatiently(node, command, signal);
    return {
      node,
      probe,
      argv,
      stdout: output.stdout,
      stderr: output.stderr,
      exitCode: output.exitCode,
      startedAt,
      durationMs: Math.round(performance.now() - began),
      truncated: output.end !== 'whole',
    };
  }

  /** All probes only read, so all may be repeated. What stays incomplete is better than nothing. */
  async #askPatiently(node: string, command: Command, signal: AbortSignal): Promise<Answer> {
    try {
      return await retry(this.#patience, () => this.#askOnce(node, command, signal), signal);
    } catch (error) {
      if (error instanceof LostOutput) return error.answer;
      throw error;
    }
  }

  async #askOnce(node: string, command: Command, signal: AbortSignal): Promise<Answer> {
    const agent = await this.#agentOf(node, signal);
    try {
      if (command.kind === 'log') return { argv: [], output: await this.#readLog(agent, signal) };
      const tool = await this.#toolOf(agent, signal);
      const argv = argvOf(command, tool);
      const run = tool.hasShell ? runGuarded : runBare;
      const output = await this.#withFreshCredentials(() =>
        run(this.#connection, agent, argv, this.#limits, signal),
      );
      requireSomething(output, argv.join(' '), this.#limits);
      if (output.end === 'lost') throw new LostOutput({ argv, output });
      return { argv, output };
    } catch (error) {
      throw this.#reconsider(error, agent);
    }
  }

  /** The pod may have gone meanwhile, and another come in its place. */
  #reconsider(error: unknown, { pod }: Agent): unknown {
    const isGone = error instanceof StatusError && error.code === 404;
    if (isGone || isPassing(error)) this.#agents = undefined;
    return isGone ? new LostConnection(`The pod ${pod} is gone.`) : error;
  }

  async #withFreshCredentials<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StatusError && error.code === 401)) throw error;
      this.#connection.renew();
      return work();
    }
  }

  async #readLog({ namespace, pod, container }: Agent, signal: AbortSignal): Promise<Output> {
    const limit = Math.min(this.#limits.maxBytes, mostLogBytes);
    const query = new URLSearchParams({ container, limitBytes: String(limit) }).toString();
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${query}`;
    const stdout = await this.#connection.getBytes(path, {}, signal);
    const end = stdout.length >= limit ? 'too-large' : 'whole';
    return { stdout, stderr: Buffer.alloc(0), exitCode: 0, end };
  }

  async #agentOf(node: string, signal: AbortSignal): Promise<Agent> {
    const agent = (await this.#allAgents(signal)).get(node);
    if (agent !== undefined && agent.trouble === undefined) return agent;
    this.#agents = undefined; // What is not as it should be may be so at the next call.
    if (agent === undefined) {
      const nodes = await this.#resources.list('nodes', {}, signal);
      throw agentMissing(
        node,
        nodes.find(({ metadata }) => metadata.name === node),
      );
    }
    throw new ClusterError(
      'unreachable',
      `The pod ${agent.namespace}/${agent.pod} of ${node} ${agent.trouble}.`,
    );
  }

  #allAgents(signal: AbortSignal): Promise<ReadonlyMap<string, Agent>> {
    if (this.#agents === undefined || this.#agents.until < Date.now()) {
      const found = findAgents(this.#resources, this.#lifetime);
      this.#agents = { found, until: Date.now() + agentsHoldMs };
      found.catch(() => {
        if (this.#agents?.found === found) this.#agents = undefined;
      });
    }
    return waitFor(this.#agents.found, signal);
  }

  #toolOf(agent: Agent, signal: AbortSignal): Promise<Tool> {
    let tool = this.#tools.get(agent.image);
    if (tool === undefined) {
      tool = findTool(agent.image, (argv) => this.#tryOut(agent, argv, this.#lifetime));
      this.#tools.set(agent.image, tool);
      tool.catch(() => this.#tools.delete(agent.image));
    }
    return waitFor(tool, signal);
  }

  /** Runs a command that may not exist, in a container that may have no shell. */
  async #tryOut(
    agent: Agent,
    argv: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly stdout: string; readonly hasShell: boolean } | undefined> {
    for (const hasShell of [true, false]) {
      const run = hasShell ? runGuarded : runBare;
      try {
        const output = await run(this.#connection, agent, argv, this.#limits, signal);
        const isThere = output.exitCode !== 126 && output.exitCode !== 127;
        if (isThere) return { stdout: output.stdout.toString('utf8'), hasShell };
        if (hasShell && output.end === 'whole') return undefined; // The shell says that there is none.
      } catch (error) {
        if (!isNoProgram(error)) throw error;
      }
    }
    return undefined;
  }

  #gateOf(node: string): Gate {
    const gate = this.#nodeGates.get(node) ?? new Gate(this.#limits.perNode);
    this.#nodeGates.set(node, gate);
    return gate;
  }
}

const mostLogBytes = 16 * 1024 * 1024;

interface Answer {
  /** Empty for the log, which is no command. */
  readonly argv: readonly string[];
  readonly output: Output;
}

/** The command ended, but the end of its output did not arrive. */
class LostOutput extends LostConnection {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('The end of the output was lost.');
    this.answer = answer;
  }
}

function argvOf(command: Exclude<Command, { readonly kind: 'log' }>, tool: Tool): readonly string[] {
  switch (command.kind) {
    case 'tool':
      return [...tool.prefix, ...command.args];
    case 'health':
      return tool.health;
    case 'program':
      return command.argv;
  }
}

/** What container runtimes say when there is nothing to start; they end such an exec with a failure. */
function isNoProgram(error: unknown): boolean {
  return /executable file not found|no such file or directory/.test(messageOf(error));
}
