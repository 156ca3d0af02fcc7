/** `arp dump`: `dev <ifindex>: <ip> : <source MAC> -> <destination MAC>` (felix/cmd/calico-bpf/commands/arp.go, all versions). */
import { parseIp, type IpAddress } from '../net/address.ts';
import type { Cursor } from '../text/cursor.ts';
import { parseUint } from '../text/number.ts';
import { parseLines, type Dump } from './dump.ts';
import { parseJsonDump } from './json.ts';
import type { JsonObject } from './jsonObject.ts';

export interface ArpEntry {
  readonly ifIndex: number;
  readonly address: IpAddress;
  readonly sourceMac: string;
  readonly destinationMac: string;
}

export function parseArp(text: string): Dump<ArpEntry> {
  return parseLines(text, 'ARP dump', parseEntry);
}

export function parseArpJson(text: string): Dump<ArpEntry> {
  return parseJsonDump(text, 'ARP dump', toEntry);
}

function parseEntry(line: Cursor): ArpEntry | undefined {
  if (line.expect('“dev”', literal('dev')) === undefined) return undefined;
  const ifIndex = line.expect('an interface index and a colon', (word) =>
    word.endsWith(':') ? parseUint(word.slice(0, -1)) : undefined,
  );
  if (ifIndex === undefined) return undefined;
  const address = line.expect('an IP address', parseIp);
  if (address === undefined || line.expect('“:”', literal(':')) === undefined) return undefined;
  const sourceMac = line.expect('a MAC address', parseMac);
  if (sourceMac === undefined || line.expect('“->”', literal('->')) === undefined) return undefined;
  const destinationMac = line.expect('a MAC address', parseMac);
  return destinationMac === undefined ? undefined : { ifIndex, address, sourceMac, destinationMac };
}

function literal(wanted: string): (word: string) => true | undefined {
  return (word) => (word === wanted ? true : undefined);
}

function parseMac(word: string): string | undefined {
  return /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(word) ? word : undefined;
}

function toEntry(object: JsonObject): ArpEntry | undefined {
  const ifIndex = object.number('ifindex', 'an interface index');
  const address = object.text('ip', 'an IP address', parseIp);
  const sourceMac = object.text('src_mac', 'a MAC address', parseMac);
  const destinationMac = object.text('dst_mac', 'a MAC address', parseMac);
  if (ifIndex === undefined || address === undefined) return undefined;
  if (sourceMac === undefined || destinationMac === undefined) return undefined;
  return { ifIndex, address, sourceMac, destinationMac };
}
