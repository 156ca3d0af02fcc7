/** `nat maglev`: `svc <id> ordinal <n> -> <endpoint>`, one a slot of the table (felix/cmd/calico-bpf/commands/nat.go, v3.32.1). */
import { parseEndpoint, type Endpoint } from '../net/endpoint.ts';
import type { Cursor } from '../text/cursor.ts';
import { parseUint } from '../text/number.ts';
import { parseLines, type Dump } from './dump.ts';

export interface MaglevSlot {
  /** The node's own number for the service port, as in the NAT dump. */
  readonly serviceId: number;
  readonly ordinal: number;
  readonly backend: Endpoint;
}

export function parseMaglev(text: string): Dump<MaglevSlot> {
  return parseLines(text, 'Maglev dump', parseSlot);
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
