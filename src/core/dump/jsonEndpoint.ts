import { parseIp } from '../net/address.ts';
import type { Endpoint } from '../net/endpoint.ts';
import type { JsonObject } from './jsonObject.ts';

/** The endpoint in the fields `addr` and `port`, or in fields named like them. */
export function toEndpoint(object: JsonObject, address = 'addr', port = 'port'): Endpoint | undefined {
  const ip = object.text(address, 'an IP address', parseIp);
  const number = object.number(port, 'a port');
  return ip === undefined || number === undefined ? undefined : { address: ip, port: number };
}
