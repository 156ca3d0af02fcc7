import type { IfState } from '../../dump/ifstate.ts';
import { isReady } from '../../dump/summary.ts';
import type { KnownNode } from '../knownNode.ts';

/** Felix's own devices; before v3.28.1 nothing else tells them from the cards of the host. */
const ownDevices =
  /^(?:lo|bpf(?:in|out)\.cali|vxlan\.calico|vxlan-v6\.calico|tunl0|wireguard\.cali|wg-v6\.cali|egress\.calico)$/;

/** The cards of the host that Calico manages. */
export function hostCards(node: KnownNode): readonly IfState[] {
  const states = node.ifstate()?.entries ?? [];
  const isTold = states.some(({ flags }) => flags.includes('host'));
  return states.filter((state) => {
    const { name, flags } = state;
    const isOfHost = isTold ? flags.includes('host') : !flags.includes('workload');
    return isOfHost && isReady(state) && !flags.includes('notmanaged') && !ownDevices.test(name);
  });
}
