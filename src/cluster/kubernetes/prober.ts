import { Agents, type Agent } from './agents.ts';
import { argvOf, grouped, outputOf, type Run } from './commandGroups.ts';
import { findCommand } from './commands.ts';
import type { Connection } from './connection.ts';
import { isPassing, LostConnection, StatusError } from './failure.ts';
import { follow, traceArgv } from './follow.ts';
import { Gate } from './gate.ts';
import { Order, OrderQueue, type Answer } from './orders.ts';
import { retry, waitFor, type Patience } from './patience.ts';
import type { Resources, Terms } from './resources.ts';
import { noAnswer, runBare, type Bounds, type Output } from './run.ts';
import type { BatchOutput, Commands } from './shell.ts';
import { Shells } from './shells.ts';
import { Tools, type Tool } from './tools.ts';
import { printed } from '../../core/text/printed.ts';
import {
  ClusterError,
  type PodContainer,
  type ProbeRequest,
  type ProbeResult,
  type StreamPiece,
  type TraceRequest,
} from '../cluster.ts';

export interface ProbeLimits extends Bounds {
  /** Execs at once, in the whole cluster and on one node. */
  readonly concurrency: number;
  readonly perNode: number;
  /** How long a shell on a node waits for more to do. */
  readonly lingerMs: number;
}

/** Runs probes in the calico-node pods. */
export class Prober {
  readonly #connection: Connection;
  readonly #agents: Agents;
  readonly #shells: Shells;
  readonly #tools: Tools;
  readonly #limits: ProbeLimits;
  readonly #patience: Patience;
  readonly #lifetime: AbortSignal;
  readonly #gate: Gate;
  readonly #queues = new Map<string, OrderQueue<Run>>();

  constructor(
    connection: Connection,
    resources: Resources,
    { limits, patience, lifetime }: Terms & { readonly limits: ProbeLimits },
  ) {
    this.#connection = connection;
    this.#agents = new Agents(connection, resources, lifetime);
    this.#shells = new Shells(connection, limits.lingerMs, lifetime);
    this.#tools = new Tools(connection, this.#shells, limits, lifetime);
    this.#limits = limits;
    this.#patience = patience;
    this.#lifetime = lifetime;
    this.#gate = new Gate(limits.concurrency);
  }

  async probe({ node, probe }: ProbeRequest, signal: AbortSignal): Promise<ProbeResult> {
    const command = findCommand(probe);
    if (command === undefined) throw new ClusterError('unsupported', `There is no probe “${probe}”.`);
    if (command.kind === 'log') return this.#probeLog({ node, probe }, command.sinceSeconds, signal);
    const order = new Order<Run>(command, signal);
    this.#queueOf(node).add(order);
    const { argv, output, startedAt, durationMs } = await waitFor(order.answered, signal);
    return toResult({ node, probe, argv, startedAt, durationMs }, output);
  }

  /** The namespace of the calico-node pods; where nobody may look, the usual one. */
  async namespace(signal: AbortSignal): Promise<string> {
    const [agent] = (await this.agentsIfAllowed(signal))?.values() ?? [];
    return agent?.namespace ?? 'calico-system';
  }

  /** The calico-node pods by node; `undefined` for those who may not list pods. */
  async agentsIfAllowed(signal: AbortSignal): Promise<ReadonlyMap<string, Agent> | undefined> {
    try {
      return await this.#agents.all(signal);
    } catch (error) {
      if (error instanceof StatusError) return undefined;
      throw error;
    }
  }

  /** The nodes with a calico-node pod that runs. */
  async nodes(signal: AbortSignal): Promise<readonly string[]> {
    const agents = [...(await this.#agents.all(signal)).values()];
    return agents.filter(({ trouble }) => trouble === undefined).map(({ node }) => node);
  }

  async agentPod(node: string, signal: AbortSignal): Promise<PodContainer> {
    const agent = (await this.#agents.all(signal)).get(node);
    if (agent === undefined) throw new ClusterError('unreachable', `${node} has no calico-node pod.`);
    return agent;
  }

  /** The lines of the trace pipe of a node. Takes no place at the gate: it lasts. */
  async *followTrace(request: TraceRequest, signal: AbortSignal): AsyncGenerator<StreamPiece> {
    const argv = traceArgv(request);
    const place = request.pod ?? (await this.#agents.of(request.node, signal));
    try {
      yield* follow(this.#connection, place, argv, signal);
    } catch (error) {
      throw this.#reconsider(error, place);
    }
  }

  #queueOf(node: string): OrderQueue<Run> {
    let queue = this.#queues.get(node);
    if (queue === undefined) {
      queue = new OrderQueue<Run>(this.#limits.perNode, (orders, signal) => {
        const own = AbortSignal.any([signal, this.#lifetime]);
        return this.#gate.pass(() => this.#serve(node, orders, own), own);
      });
      this.#queues.set(node, queue);
    }
    return queue;
  }

  /** All probes only read, so all may be repeated. What stays incomplete is better than nothing. */
  async #serve(node: string, orders: readonly Order<Run>[], signal: AbortSignal): Promise<void> {
    try {
      await retry(this.#patience, () => this.#serveOnce(node, orders, signal), signal);
    } catch (error) {
      if (!(error instanceof LostOutput)) throw error;
      const [first, ...others] = orders.filter(({ isOpen }) => isOpen);
      first?.answer(error.answer);
      if (others.length > 0) await this.#serve(node, others, signal);
    }
  }

  async #serveOnce(node: string, orders: readonly Order<Run>[], signal: AbortSignal): Promise<void> {
    const agent = await this.#agents.of(node, signal);
    try {
      const tool = await this.#tools.of(agent, signal);
      const open = orders.filter(({ isOpen }) => isOpen);
      if (tool.hasShell) await this.#runTogether(agent, tool, open, signal);
      else for (const order of open) await this.#runTogether(agent, tool, [order], signal);
    } catch (error) {
      throw this.#reconsider(error, agent);
    }
  }

  /**
   * Runs what was ordered in one exec, each order a command, but those that read files together. What a bound cut runs
   * once more by itself, and the others after it together.
   */
  async #runTogether(
    agent: Agent,
    tool: Tool,
    orders: readonly Order<Run>[],
    signal: AbortSignal,
  ): Promise<void> {
    const startedAt = new Date();
    const began = performance.now();
    const groups = grouped(orders);
    const commands = groups.map((group) => argvOf(group, tool));
    const { done, cut } = await this.#connection.withFreshCredentials(() =>
      this.#run(agent, tool, commands, signal),
    );
    const toAnswer = async (order: Order<Run>, output: Output, group: readonly Order<Run>[]) => ({
      argv: argvOf([order], tool),
      output: await outputOf(order, output, group),
      startedAt,
      durationMs: Math.round(performance.now() - began),
    });
    for (const [index, output] of done.entries()) {
      const group = groups[index] ?? [];
      for (const order of group) order.answer(await toAnswer(order, output, group));
    }
    if (cut === undefined) return;
    const [group = [], ...others] = groups.slice(done.length);
    const [first] = group;
    if (first === undefined) return;
    if (cut.end === 'lost') throw new LostOutput(await toAnswer(first, cut, group));
    if (orders.length > 1) {
      for (const order of group) await this.#runTogether(agent, tool, [order], signal);
      if (others.length > 0) await this.#runTogether(agent, tool, others.flat(), signal);
    } else if (isNothing(cut)) first.fail(noAnswer(commands[0] ?? [], this.#limits));
    else first.answer(await toAnswer(first, cut, group));
  }

  async #run(agent: Agent, tool: Tool, commands: Commands, signal: AbortSignal): Promise<BatchOutput> {
    if (tool.hasShell) return this.#shells.run(agent, commands, this.#limits, signal);
    const output = await runBare(this.#connection, agent, commands[0] ?? [], this.#limits, signal);
    return output.end === 'whole' ? { done: [output], cut: undefined } : { done: [], cut: output };
  }

  /** The pod may have gone meanwhile, and another come in its place. */
  #reconsider(error: unknown, { pod }: PodContainer): unknown {
    const isGone = error instanceof StatusError && error.code === 404;
    if (isGone || isPassing(error)) this.#agents.doubt();
    return isGone ? new LostConnection(`The pod ${pod} is gone.`) : error;
  }

  #probeLog(
    { node, probe }: ProbeRequest,
    since: number | undefined,
    signal: AbortSignal,
  ): Promise<ProbeResult> {
    return this.#gate.pass(async () => {
      const startedAt = new Date();
      const began = performance.now();
      const output = await retry(this.#patience, () => this.#readLog(node, since, signal), signal);
      const durationMs = Math.round(performance.now() - began);
      return toResult({ node, probe, argv: [], startedAt, durationMs }, output);
    }, signal);
  }

  async #readLog(node: string, since: number | undefined, signal: AbortSignal): Promise<Output> {
    const agent = await this.#agents.of(node, signal);
    const limit = Math.min(this.#limits.maxBytes, mostLogBytes);
    const query = new URLSearchParams({
      container: agent.container,
      limitBytes: String(limit),
      ...(since === undefined ? {} : { sinceSeconds: String(since) }),
    }).toString();
    const [space, pod] = [encodeURIComponent(agent.namespace), encodeURIComponent(agent.pod)];
    try {
      const path = `/api/v1/namespaces/${space}/pods/${pod}/log?${query}`;
      const stdout = await this.#connection.getBytes(path, {}, signal);
      const end = stdout.length >= limit ? 'too-large' : 'whole';
      return { stdout: printed(stdout), stderr: new Uint8Array(0), exitCode: 0, end };
    } catch (error) {
      throw this.#reconsider(error, agent);
    }
  }
}

/** The beginning says how Felix was configured; a node may have logged for months since. */
const mostLogBytes = 4 * 1024 * 1024;

function toResult(
  asked: Pick<ProbeResult, 'node' | 'probe' | 'argv' | 'startedAt' | 'durationMs'>,
  { stdout, stderr, exitCode, end }: Output,
): ProbeResult {
  return { ...asked, stdout, stderr, exitCode, truncated: end !== 'whole' };
}

/** A part of an answer is better than nothing; nothing is a failure. */
function isNothing({ stdout, stderr }: Output): boolean {
  return stdout.length === 0 && stderr.length === 0;
}

/** The command ended, but the end of its output did not arrive. */
class LostOutput extends LostConnection {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('The end of the output was lost.');
    this.answer = answer;
  }
}
