import { parseIp, type IpAddress } from './address.ts';
import { parseUint } from '../text/number.ts';

export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

/** `10.65.0.2:80`, `[fd00::1]:80`, and `fd00::1:80` as Calico prints it in places: split at the last colon. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const colon = text.lastIndexOf(':');
  if (colon === -1) return undefined;
  const host = text.slice(0, colon);
  const address = parseIp(host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host);
  const port = parsePort(text.slice(colon + 1));
  return address === undefined || port === undefined ? undefined : { address, port };
}

export function parsePort(text: string): number | undefined {
  const port = parseUint(text);
  return port === undefined || port > 65535 ? undefined : port;
}
