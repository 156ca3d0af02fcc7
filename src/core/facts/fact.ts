import type { IpAddress } from '../net/address.ts';

/** What follows from a dump and the objects of its cluster, row by row; whoever shows it says by which rule. */
export interface Fact {
  readonly rule: FactRule;
  /** The entries of the dump that it is about, by index; none where an entry is absent. */
  readonly rows: readonly number[];
  /** Which parts of those entries, by index: backends of a frontend, counters of an interface; all of them without it. */
  readonly parts?: readonly number[];
  /** Who or what it is about, as the user names it: `shop/cart:http`, `cali30bb…`. */
  readonly subject: string;
  /** The address of the backend or endpoint that it is about, where it is about one. */
  readonly address?: IpAddress;
  /** What is so, in a sentence. */
  readonly text: string;
}

/** Each rule in a sentence, to show beside what follows from it. */
export const factRules = {
  'nat-no-backends': 'A NAT frontend whose count is 0 answers every packet with “port unreachable”.',
  'nat-backend-missing':
    'A NAT frontend announces more backends than the backend map holds: connections sent to those fail.',
  'nat-id-shared': 'A service id belongs to one port of one service; frontends of different ones have it.',
  'nat-backend-not-ready':
    'A NAT backend is none of the ready or serving endpoints in the EndpointSlices of its service.',
  'nat-endpoint-missing':
    'A ready endpoint in the EndpointSlices of a service is no NAT backend of any of its frontends.',
  'nat-service-missing': 'A service has a cluster IP, and NAT has no frontend at that address and port.',
  'interface-absent': 'A running pod of this node has no interface in ifstate: no BPF program serves it.',
  'interface-not-ready':
    'The interface of a running pod is in ifstate without “ready”, or without “v4Ready” or “v6Ready” for a family that the pod has addresses of.',
  'conntrack-unanswered':
    'A connection is SYN-SENT, and its last packet was 3 s ago or more: nobody has answered.',
  'conntrack-no-nat':
    'A connection goes to the address and port of a service without a NAT leg: it began before the service was known, and reaches nobody.',
  'conntrack-pod-gone': 'A connection goes to an address of an IP pool that no pod and no node has.',
  'route-node-gone': 'The next hop of a route is an address that no node has.',
  'map-nearly-full': 'A BPF map holds 90 % or more of the entries that it can hold.',
  drops: 'A counter of the category “Dropped” is above zero.',
} as const;
export type FactRule = keyof typeof factRules;
