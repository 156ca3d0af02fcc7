import type { IfState } from '../dump/ifstate.ts';
import { isReady } from '../dump/summary.ts';
import type { AddressBook } from '../names/addressBook.ts';
import type { Names } from '../names/names.ts';
import type { Fact } from './fact.ts';

/** What follows from a node's ifstate: the running pods of the node whose interfaces are absent or not ready. */
export function interfaceStateFacts(
  states: readonly IfState[],
  { node, names, book }: { readonly node: string; readonly names: Names; readonly book: AddressBook },
): readonly Fact[] {
  const found = states.map((state, row) => ({ state, row, pods: podsBehind(state.name, names) }));
  const hasIpv6 = states.some(({ flags }) => flags.includes('v6Ready'));
  const addresses = new Map(book.podsOn(node).map((pod) => [`${pod.namespace}/${pod.name}`, pod.addresses]));
  const notReady = found.flatMap(({ state, row, pods }): Fact[] => {
    const own = pods.flatMap((pod) => addresses.get(pod) ?? []);
    const family = missingFamily(state, own, hasIpv6);
    if (pods.length === 0 || family === undefined) return [];
    const text = `${state.name} of ${pods.join(', ')} is not ready${family === '' ? '' : ` for ${family}`}: its BPF programs are not in place.`;
    return [{ rule: 'interface-not-ready', rows: [row], subject: pods[0] ?? state.name, text }];
  });
  // Where workload interfaces have no pod, pods cannot be told by their interfaces either (another CNI).
  if (found.some(({ state, pods }) => state.flags.includes('workload') && pods.length === 0)) return notReady;
  const present = new Set(found.flatMap(({ pods }) => pods));
  const absent = book.podsOn(node).flatMap((pod): Fact[] => {
    const subject = `${pod.namespace}/${pod.name}`;
    const isHere = pod.node === node && pod.phase === 'Running' && !pod.isHostNetworked;
    if (!isHere || pod.addresses.length === 0 || present.has(subject)) return [];
    const text = `${subject} runs on ${node}, and ifstate has no interface of it.`;
    return [{ rule: 'interface-absent', rows: [], subject, text }];
  });
  return [...notReady, ...absent];
}

/** The family for which an interface should be ready and is not; '' for all, `undefined` for none. */
function missingFamily(
  state: IfState,
  addresses: readonly string[],
  hasIpv6: boolean,
): 'IPv4' | 'IPv6' | '' | undefined {
  const { flags } = state;
  if (!isReady(state)) return '';
  const isFor = (separator: string) => addresses.some((address) => address.includes(separator));
  if (flags.includes('v4Ready') && hasIpv6 && isFor(':') && !flags.includes('v6Ready')) return 'IPv6';
  if (flags.includes('v6Ready') && isFor('.') && !flags.includes('v4Ready')) return 'IPv4';
  return undefined;
}

/** The pods that an interface is of, as `shop/cart-m8t2l`. */
export function podsBehind(name: string, names: Names): readonly string[] {
  return names.interfaceName(name).flatMap(({ kind, label }) => (kind === 'pod' ? label : []));
}
