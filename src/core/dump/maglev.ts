/** `nat maglev`: `svc <id> ordinal <n> -> <endpoint>`, one a slot of the table (felix/cmd/calico-bpf/commands/nat.go, v3.32.1). */
import { parseEndpoint, type Endpoint } from '../net/endpoint.ts';
import type { Cursor } from '../text/cursor.ts';
import { parseUint } from '../text/number.ts';
import { parseLines, type Dump } from './dump.ts';
import { parseJsonDump } from './json.ts';
import { toEndpoint } from './jsonEndpoint.ts';
import type { JsonObject } from './jsonObject.ts';

export interface MaglevSlot {
  /** The node's own number for the service port, as in the NAT dump. */
  readonly serviceId: number;
  readonly ordinal: number;
  readonly backend: Endpoint;
}

export function parseMaglev(text: string): Dump<MaglevSlot> {
  return parseLines(text, 'Maglev dump', parseSlot);
}

export function parseMaglevJson(text: string): Dump<MaglevSlot> {
  return parseJsonDump(text, 'Maglev dump', toSlot);
}

function parseSlot(line: Cursor): MaglevSlot | undefined {
  if (!expectWord(line, 'svc')) return undefined;
  const serviceId = line.expect('a service id', parseUint);
  if (serviceId === undefined || !expectWord(line, 'ordinal')) return undefined;
  const ordinal = line.expect('an ordinal', parseUint);
  if (ordinal === undefined || !expectWord(line, '->')) return undefined;
  const backend = line.expect('an address and a port', parseEndpoint);
  return backend === undefined ? undefined : { serviceId, ordinal, backend };
}

function expectWord(line: Cursor, wanted: string): boolean {
  return line.expect(`“${wanted}”`, (word) => (word === wanted ? true : undefined)) ?? false;
}

function toSlot(object: JsonObject): MaglevSlot | undefined {
  const serviceId = object.number('svc_id', 'a service id');
  const ordinal = object.number('ordinal', 'an ordinal');
  const backend = toEndpoint(object);
  if (serviceId === undefined || ordinal === undefined || backend === undefined) return undefined;
  return { serviceId, ordinal, backend };
}
