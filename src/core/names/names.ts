/** Who is behind a raw value of a dump, in the user's words, and how we know. */
export interface Identity {
  readonly kind: 'pod' | 'service' | 'node' | 'interface' | 'ip-set' | 'pool' | 'node-block' | 'well-known';
  /** To show beside the raw value: `shop/cart-…`, `service shop/catalog:http`, `node-a`. */
  readonly label: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** The node it is on, where that makes sense. */
  readonly node: string | undefined;
  /** Further facts, one a line: `port http 80 → 8080`, `3 ready endpoints`. */
  readonly details: readonly string[];
  /** How we know: `Pod status.podIP`, `ifstate dump: ifindex 7 is cali30bb…`. */
  readonly source: string;
}

/**
 * Answers who an address, an interface, a service id or an IP-set number is. An empty answer means unknown;
 * several answers are several truths (a node address that is a service's external IP, too).
 */
export interface Names {
  address(ip: string, endpoint?: { readonly port: number; readonly protocol: number }): readonly Identity[];
  cidr(cidr: string): readonly Identity[];
  interfaceIndex(index: number): readonly Identity[];
  interfaceName(name: string): readonly Identity[];
  /** A node-local service id of the NAT maps. */
  serviceId(id: number): readonly Identity[];
  /** An IP-set number as printed: `0x9bb9786e55d550fe`. */
  ipSet(number: string): readonly Identity[];
}

/** Knows nobody: for a dump that was opened without its cluster. */
export const noNames: Names = {
  address: () => [],
  cidr: () => [],
  interfaceIndex: () => [],
  interfaceName: () => [],
  serviceId: () => [],
  ipSet: () => [],
};
