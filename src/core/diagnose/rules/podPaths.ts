/** Ways to a node's own pods that are broken: routes of the programs and of the kernel, and the interface itself. */
import type { Dump } from '../../dump/dump.ts';
import type { IfState } from '../../dump/ifstate.ts';
import type { Route } from '../../dump/routeLine.ts';
import { isReady } from '../../dump/summary.ts';
import { podsBehind } from '../../facts/interfaceState.ts';
import { isYoung } from './absentPods.ts';
import { valueEvidence } from '../evidence.ts';
import { inSteps, type Steps } from '../../steps.ts';
import { advise, type Draft, type Evidence } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { podSubject } from '../subjects.ts';

interface Break {
  /** The rest of a sentence about the pod. */
  readonly why: string;
  readonly evidence: Evidence;
}

/** Pods whose interface is known and ready, and that are not reached all the same. */
export function* brokenPaths(node: KnownNode, cluster: KnownCluster): Steps<readonly Draft[]> {
  const states = statesByPod(node);
  yield;
  const ways = waysOf(node);
  yield;
  const broken: Draft[] = [];
  yield* inSteps(cluster.surroundings.book.podsOn(node.name), (pod) => {
    const name = `${pod.namespace}/${pod.name}`;
    const state = states.get(name);
    const isMeant = pod.node === node.name && pod.phase === 'Running' && !pod.isHostNetworked;
    if (!isMeant || state === undefined) return;
    const breaks = [
      ...downLink(node, state, ways),
      ...oldIndex(node, state, ways),
      ...pod.addresses.flatMap((address) => brokenAt(node, { address, state, ways })),
    ];
    const [first] = breaks;
    if (first === undefined || isYoung(cluster, pod.namespace, pod.name)) return;
    broken.push({
      severity: 'error',
      subject: podSubject(name, node.name),
      cause: name,
      title: `Pod ${name} on {nodes} is not reached: ${first.why}.`,
      evidence: breaks.map(({ evidence }) => evidence),
      fix: advise(
        'Something else than Calico changes interfaces and routes of the node (NetworkManager and systemd-networkd must leave cali* alone), or Felix could not write them: see its log for the interface. Recreating the pod makes them anew.',
      ),
    });
  });
  return broken;
}

function statesByPod(node: KnownNode): ReadonlyMap<string, IfState> {
  const names = node.names();
  return new Map(
    (node.ifstate()?.entries ?? [])
      .filter((state) => isReady(state) && state.flags.includes('workload'))
      .flatMap((state) => podsBehind(state.name, names).map((pod) => [pod, state] as const)),
  );
}

/** The routes to pods of the node, by address. */
interface Ways {
  readonly programs: ReadonlyMap<string, Route>;
  readonly hasOf: (address: string) => boolean;
  readonly kernel: ReadonlySet<string>;
  /** Whether the kernel has a route to any of them. */
  readonly isInKernel: (address: string) => boolean;
  /** The interfaces that are down, by their names as ifstate has them. */
  readonly down: ReadonlySet<string>;
  /** The indices that interfaces have now, by the same names. */
  readonly indices: ReadonlyMap<string, number>;
}

function waysOf(node: KnownNode): Ways {
  const isOwn = ({ flags }: Route) => flags.includes('local') && flags.includes('workload');
  const own = (dump: Dump<Route> | undefined) => (dump?.entries ?? []).filter(isOwn);
  const [v4, v6] = [own(node.routes()), own(node.routesV6())];
  const addressOf = (cidr: string) => cidr.replace(/\/(?:32|128)$/, '');
  const kernel = new Set(node.kernelRoutes().map(({ destination }) => addressOf(destination)));
  const [isV4, isV6] = [v4, v6].map((routes) => routes.some(({ dest }) => kernel.has(addressOf(dest))));
  // Where pods of two families have routes of one, those of the other are lost, even if all of them are.
  const both = new Set(v4.map(({ ifIndex }) => ifIndex));
  const isDual = isV4 === true && v6.some(({ ifIndex }) => ifIndex !== undefined && both.has(ifIndex));
  return {
    programs: new Map([...v4, ...v6].map((route) => [addressOf(route.dest), route])),
    kernel,
    isInKernel: (address) => (address.includes(':') ? isV6 === true || isDual : isV4 === true),
    down: new Set(node.links().flatMap(({ name, isUp }) => (isUp ? [] : name.slice(0, 15)))),
    indices: new Map(node.links().map(({ name, index }) => [name.slice(0, 15), index])),
    // Without any there is no telling whether they should be here.
    hasOf: (address) => (address.includes(':') ? v6 : v4).length > 0,
  };
}

function brokenAt(
  node: KnownNode,
  { address, state, ways }: { readonly address: string; readonly state: IfState; readonly ways: Ways },
): readonly Break[] {
  if (!ways.hasOf(address)) return [];
  const probe = address.includes(':') ? 'routes.dump.v6' : 'routes.dump';
  const route = ways.programs.get(address);
  if (route === undefined) {
    const evidence = valueEvidence(node, probe, {
      value: `no route to ${address}`,
      shows: 'The routes of Calico’s programs.',
    });
    return [{ why: `Calico’s programs have no route to its address ${address}`, evidence }];
  }
  if (route.ifIndex !== undefined && route.ifIndex !== state.index) {
    const evidence = valueEvidence(node, probe, {
      value: `${route.dest}: idx ${route.ifIndex}`,
      shows: `${state.name} has the index ${state.index}.`,
    });
    const why = `the route to ${address} leads to interface ${route.ifIndex}, and its own, ${state.name}, is ${state.index}`;
    return [{ why, evidence }];
  }
  return lostByKernel(node, address, ways);
}

/** Where the kernel has routes to the other pods of the node, one without is cut off from the host. */
function lostByKernel(node: KnownNode, address: string, { kernel, isInKernel }: Ways): readonly Break[] {
  if (kernel.has(address) || !isInKernel(address)) return [];
  const evidence = valueEvidence(node, 'ip.route', {
    value: `no route to ${address}`,
    shows: 'The kernel has routes to the other pods.',
  });
  return [{ why: `the kernel has no route to its address ${address}`, evidence }];
}

function downLink(node: KnownNode, { name }: IfState, { down }: Ways): readonly Break[] {
  if (!down.has(name)) return [];
  const evidence = valueEvidence(node, 'ip.link', { value: `${name} is down`, shows: 'The host’s end.' });
  return [{ why: `its interface ${name} is down`, evidence }];
}

/** An interface that was made anew, which Calico’s programs know by the index of the old one. */
function oldIndex(node: KnownNode, { name, index }: IfState, { indices }: Ways): readonly Break[] {
  const now = indices.get(name);
  if (now === undefined || now === index) return [];
  if (node.ifstate()?.entries.some((each) => each.name === name && each.index === now) === true) return [];
  const evidence = valueEvidence(node, 'ip.link', {
    value: `${now}: ${name}`,
    shows: `Calico’s programs know it as interface ${index}.`,
  });
  const why = `its interface ${name} was made anew as ${now}, and Calico’s programs know it as ${index}, so that what comes by it is from an unknown interface`;
  return [{ why, evidence }];
}
