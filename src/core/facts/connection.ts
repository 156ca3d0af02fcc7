import type { ConntrackEntry } from '../dump/conntrack.ts';
import type { IpAddress } from '../net/address.ts';
import { parseProtocol } from '../net/protocol.ts';
import type { FactRule } from './fact.ts';
import type { Surroundings } from './surroundings.ts';

/** What of a conntrack entry the rules look at, whichever form it was printed in. */
export interface Connection {
  /** IANA number. */
  readonly protocol: number | undefined;
  readonly destination: IpAddress;
  readonly port: number;
  /** Whether it was opened to a service and goes on to a backend. */
  readonly isNatted: boolean;
  readonly isSynSent: boolean;
  /** Nanoseconds since its last packet. */
  readonly idle: number | undefined;
}

/** A connection that is SYN-SENT so long after its last packet stays without an answer; nanoseconds. */
export const unansweredAfter = 3e9;

export type ConnectionRule = Extract<FactRule, `conntrack-${string}`>;

/** The rules that hold for a connection. */
export function connectionRules(
  connection: Connection,
  { findService, kindOf }: Pick<Surroundings, 'findService' | 'kindOf'>,
): readonly ConnectionRule[] {
  const { protocol, destination, port, isNatted, isSynSent, idle } = connection;
  const rules: ConnectionRule[] = [];
  if (isSynSent && idle !== undefined && idle >= unansweredAfter) rules.push('conntrack-unanswered');
  const kind = kindOf(destination);
  if (kind === 'gone') rules.push('conntrack-pod-gone');
  // The NodePorts of another node are its own to translate.
  if (kind === 'service' && !isNatted && protocol !== undefined) {
    if (findService(destination, port, protocol) !== undefined) rules.push('conntrack-no-nat');
  }
  return rules;
}

/**
 * The connection of an entry; `undefined` for a raw one that only leads from a service's address to its
 * connection, which is an entry of its own.
 */
export function toConnection(entry: ConntrackEntry): Connection | undefined {
  const { state, idle } = entry;
  const isSynSent = state === 'SYN-SENT';
  if (entry.kind === 'connection') {
    const { protocol, destination, service } = entry;
    return {
      protocol: parseProtocol(protocol.replace('Proto-', '')),
      destination: destination.address,
      port: destination.port,
      isNatted: service !== undefined,
      isSynSent,
      idle,
    };
  }
  if (entry.type !== 'normal' && entry.type !== 'nat-reverse') return undefined;
  // A is the smaller address, not the client: a flag says who opened the connection (v3.24 and later).
  const { address, port } = entry.flags.includes('B-A') ? entry.a : entry.b;
  const isNatted = entry.type === 'nat-reverse';
  return { protocol: entry.protocol, destination: address, port, isNatted, isSynSent, idle };
}
