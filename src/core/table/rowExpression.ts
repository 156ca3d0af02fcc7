import { parseEndpoint } from '../net/endpoint.ts';
import { parseIp } from '../net/address.ts';

/** A cell of a row that holds an address, by the id of its column. */
export interface AddressCell {
  readonly column: string;
  readonly text: string;
}

/**
 * A filter in the syntax of pcap for the packets that a row is about: those of a service's frontend or backend, or
 * those between the row's first end and any of the others; `undefined` for a row without addresses.
 */
export function rowExpression(cells: readonly AddressCell[]): string | undefined {
  const hosts = [...new Set(cells.map(({ text }) => addressOf(text)).filter((each) => each !== undefined))];
  const [first, ...others] = hosts.map((address) => `host ${address}`);
  if (first === undefined || others.length === 0) return first;
  const isService = cells.some(({ column }) => column === 'frontend');
  if (isService) return [first, ...others].join(' or ');
  return others.length === 1 ? `${first} and ${others[0]}` : `${first} and (${others.join(' or ')})`;
}

function addressOf(text: string): string | undefined {
  const address = parseEndpoint(text)?.address ?? parseIp(text);
  return address === undefined || address === '0.0.0.0' || address === '::' ? undefined : address;
}
