/**
 * What has to change so that the BPF programs log what somebody wants to see, and no more: the level Debug, and a filter
 * in the syntax of pcap (felix/dataplane/linux/int_dataplane.go, felix/bpf/filter).
 */
import type { LoanRequest } from '../cluster/loans.ts';
import { compareVersions, parseVersion } from '../core/felix/versions.ts';
import { nodesReached } from '../core/felix/reach.ts';
import { field, textField, type KubernetesObject } from '../core/objects/object.ts';

export interface TraceWish {
  readonly nodes: readonly string[];
  /** A pcap expression; `undefined` for every packet. */
  readonly expression: string | undefined;
}

/** What decides about logging on a node. */
export interface LoggingNode {
  readonly name: string;
  /** As `v3.32.1`. */
  readonly calicoVersion: string | undefined;
  /** The FELIX_ variables of its calico-node container, by their names in upper case. */
  readonly environment: ReadonlyMap<string, string>;
}

export interface LoggingState {
  readonly nodes: readonly LoggingNode[];
  /** All nodes of the cluster. */
  readonly allNodes: readonly KubernetesObject[];
  readonly configurations: readonly KubernetesObject[];
  /** Where the configurations are. */
  readonly resource: string;
}

export interface TraceScope {
  readonly loans: readonly LoanRequest[];
  /** Nodes that log already what is wanted. */
  readonly ready: readonly string[];
  /** Nodes whose trace cannot be had, and why. */
  readonly impossible: readonly { readonly node: string; readonly why: string }[];
  /** What the user should know before they agree. */
  readonly notes: readonly string[];
  /** Whether the filter is applied here, to what was printed, because the nodes have none. */
  readonly filtersHere: boolean;
}

/** The narrowest change that lets the nodes log what is wanted. */
export function planScope(wish: TraceWish, state: LoggingState): TraceScope {
  const wanted = state.nodes.filter(({ name }) => wish.nodes.includes(name));
  const impossible = wanted.flatMap((node) => {
    const why = obstacle(node, wish);
    return why === undefined ? [] : [{ node: node.name, why }];
  });
  const possible = wanted.filter(({ name }) => !impossible.some(({ node }) => node === name));
  const ready = possible.filter((node) => logsAlready(node, wish, state)).map(({ name }) => name);
  const toChange = possible.filter(({ name }) => !ready.includes(name));
  const filtersHere = wish.expression !== undefined && toChange.some((node) => !hasFilters(node));
  return {
    loans: loansFor(toChange, wish, state),
    ready,
    impossible,
    notes: notesOn(toChange, wish, filtersHere),
    filtersHere,
  };
}

function obstacle({ environment }: LoggingNode, { expression }: TraceWish): string | undefined {
  const level = environment.get('FELIX_BPFLOGLEVEL');
  if (level !== undefined && level !== '' && level.toLowerCase() !== 'debug') {
    return `FELIX_BPFLOGLEVEL=${level} in the environment of its calico-node outranks every FelixConfiguration. Remove it there first.`;
  }
  const filters = environment.get('FELIX_BPFLOGFILTERS');
  if (expression !== undefined && filters !== undefined && filters !== '') {
    return `FELIX_BPFLOGFILTERS=${filters} in the environment of its calico-node outranks every FelixConfiguration. Remove it there first.`;
  }
  return undefined;
}

/** From v3.27 on. */
function hasFilters({ calicoVersion }: LoggingNode): boolean {
  const version = calicoVersion === undefined ? undefined : parseVersion(calicoVersion);
  return version === undefined || compareVersions(version, { major: 3, minor: 27, patch: 0 }) >= 0;
}

function logsAlready(node: LoggingNode, { expression }: TraceWish, state: LoggingState): boolean {
  const level = node.environment.get('FELIX_BPFLOGLEVEL') ?? valueOn(node.name, 'bpfLogLevel', state)?.value;
  if (typeof level !== 'string' || level.toLowerCase() !== 'debug') return false;
  const filters = valueOn(node.name, 'bpfLogFilters', state)?.value;
  const isFiltered = typeof filters === 'object' && filters !== null && Object.keys(filters).length > 0;
  if (!isFiltered) return true; // It logs everything: more than is wanted, and nothing has to change.
  return expression !== undefined && textField(filters, 'all') === expression;
}

/** The value of a key on a node, and the object that sets it: the one for the node alone is heard first. */
export function valueOn(
  node: string,
  key: string,
  { configurations, allNodes }: LoggingState,
): { readonly value: unknown; readonly by: string } | undefined {
  const own = allNodes.filter(({ metadata }) => metadata.name === node);
  const ranked = configurations
    .filter((object) => nodesReached(object, own).length > 0)
    .toSorted((a, b) => rank(b) - rank(a));
  for (const object of ranked) {
    const value = field(object, 'spec', key);
    if (value !== undefined && value !== '') return { value, by: object.metadata.name };
  }
  return undefined;
}

/** `default` is outranked by objects with a selector, and these by that of the node. */
function rank({ metadata: { name } }: KubernetesObject): number {
  if (name === 'default') return 0;
  return name.startsWith('node.') ? 2 : 1;
}

function loansFor(
  nodes: readonly LoggingNode[],
  { expression }: TraceWish,
  state: LoggingState,
): readonly LoanRequest[] {
  const [first] = nodes;
  if (first === undefined) return [];
  const isForAll = state.allNodes.length > 1 && nodes.length === state.allNodes.length;
  const isOverridden = nodes.some(({ name }) =>
    loggingKeys.some((key) => (valueOn(name, key, state)?.by ?? 'default') !== 'default'),
  );
  const names = isForAll && !isOverridden ? ['default'] : nodes.map(({ name }) => `node.${name}`);
  const valuesFor = (name: string) => {
    if (expression !== undefined && nodes.every(hasFilters)) return filtered(expression);
    const filters = state.configurations.find(({ metadata }) => metadata.name === name);
    const hasOwn = field(filters, 'spec', 'bpfLogFilters') !== undefined;
    return { bpfLogLevel: 'Debug', ...(hasOwn ? { bpfLogFilters: undefined } : {}) };
  };
  return names.map((name) => ({
    ref: { resource: state.resource, name },
    apiVersion: state.resource.endsWith('.crd.projectcalico.org')
      ? 'crd.projectcalico.org/v1'
      : 'projectcalico.org/v3',
    kind: 'FelixConfiguration',
    values: valuesFor(name),
  }));
}

const loggingKeys = ['bpfLogLevel', 'bpfLogFilters', 'bpfCTLBLogFilter'] as const;

/** Connect-time programs see no packets: with filters they log only when that is said by itself. */
function filtered(expression: string): Readonly<Record<string, unknown>> {
  return { bpfLogLevel: 'Debug', bpfLogFilters: { all: expression }, bpfCTLBLogFilter: 'all' };
}

function notesOn(
  nodes: readonly LoggingNode[],
  { expression }: TraceWish,
  filtersHere: boolean,
): readonly string[] {
  if (nodes.length === 0) return [];
  if (expression === undefined) {
    return [
      'Without a filter every packet is logged: tens of thousands of lines a second on a busy node, which slows traffic down.',
    ];
  }
  if (filtersHere) {
    return [
      'This Calico has no log filters (they came with v3.27): the nodes log every packet, which slows traffic down, and what is not wanted is left out here.',
    ];
  }
  return [
    'Between nodes, data interfaces such as eth0 see only the outer header of VXLAN or IPIP: what is wanted shows on the tunnel device and the pod’s interface instead.',
  ];
}
