import { parseIp } from '../net/address.ts';
import type { Endpoint } from '../net/endpoint.ts';
import type { ServiceFacts, ServicePort } from './objects.ts';

/** The addresses that stand for every node's in the NAT map of a NodePort. */
export const wildcards: ReadonlySet<string> = new Set([
  '255.255.255.255',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
]);

/** Finds the service port that is reached at an address. */
export type FindServicePort = (endpoint: Endpoint, protocol: number) => ServicePort | undefined;

/**
 * Indexes services by their own addresses, and NodePorts by their number alone: nodes times NodePorts would be
 * millions in a large cluster.
 */
export function indexServicePorts(
  services: readonly ServiceFacts[],
  isNodeAddress: (address: string) => boolean,
): FindServicePort {
  const own = new Map<string, ServicePort>();
  const nodePorts = new Map<string, ServicePort>();
  for (const { addresses, ports } of services) {
    for (const port of ports) {
      for (const { address } of addresses)
        own.set(endpointKey(parseIp(address) ?? address, port.port, port.protocol), port);
      if (port.nodePort !== undefined) nodePorts.set(`${port.nodePort} ${port.protocol}`, port);
    }
  }
  return ({ address, port }, protocol) => {
    const found = own.get(endpointKey(address, port, protocol));
    if (found !== undefined) return found;
    return wildcards.has(address) || isNodeAddress(address)
      ? nodePorts.get(`${port} ${protocol}`)
      : undefined;
  };
}

export function endpointKey(address: string, port: number, protocol: number): string {
  return `${address} ${port} ${protocol}`;
}
