import {
  ClusterError,
  ifAnswered,
  isClusterError,
  type Cluster,
  type ProbeResult,
  type Selection,
} from '../cluster/cluster.ts';
import { findCapacity, parseBpftoolMaps } from '../core/dump/bpftoolMaps.ts';
import { parseIfState } from '../core/dump/ifstate.ts';
import { parseIpSets } from '../core/dump/ipsets.ts';
import { parseNat } from '../core/dump/nat.ts';
import { parseRoutes } from '../core/dump/routes.ts';
import { buildAddressBook, type AddressBook } from '../core/names/addressBook.ts';
import { finishAtPace } from '../core/steps.ts';
import { timed } from '../core/pace.ts';
import { fullnessFacts } from '../core/facts/others.ts';
import { buildSurroundings } from '../core/facts/surroundings.ts';
import { openSummary, toJudged, type JudgedSummary } from '../core/table/summaryStream.ts';
import { createNames, noNodeNaming } from '../core/names/createNames.ts';
import type { Names } from '../core/names/names.ts';
import type { NamingObjects } from '../core/names/objects.ts';
import { judgeAnswer } from '../core/nodes/answer.ts';
import { readFelixLog } from '../core/nodes/felixLog.ts';
import { interfaceFacts } from '../core/nodes/interfaceFacts.ts';
import type { InterfaceFacts } from '../core/nodes/interfaces.ts';
import type { NodeFacts } from '../core/nodes/node.ts';
import { agentEnvironment, findAgent } from '../core/nodes/nodeFacts.ts';
import type { KubernetesObject } from '../core/objects/object.ts';
import { printed, printedText } from '../core/text/printed.ts';
import { every, findMapKind, mapProbe, traceNameOf } from '../core/probes.ts';
import { joinTraces, type NodeTrace } from '../core/trace/join.ts';
import { toError } from './answers.ts';
import { backgroundSize, foreground, type Background, type SummaryRequest } from './background.ts';
import { Memory } from './memory.ts';
import { agentPods, listNodes, readNode, type NodeSources } from './nodes.ts';
import type { MapDump, MapTarget, ProbeOutput, ProbeTarget, ProbeText, Session } from './session.ts';

export interface SessionLog {
  info(message: string): void;
  warn(message: string): void;
}

/** Makes a session of an open cluster. */
export function createSession(cluster: Cluster, log: SessionLog, background = foreground): Session {
  return new ClusterSession(cluster, log, background);
}

class ClusterSession implements Session {
  readonly cluster: Cluster;
  readonly #log: SessionLog;
  readonly #background: Background;
  readonly #memory = new Memory();
  readonly #nodeSources: NodeSources;

  constructor(cluster: Cluster, log: SessionLog, background: Background) {
    this.cluster = cluster;
    this.#log = log;
    this.#background = background;
    this.#nodeSources = {
      cluster,
      memory: this.#memory,
      objects: (resource, signal) => this.#reachableObjects(resource, signal),
      felixConfigurations: (signal) => this.#calicoObjects('felixconfigurations', signal),
      text: (target, signal) => this.text(target, signal),
    };
  }

  nodeList(signal: AbortSignal): Promise<readonly NodeFacts[]> {
    return listNodes(this.#nodeSources, signal);
  }

  node(name: string, signal: AbortSignal): Promise<NodeFacts> {
    return readNode(this.#nodeSources, name, signal);
  }

  async nodes(signal: AbortSignal): Promise<readonly NodeFacts[]> {
    const listed = await this.nodeList(signal);
    return Promise.all(listed.map(({ name }) => this.node(name, signal)));
  }

  async interfaces(node: string, signal: AbortSignal): Promise<readonly InterfaceFacts[]> {
    const { text } = await this.text({ node, probe: 'ifstate.dump' }, signal);
    return interfaceFacts(parseIfState(text).entries, await this.names(node, signal));
  }

  map({ node, map, family }: MapTarget, signal: AbortSignal): Promise<MapDump> {
    return this.#memory.recall(`map/${node}/${map}/${family}`, signal, async (own) => {
      const kind = findMapKind(map);
      if (kind === undefined) throw new ClusterError('unsupported', `There is no map “${map}”.`);
      const probe = mapProbe(kind, family);
      const { output } = await this.output({ node, probe }, own);
      const dump = { map, probe, output };
      const read = await (output.length > backgroundSize
        ? this.#background.summarize({ ...dump, known: { node, objects: await this.objects(own) } }, own)
        : this.#summarize(node, dump, own));
      if (read === undefined) throw new ClusterError('unsupported', `Nobody reads ${probe}.`);
      const pin = kind.pins[family];
      const capacity = pin === undefined ? undefined : await this.#capacity(node, pin, own);
      const fullness = fullnessFacts(kind.title, { used: read.summary.used, capacity });
      return { ...read, facts: [...read.facts, ...fullness], capacity };
    });
  }

  /** Sums a dump up at once; the cluster's objects are looked through once for all of them. */
  async #summarize(
    node: string,
    { map, probe, output }: Omit<SummaryRequest, 'known'>,
    signal: AbortSignal,
  ): Promise<JudgedSummary | undefined> {
    const stream = openSummary(map, probe);
    stream.push(await output.bytes());
    const sum = stream.end();
    const { judge } = stream;
    if (sum === undefined || judge === undefined) return sum && toJudged(sum, []);
    const book = await this.#addressBook(signal);
    const surroundings = await this.#memory.recall('surroundings', signal, async (own) =>
      finishAtPace(buildSurroundings(await this.objects(own), book), timed()),
    );
    return toJudged(sum, judge({ node, book, surroundings }));
  }

  async text(target: ProbeTarget, signal: AbortSignal): Promise<ProbeText> {
    const { output, ...answer } = await this.output(target, signal);
    return { ...answer, text: await printedText(output) };
  }

  output({ node, probe }: ProbeTarget, signal: AbortSignal): Promise<ProbeOutput> {
    return this.#memory.recall(`output/${node}/${probe}`, signal, async (own) => {
      const trace = traceNameOf(probe);
      if (trace !== undefined) return this.#trace(node, trace, own);
      const result = await this.cluster.probe({ node, probe }, own);
      // How an output begins tells whether it is an answer.
      const stdout = decode(result.stdout.head.subarray(0, judgedLength));
      const stderr = decode(result.stderr);
      this.#logProbe(result);
      const answer = judgeAnswer({ probe, stdout, stderr, exitCode: result.exitCode });
      if (answer.kind === 'failed') throw toError(result, answer);
      const { argv, truncated, startedAt } = result;
      return { output: result.stdout, argv, stderr, truncated, startedAt };
    });
  }

  names(node: string | undefined, signal: AbortSignal): Promise<Names> {
    return this.#memory.recall(`names/${node ?? ''}`, signal, async (own) => {
      const book = await this.#addressBook(own);
      if (node === undefined) return createNames(book, noNodeNaming);
      const texts = await Promise.all(namingProbes.map((probe) => this.#namingText({ node, probe }, own)));
      const read = (probe: (typeof namingProbes)[number]) => texts[namingProbes.indexOf(probe)] ?? '';
      const agent = findAgent(await agentPods(this.#nodeSources, own), node);
      return createNames(book, {
        node,
        interfaces: parseIfState(read('ifstate.dump')).entries,
        routes: [...parseRoutes(read('routes.dump')).entries, ...parseRoutes(read('routes.dump.v6')).entries],
        frontends: [...parseNat(read('nat.dump')).entries, ...parseNat(read('nat.dump.v6')).entries],
        ipSets: [...parseIpSets(read('ipsets.dump')).entries, ...parseIpSets(read('ipsets.dump.v6')).entries],
        ipSetNames: readFelixLog(read('felix.log')).ipSetNames,
        interfacePrefixes: (agentEnvironment(agent, 'FELIX_INTERFACEPREFIX') ?? 'cali').split(','),
      });
    });
  }

  learn({ resource, label }: Selection, objects: readonly KubernetesObject[]): void {
    this.#memory.learn(`objects/${resource}${label === undefined ? '' : `?${label}`}`, objects);
    const derived = /^(?:node|names)\/|^(?:addresses|surroundings)$/;
    this.#memory.forget((key) => derived.test(key));
  }

  forget(node?: string): void {
    this.#memory.forget((key) => node === undefined || key.split('/')[1] === node);
  }

  /** A captured trace stands beside the probes: nothing was run for it that could have failed. */
  async #trace(node: string, name: string, signal: AbortSignal): Promise<ProbeOutput> {
    const bytes =
      node === every
        ? await this.#joinedTrace(name, signal)
        : await this.cluster.trace({ node, name }, signal);
    return { output: printed(bytes), argv: [], stderr: '', startedAt: undefined, truncated: false };
  }

  /** The traces of a name of all nodes, as one. */
  async #joinedTrace(name: string, signal: AbortSignal): Promise<Uint8Array> {
    const traces: NodeTrace[] = [];
    for (const node of await this.cluster.probedNodes(signal)) {
      const names = await this.cluster.traces(node, signal);
      const texts: string[] = [];
      for (const own of names.filter((one) => name === every || one === name))
        texts.push(decode(await this.cluster.trace({ node, name: own }, signal)));
      if (texts.length > 0) traces.push({ node, text: texts.join('') });
    }
    return new TextEncoder().encode(await finishAtPace(joinTraces(traces), timed()));
  }

  #addressBook(signal: AbortSignal): Promise<AddressBook> {
    return this.#memory.recall('addresses', signal, async (own) =>
      finishAtPace(buildAddressBook(await this.objects(own)), timed()),
    );
  }

  async objects(signal: AbortSignal): Promise<NamingObjects> {
    const kubernetes = (resource: string) => this.#objects(resource, signal);
    const calico = (plural: string) => this.#calicoObjects(plural, signal);
    const [nodes, pods, services, endpointSlices] = await Promise.all([
      kubernetes('nodes'),
      kubernetes('pods'),
      kubernetes('services'),
      kubernetes('endpointslices.discovery.k8s.io'),
    ]);
    const [ipPools, blockAffinities, ipamBlocks] = await Promise.all([
      calico('ippools'),
      calico('blockaffinities'),
      calico('ipamblocks'),
    ]);
    const policies = await Promise.all([
      kubernetes('networkpolicies.networking.k8s.io'),
      calico('networkpolicies'),
      calico('globalnetworkpolicies'),
    ]);
    const calicoOnes = { ipPools, blockAffinities, ipamBlocks };
    return { nodes, pods, services, endpointSlices, ...calicoOnes, policies: policies.flat() };
  }

  /** Calico's resources are in either of two API groups. */
  async #calicoObjects(plural: string, signal: AbortSignal): Promise<readonly KubernetesObject[]> {
    const found = await this.#objects(`${plural}.projectcalico.org`, signal);
    return found.length > 0 ? found : this.#objects(`${plural}.crd.projectcalico.org`, signal);
  }

  /** The objects of a resource; none where they cannot be had: names then know less. */
  async #objects(resource: string, signal: AbortSignal): Promise<readonly KubernetesObject[]> {
    return (await ifAnswered(this.#reachableObjects(resource, signal))) ?? [];
  }

  /** The same; that there is no way to the cluster is a failure, which is not remembered. */
  #reachableObjects(resource: string, signal: AbortSignal): Promise<readonly KubernetesObject[]> {
    return this.#memory.recall(`objects/${resource}`, signal, async (own) => {
      try {
        return await this.cluster.list(resource, own);
      } catch (error) {
        if (!isClusterError(error)) throw error;
        this.#log.info(`${resource}: ${error.message}`);
        if (error.reason === 'unreachable') throw error;
        return [];
      }
    });
  }

  async #capacity(node: string, pin: string, signal: AbortSignal): Promise<number | undefined> {
    const maps = await this.#memory.recall(`maps/${node}`, signal, async (own) =>
      parseBpftoolMaps((await this.#textIfAny({ node, probe: 'bpftool.map' }, own)) ?? ''),
    );
    return findCapacity(maps, pin);
  }

  /** What names are read from; nothing where it is too long to be read: names then know less. */
  async #namingText(target: ProbeTarget, signal: AbortSignal): Promise<string> {
    const output = (await ifAnswered(this.output(target, signal)))?.output;
    return output === undefined || output.length > maxNamingLength ? '' : printedText(output);
  }

  async #textIfAny(target: ProbeTarget, signal: AbortSignal): Promise<string | undefined> {
    return (await ifAnswered(this.text(target, signal)))?.text;
  }

  #logProbe({ node, probe, argv, stdout, exitCode, durationMs }: ProbeResult): void {
    const asked = argv.length === 0 ? probe : argv.join(' ');
    const time = durationMs === undefined ? '' : `, ${durationMs} ms`;
    this.#log.info(`${node}: ${asked} → ${stdout.length} bytes, status ${exitCode ?? 'unknown'}${time}`);
  }
}

/** What names are read from, node by node. */
const namingProbes = [
  'ifstate.dump',
  'routes.dump',
  'routes.dump.v6',
  'nat.dump',
  'nat.dump.v6',
  'ipsets.dump',
  'ipsets.dump.v6',
  'felix.log',
] as const;

const judgedLength = 64 * 1024;

/** Names are made of dumps up to this length, in bytes: some 300,000 frontends. */
const maxNamingLength = 25_000_000;

/** Bytes to text: UTF-8, without a byte order mark; what is none stays visible as U+FFFD. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
