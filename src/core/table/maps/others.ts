/** Routes, IP sets, interface state and ARP as tables. */
import type { RouteColumns } from '../../columns/routes.ts';
import type { ArpEntry } from '../../dump/arp.ts';
import type { IfState } from '../../dump/ifstate.ts';
import type { IpSet, IpSetMember } from '../../dump/ipsets.ts';
import { protocolName } from '../../net/protocol.ts';
import { codedColumn, numberColumn, termColumn } from '../columns.ts';
import type { NestedShape } from '../nested.ts';
import type { Column } from '../table.ts';

const interfaceIndexHead = {
  id: 'ifindex',
  title: 'Ifindex',
  kind: 'interface',
  meaning: 'The node’s own number of the interface.',
  names: { title: 'Interface', subject: 'interface-index' },
} as const;

export function routeColumns(routes: RouteColumns): readonly Column[] {
  const { cidrs, hops, words, dest, flags, ifIndex, nextHop } = routes;
  return [
    { ...destinationHead, form: 'term', terms: cidrs.list(), at: (row) => dest.at(row) },
    { ...flagsHead, form: 'term', terms: words.list(), at: (row) => flags.at(row) },
    codedColumn(interfaceIndexHead, routes.count, {
      keyAt: (row) => ifIndex.at(row),
      read: (row) => numberOrNone(routes.ifIndexAt(row)) ?? '',
    }),
    { ...nextHopHead, form: 'term', terms: hops.list(), at: (row) => nextHop.at(row) },
  ];
}

const destinationHead = {
  id: 'dest',
  title: 'Destination',
  kind: 'cidr',
  meaning: 'The addresses that the route is for.',
  names: { title: 'Whose', subject: 'cidr' },
} as const;
const flagsHead = {
  id: 'flags',
  title: 'Flags',
  kind: 'flags',
  meaning: 'What is behind it, and where.',
} as const;
const nextHopHead = {
  id: 'nexthop',
  title: 'Next hop',
  kind: 'address',
  meaning: 'The host behind which a remote workload is.',
  names: { title: 'By', subject: 'client' },
} as const;

/** A member of an IP set; an empty set has a row of its own. */
export interface IpSetRow {
  readonly number: string;
  readonly member: IpSetMember | undefined;
}

export const ipSetShape: NestedShape<IpSet, IpSetRow> = {
  rowsOf({ number, members }) {
    if (members.length === 0) return [{ number, member: undefined }];
    return members.map((member) => ({ number, member }));
  },
  marks: { text: /^ +\S/gm, json: /^\s*"[^"]+",?$/gm },
};

export function ipSetColumns(rows: readonly IpSetRow[]): readonly Column[] {
  const count = rows.length;
  const portOf = (row: number) => {
    const member = rows[row]?.member;
    return member?.kind === 'port' ? member : undefined;
  };
  return [
    termColumn(
      {
        id: 'set',
        title: 'Set',
        kind: 'text',
        meaning: 'The number of the set.',
        names: { title: 'Wanted by', subject: 'ip-set' },
      },
      count,
      (row) => rows[row]?.number,
    ),
    termColumn(
      {
        id: 'member',
        title: 'Member',
        kind: 'cidr',
        meaning: 'The addresses that are in the set.',
        names: { title: 'Whose', subject: 'cidr' },
      },
      count,
      (row) => {
        const member = rows[row]?.member;
        return member?.kind === 'port' ? member.endpoint.address : member?.cidr;
      },
    ),
    numberColumn(
      { id: 'port', title: 'Port', kind: 'port', meaning: 'The port, where the set has ports.' },
      (row) => portOf(row)?.endpoint.port,
    ),
    termColumn(
      { id: 'proto', title: 'Protocol', kind: 'enum', meaning: 'The protocol of the port.' },
      count,
      (row) => {
        const member = portOf(row);
        return member && protocolName(member.protocol);
      },
    ),
  ];
}

export function ifStateColumns(interfaces: readonly IfState[]): readonly Column[] {
  const count = interfaces.length;
  const programs = [...new Set(interfaces.flatMap((each) => Object.keys(each.programs)))];
  return [
    numberColumn(
      { id: 'ifindex', title: 'Ifindex', kind: 'number', meaning: 'The node’s own number of the interface.' },
      (row) => interfaces[row]?.index,
    ),
    termColumn(
      {
        id: 'iface',
        title: 'Interface',
        kind: 'interface',
        meaning: 'The name of the interface.',
        names: { title: 'Pod', subject: 'interface-name', only: 'pod' },
      },
      count,
      (row) => interfaces[row]?.name,
    ),
    termColumn(
      { id: 'flags', title: 'Flags', kind: 'flags', meaning: 'What it is, and whether it is ready.' },
      count,
      (row) => interfaces[row]?.flags.join(' '),
    ),
    ...programs.map((name) =>
      numberColumn(
        {
          id: name.toLowerCase(),
          title: name,
          kind: 'number',
          meaning: 'An index into a jump map, in tc’s directions; −1 for no program.',
        },
        (row) => interfaces[row]?.programs[name],
      ),
    ),
  ];
}

export function arpColumns(entries: readonly ArpEntry[]): readonly Column[] {
  const count = entries.length;
  const mac = (id: string, title: string, read: (entry: ArpEntry) => string) =>
    termColumn({ id, title, kind: 'text', meaning: 'A hardware address.' }, count, (row) => {
      const entry = entries[row];
      return entry && read(entry);
    });
  return [
    termColumn(interfaceIndexHead, count, (row) => numberOrNone(entries[row]?.ifIndex)),
    termColumn(
      {
        id: 'ip',
        title: 'Address',
        kind: 'address',
        meaning: 'The neighbour’s address.',
        names: { title: 'Whose', subject: 'client' },
      },
      count,
      (row) => entries[row]?.address,
    ),
    mac('srcmac', 'Source MAC', ({ sourceMac }) => sourceMac),
    mac('dstmac', 'Destination MAC', ({ destinationMac }) => destinationMac),
  ];
}

function numberOrNone(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
