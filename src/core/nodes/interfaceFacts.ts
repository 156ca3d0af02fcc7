import type { IfState } from '../dump/ifstate.ts';
import { isReady } from '../dump/summary.ts';
import type { Names } from '../names/names.ts';
import type { InterfaceFacts } from './interfaces.ts';

/** The interfaces that ifstate lists, with the pods behind them: workloads by pod first, then the others by name. */
export function interfaceFacts(states: readonly IfState[], names: Names): readonly InterfaceFacts[] {
  const lacking = findLacking(states);
  return states.map((state) => toFacts(state, names, lacking)).toSorted(compare);
}

/** Workloads that have their programs for one family only, on a node that runs both. */
function findLacking(states: readonly IfState[]): ReadonlySet<IfState> {
  if (!states.some(({ flags }) => flags.includes('v6Ready'))) return new Set();
  return new Set(
    states.filter(
      ({ flags }) => flags.includes('workload') && flags.includes('v4Ready') !== flags.includes('v6Ready'),
    ),
  );
}

function toFacts(state: IfState, names: Names, lacking: ReadonlySet<IfState>): InterfaceFacts {
  const { name, index, flags } = state;
  const pod = names.interfaceName(name).find(({ kind }) => kind === 'pod');
  return {
    name,
    index,
    kind: kindOf(flags),
    ready: isReady(state) && !flags.includes('notmanaged') && !lacking.has(state),
    flags,
    pod: pod === undefined ? undefined : { namespace: pod.namespace ?? '', name: pod.name },
  };
}

const tunnelFlags: ReadonlySet<string> = new Set(['vxlan', 'ipip', 'wg']);

function kindOf(flags: readonly string[]): InterfaceFacts['kind'] {
  if (flags.includes('workload')) return 'workload';
  if (flags.includes('notmanaged')) return 'unmanaged';
  return flags.some((flag) => tunnelFlags.has(flag)) ? 'tunnel' : 'host';
}

function compare(a: InterfaceFacts, b: InterfaceFacts): number {
  const rank = ({ kind }: InterfaceFacts) => (kind === 'workload' ? 0 : 1);
  return rank(a) - rank(b) || sortName(a).localeCompare(sortName(b), 'en');
}

function sortName({ pod, name }: InterfaceFacts): string {
  return pod === undefined ? name : `${pod.namespace}/${pod.name}`;
}
