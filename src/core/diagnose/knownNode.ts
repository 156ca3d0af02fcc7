import { parseBpftoolMaps, type BpfMap } from '../dump/bpftoolMaps.ts';
import type { ConntrackStats } from '../dump/conntrackStats.ts';
import type { InterfaceCounters } from '../dump/counters.ts';
import type { Dump } from '../dump/dump.ts';
import type { IfState } from '../dump/ifstate.ts';
import { readDump } from '../dump/readers.ts';
import type { Route } from '../dump/routeLine.ts';
import type { NatMap } from '../facts/natMap.ts';
import { createNames } from '../names/createNames.ts';
import type { Names } from '../names/names.ts';
import { readEffectiveConfig, type EffectiveConfig } from '../nodes/effectiveConfig.ts';
import { readFelixLog, startOfFelix, type FelixLogFacts } from '../nodes/felixLog.ts';
import type { NodeFacts } from '../nodes/node.ts';
import { nodeFacts } from '../nodes/nodeFacts.ts';
import { hashPods } from '../names/workloadInterface.ts';
import type { Steps } from '../steps.ts';
import { LineIndex } from '../text/lineIndex.ts';
import type { Heard } from './heard.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { ConntrackTable, NodeTables } from './nodeTables.ts';
import { once } from './once.ts';
import type { Silence } from './rules/silence.ts';
import {
  readAttached,
  readKernelRoutes,
  readLinks,
  readMounts,
  readPrograms,
  readSysctls,
  type AttachedProgram,
  type KernelRoute,
  type Link,
  type Mount,
  type Programs,
} from './system.ts';

/** What one node’s probes said; each is read when a rule first asks for it. */
export interface KnownNode {
  readonly name: string;
  readonly facts: () => NodeFacts;
  readonly heard: (probe: string) => Heard;
  /** What a probe printed; `undefined` where it has no answer. */
  readonly text: (probe: string) => string | undefined;
  readonly ifstate: () => Dump<IfState> | undefined;
  readonly nat: NatMap | undefined;
  readonly natV6: NatMap | undefined;
  readonly routes: () => Dump<Route> | undefined;
  readonly routesV6: () => Dump<Route> | undefined;
  readonly conntracks: readonly ConntrackTable[];
  readonly conntrackStats: () => ConntrackStats | undefined;
  readonly counters: () => Dump<InterfaceCounters> | undefined;
  readonly bpfMaps: () => readonly BpfMap[];
  /** The programs of the kernel; `undefined` where `bpftool prog list` has no answer. */
  readonly programs: () => Programs | undefined;
  readonly attached: () => readonly AttachedProgram[] | undefined;
  readonly links: () => readonly Link[];
  readonly kernelRoutes: () => readonly KernelRoute[];
  readonly mounts: () => readonly Mount[];
  readonly sysctls: () => ReadonlyMap<string, string>;
  /** Felix's log of its current start, and at which offset of the whole log it begins. */
  readonly currentLog: () => { readonly text: string; readonly offset: number } | undefined;
  readonly config: () => EffectiveConfig | undefined;
  readonly names: () => Names;
  /** The line of an offset in a probe's text, from one. */
  readonly lineAt: (probe: string, offset: number) => number;
}

/** What a node has said, and its large dumps as they were read. */
export interface NodeInput {
  readonly probes: ReadonlyMap<string, Heard>;
  readonly tables: NodeTables;
}

/** What is kept of a node once its rules have run, for those that compare nodes. */
export interface NodeDigest extends NodeFacts {
  /** Felix's raw settings as its log tells them, the winning one of each, by lower-case parameter. */
  readonly settings: ReadonlyMap<string, string>;
  /** The MTU of the interface of the default route. */
  readonly uplinkMtu: number | undefined;
  /** The other nodes whose pods do not answer. */
  readonly silences: readonly Silence[];
  /** The largest MTU of its workload interfaces. */
  readonly workloadMtu: number | undefined;
}

export function knownNode(
  name: string,
  { probes: heardProbes, tables }: NodeInput,
  cluster: KnownCluster,
): KnownNode {
  const heard = (probe: string): Heard =>
    heardProbes.get(probe) ?? { kind: 'unknown', why: `${probe} was not asked` };
  const text = (probe: string) => {
    const found = heard(probe);
    return found.kind === 'answered' ? found.text : undefined;
  };
  const dump = <T>(probe: string) =>
    // Each reader yields what its probe's name promises.
    once(() => {
      const said = text(probe);
      return said === undefined ? undefined : (readDump(probe, said) as Dump<T> | undefined);
    });
  const start = once(() => startOfFelix(text('felix.log') ?? ''));
  const log = once(() => {
    const said = text('felix.log');
    return said === undefined ? undefined : readFelixLog(said, start());
  });
  const dumps = {
    ifstate: dump<IfState>('ifstate.dump'),
    routes: dump<Route>('routes.dump'),
    routesV6: dump<Route>('routes.dump.v6'),
    counters: dump<InterfaceCounters>('counters.dump'),
  };
  const stats = dump<ConntrackStats>('conntrack.stats');
  const lines = new Map<string, LineIndex>();
  return {
    name,
    heard,
    text,
    ...dumps,
    ...tables,
    conntrackStats: () => stats()?.entries[0],
    bpfMaps: once(() => parseBpftoolMaps(text('bpftool.map') ?? '')),
    programs: once(() => readPrograms(text('bpftool.prog') ?? '')),
    attached: once(() => readAttached(text('bpftool.net') ?? '')),
    links: once(() => readLinks(text('ip.link') ?? '')),
    kernelRoutes: once(() => readKernelRoutes(text('ip.route') ?? '')),
    mounts: once(() => readMounts(text('mounts') ?? '')),
    sysctls: once(() => readSysctls(text('sysctl') ?? '')),
    currentLog: once(() => readCurrentLog(text('felix.log'), start())),
    config: once(() => readEffectiveConfig(text('felix.log') ?? '', start())),
    names: once(() => namesOf(name, dumps, cluster)),
    lineAt(probe, offset) {
      const index = lines.get(probe) ?? new LineIndex(text(probe) ?? '');
      lines.set(probe, index);
      return index.positionAt(offset).line + 1;
    },
    facts: once(() => readFacts(name, { heard, text, dumps, log }, cluster)),
  };
}

/** Reads one after another what several rules ask for, so that none of them has to read all of it. */
export function* readAhead(node: KnownNode, { surroundings }: KnownCluster): Steps<void> {
  yield* hashPods(surroundings.book.podsOn(node.name));
  node.ifstate();
  yield;
  node.routes();
  yield;
  node.facts();
  yield;
  node.names().interfaceName('');
  yield;
}

interface Readings {
  readonly heard: KnownNode['heard'];
  readonly text: KnownNode['text'];
  readonly dumps: Pick<KnownNode, 'ifstate' | 'routes' | 'routesV6'>;
  readonly log: () => FelixLogFacts | undefined;
}

function readFacts(name: string, { heard, text, dumps, log }: Readings, cluster: KnownCluster): NodeFacts {
  const ifstate = heard('ifstate.dump');
  const count = dumps.ifstate()?.entries.length ?? 0;
  return nodeFacts(
    name,
    {
      nodes: cluster.objects('nodes'),
      pods: cluster.objects('pods'),
      felixConfigurations: cluster.objects('felixconfigurations'),
    },
    {
      log: log(),
      ifstate: 'time' in ifstate ? { answer: ifstate, count } : undefined,
      version: text('version'),
    },
  );
}

function readCurrentLog(log: string | undefined, start: number): ReturnType<KnownNode['currentLog']> {
  if (log === undefined) return undefined;
  const offset = log.lastIndexOf('\n', start) + 1;
  return { text: log.slice(offset), offset };
}

function namesOf(node: string, dumps: Readings['dumps'], cluster: KnownCluster): Names {
  const prefix = cluster.environmentOn(node, 'FELIX_INTERFACEPREFIX') ?? 'cali';
  return createNames(cluster.surroundings.book, {
    node,
    interfaces: dumps.ifstate()?.entries ?? [],
    routes: [...(dumps.routes()?.entries ?? []), ...(dumps.routesV6()?.entries ?? [])],
    frontends: [],
    ipSets: [],
    ipSetNames: new Map(),
    interfacePrefixes: prefix.split(','),
  });
}
