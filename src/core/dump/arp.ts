/** `arp dump`: `dev <ifindex>: <ip> : <source MAC> -> <destination MAC>` (felix/cmd/calico-bpf/commands/arp.go, all versions). */
import { parseIp, type IpAddress } from '../net/address.ts';
import type { Cursor } from '../text/cursor.ts';
import { parseUint } from '../text/number.ts';
import { parseLines, type Dump } from './dump.ts';

export interface ArpEntry {
  readonly ifIndex: number;
  readonly address: IpAddress;
  readonly sourceMac: string;
  readonly destinationMac: string;
}

export function parseArp(text: string): Dump<ArpEntry> {
  return parseLines(text, 'ARP dump', parseEntry);
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
