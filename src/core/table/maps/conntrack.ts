/** Conntrack as a table: the pretty form, and the raw one turned so that whoever opened stands first. */
import { protocolWord, type ConntrackColumns } from '../../columns/conntrack.ts';
import { has, legBits, noProtocol, rowKinds } from '../../columns/conntrackLayout.ts';
import { tcpStates } from '../../dump/conntrack.ts';
import { protocolName } from '../../net/protocol.ts';
import { codedColumn, numberColumn } from '../columns.ts';
import type { Column, EndpointColumn, TermColumn } from '../table.ts';

export function conntrackTable(entries: ConntrackColumns): readonly Column[] {
  const isOpenedByB = openedByB(entries);
  const terms = entries.addresses.list();
  const parts = partsOf(entries);
  const { type, protocol, state, flags } = wordColumns(entries, parts);
  const [source, service, destination] = endpointColumns(entries, terms, isOpenedByB);
  return [
    ...type,
    protocol,
    { ...state, troubles: ['SYN-SENT'] },
    ...durationColumn(heads.age, entries, parts & has.age),
    ...durationColumn(heads.idle, entries, parts & has.idle),
    source,
    service,
    destination,
    ...flags,
    ...legColumns(entries, isOpenedByB),
    ...((parts & (has.tunnel | has.original)) === 0 ? [] : [forwarderColumn(entries, terms)]),
    ...((parts & has.originalPort) === 0 ? [] : [originalPortColumn(entries)]),
  ];
}

/** The parts that some row has: nothing is looked for, row by row, where nothing was written. */
function partsOf({ parts, count }: ConntrackColumns): number {
  const { values } = parts;
  let all = 0;
  for (let row = 0; row < count; row++) all |= values[row] ?? 0;
  return all;
}

function hasPart(entries: ConntrackColumns, row: number, part: number): boolean {
  return (entries.parts.at(row) & part) !== 0;
}

/** The column of a part; none when the part is 0. */
function durationColumn(
  head: typeof heads.age | typeof heads.idle,
  entries: ConntrackColumns,
  part: number,
): readonly Column[] {
  if (part === 0) return [];
  const durations = entries[head.id];
  const at = (row: number) => (hasPart(entries, row, part) ? durations.at(row) : Number.NaN);
  return [numberColumn({ ...head, kind: 'duration' }, at)];
}

function originalPortColumn(entries: ConntrackColumns): Column {
  return numberColumn({ ...heads.originalPort, kind: 'port' }, (row) => {
    const port = hasPart(entries, row, has.originalPort) ? entries.originalPort.at(row) : 0;
    return port === 0 ? undefined : port;
  });
}

function wordColumns(entries: ConntrackColumns, parts: number) {
  const { count, kind, protocol, state, flags } = entries;
  const typeColumn = () =>
    codedColumn({ ...heads.type, kind: 'enum' }, count, {
      keyAt: (row) => kind.at(row),
      read: (row) => (kind.at(row) === 0 ? '' : (rowKinds[kind.at(row)] ?? '')),
    });
  const flagsColumn = () =>
    codedColumn({ ...heads.flags, kind: 'flags' }, count, {
      keyAt: (row) => (hasPart(entries, row, has.flags | has.flagBits) ? flags.at(row) : 0),
      read: (row) => entries.flagNames(row),
    });
  return {
    type: hasRaw(entries) ? [typeColumn()] : [],
    protocol: codedColumn({ ...heads.protocol, kind: 'enum' }, count, {
      keyAt: (row) => protocol.at(row) * 2 + Math.sign(kind.at(row)),
      read: (row) => spellProtocol(entries, row),
    }),
    state: codedColumn({ ...heads.state, kind: 'enum' }, count, {
      keyAt: (row) => state.at(row),
      read: (row) => tcpStates[state.at(row) - 1] ?? '',
    }),
    flags: (parts & (has.flags | has.flagBits)) === 0 ? [] : [flagsColumn()],
  };
}

function hasRaw({ kind, count }: ConntrackColumns): boolean {
  const { values } = kind;
  for (let row = 0; row < count; row++) if ((values[row] ?? 0) > 0) return true;
  return false;
}

function endpointColumns(
  entries: ConntrackColumns,
  terms: readonly string[],
  isOpenedByB: (row: number) => boolean,
) {
  const protocolAt = protocolOf(entries);
  const shape = { form: 'endpoint', kind: 'endpoint', terms, protocolAt } as const;
  // The rows of the pretty form, which stand as they are, need not be asked one by one who opened them.
  const isRaw = hasRaw(entries);
  const ends = isRaw ? turnedEnds(entries, isOpenedByB) : plainEnds(entries);
  const serviceId = isRaw ? rawServiceId(entries, terms) : (row: number) => entries.c.at(row);
  const { kind, cPort, natPort } = entries;
  const servicePort = isRaw
    ? (row: number) => (kind.at(row) === 0 ? cPort : natPort).at(row)
    : (row: number) => cPort.at(row);
  return [
    { ...heads.source, ...shape, ...ends.source },
    { ...heads.service, ...shape, at: serviceId, portAt: servicePort },
    { ...heads.destination, ...shape, ...ends.destination },
  ] as const;
}

type End = Pick<EndpointColumn, 'at' | 'portAt'>;
type Ends = { readonly [end in 'source' | 'destination']: End };

function plainEnds({ a, aPort, b, bPort }: ConntrackColumns): Ends {
  return {
    source: { at: (row) => a.at(row), portAt: (row) => aPort.at(row) },
    destination: { at: (row) => b.at(row), portAt: (row) => bPort.at(row) },
  };
}

function turnedEnds({ a, aPort, b, bPort }: ConntrackColumns, isOpenedByB: (row: number) => boolean): Ends {
  return {
    source: {
      at: (row) => (isOpenedByB(row) ? b : a).at(row),
      portAt: (row) => (isOpenedByB(row) ? bPort : aPort).at(row),
    },
    destination: {
      at: (row) => (isOpenedByB(row) ? a : b).at(row),
      portAt: (row) => (isOpenedByB(row) ? aPort : bPort).at(row),
    },
  };
}

function rawServiceId(entries: ConntrackColumns, terms: readonly string[]): (row: number) => number {
  const { kind, c, originalDestination } = entries;
  const addressOr0 = withoutZero(terms);
  return (row) => {
    if (kind.at(row) === 0) return c.at(row);
    return hasPart(entries, row, has.original) ? addressOr0(originalDestination.at(row)) : 0;
  };
}

function forwarderColumn(entries: ConntrackColumns, terms: readonly string[]): TermColumn {
  const addressOr0 = withoutZero(terms);
  const keyAt = (row: number) =>
    hasPart(entries, row, has.tunnel | has.original) ? addressOr0(entries.tunnel.at(row)) : 0;
  const read = (row: number) => terms[keyAt(row)] ?? '';
  const rows = Math.min(entries.count, entries.tunnel.values.length);
  return codedColumn({ ...heads.forwarder, kind: 'address' }, rows, { keyAt, read });
}

/** Raw entries have the zero address where there is none. */
function withoutZero(terms: readonly string[]): (id: number) => number {
  const ipv4 = terms.indexOf('0.0.0.0');
  const ipv6 = terms.indexOf('::');
  return (id) => (id === ipv4 || id === ipv6 ? 0 : id);
}

/** A and B are in the order of their addresses; a flag (from v3.24) or a leg tells who opened. */
function openedByB(entries: ConntrackColumns): (row: number) => boolean {
  const byFlags: boolean[] = [];
  const { kind, flags, bToA } = entries;
  return (row) => {
    if (kind.at(row) === 0) return false;
    const isFlagged = (byFlags[flags.at(row)] ??= entries.flagNames(row).split(' ').includes('B-A'));
    return isFlagged || (bToA.bits.at(row) & legBits.opener) !== 0;
  };
}

function protocolOf({ protocol }: ConntrackColumns): (row: number) => number {
  return (row) => (protocol.at(row) > 255 ? 0 : protocol.at(row));
}

function spellProtocol(entries: ConntrackColumns, row: number): string {
  const protocol = entries.protocol.at(row);
  if (entries.kind.at(row) === 0) return protocolWord(protocol);
  return protocol === noProtocol ? 'UNKNOWN' : protocolName(protocol);
}

const heads = {
  type: {
    id: 'type',
    title: 'Type',
    meaning: 'nat-forward leads from a service’s address to its connection, which is nat-reverse.',
  },
  protocol: { id: 'proto', title: 'Protocol', meaning: 'The protocol.' },
  source: {
    id: 'src',
    title: 'Source address',
    meaning: 'Who opened it.',
    names: { title: 'Source', subject: 'client', isApart: true },
  },
  service: {
    id: 'svc',
    title: 'Service address',
    meaning: 'The service address that it was opened to, if it was one.',
    names: { title: 'Service', subject: 'endpoint', isApart: true },
  },
  destination: {
    id: 'dst',
    title: 'Destination address',
    meaning: 'Where its packets go; of a nat-forward entry the service’s address.',
    names: { title: 'Destination', subject: 'endpoint', isApart: true },
  },
  state: { id: 'state', title: 'State', meaning: 'Of TCP: SYN-SENT has no answer yet.' },
  age: { id: 'age', title: 'Age', meaning: 'Since it was created (printed to v3.29).' },
  idle: { id: 'idle', title: 'Idle', meaning: 'Since its last packet.' },
  flags: { id: 'flags', title: 'Flags', meaning: 'The flags, as Calico names them.' },
  forwarder: {
    id: 'via',
    title: 'Tunnel address',
    meaning: 'The node that forwards the service for an external client.',
    names: { title: 'Forwarded by', subject: 'client' },
  },
  originalPort: {
    id: 'osport',
    title: 'Original source port',
    meaning: 'The source port before it was changed to avoid a collision.',
    isExtra: true,
  },
} as const;

function legColumns(entries: ConntrackColumns, isOpenedByB: (row: number) => boolean): readonly Column[] {
  // The pretty form has none: nothing is looked for, row by row, where nothing was written.
  if (entries.aToB.bits.values.length === 0) return [];
  return (['sent', 'received'] as const).flatMap((name) => {
    const legOf = (row: number) => (isOpenedByB(row) === (name === 'sent') ? entries.bToA : entries.aToB);
    return [...countColumns(entries, name, legOf), ...flagColumns(entries, name, legOf)];
  });
}

type Side = 'sent' | 'received';
type LegOf = (row: number) => ConntrackColumns['aToB'];

const words = {
  sent: { title: 'Sent', from: 'the source' },
  received: { title: 'Received', from: 'the destination' },
} as const;

function countColumns(entries: ConntrackColumns, name: Side, legOf: LegOf): readonly Column[] {
  const { title, from } = words[name];
  const isCounted = (row: number) => hasPart(entries, row, has.counts);
  const bytes = numberColumn(
    { id: name, title: `${title} bytes`, kind: 'bytes', meaning: `Bytes from ${from}.` },
    (row) => (isCounted(row) ? legOf(row).bytes.at(row) : undefined),
  );
  return [
    { ...bytes, exactAt: (row) => exactBytes(entries, row, legOf(row)) },
    numberColumn(
      { id: `${name}.packets`, title: `${title} packets`, kind: 'packets', meaning: `Packets from ${from}.` },
      (row) => (isCounted(row) ? legOf(row).packets.at(row) : undefined),
    ),
  ];
}

/** Counts beyond what a double holds are in the entry alone. */
function exactBytes(
  entries: ConntrackColumns,
  row: number,
  leg: ConntrackColumns['aToB'],
): bigint | undefined {
  if (Number.isSafeInteger(leg.bytes.at(row))) return undefined;
  const entry = entries.entry(row);
  if (entry.kind !== 'raw') return undefined;
  return (leg === entries.aToB ? entry.legs?.aToB : entry.legs?.bToA)?.bytes;
}

function flagColumns(entries: ConntrackColumns, name: Side, legOf: LegOf): readonly TermColumn[] {
  const { title, from } = words[name];
  const isSent = name === 'sent';
  const hasLegs = (row: number) => hasPart(entries, row, has.legs);
  return [
    codedColumn(
      {
        id: isSent ? 'srcif' : 'dstif',
        title: isSent ? 'Source ifindex' : 'Destination ifindex',
        kind: 'interface',
        meaning: `The interface on which packets of ${from} come in; none where they do not.`,
        names: { title: isSent ? 'Source interface' : 'Destination interface', subject: 'interface-index' },
      },
      entries.count,
      {
        keyAt: (row) => (hasLegs(row) ? legOf(row).ifIndex.at(row) : 0),
        read: (row) =>
          hasLegs(row) && legOf(row).ifIndex.at(row) !== 0 ? String(legOf(row).ifIndex.at(row)) : '',
      },
    ),
    codedColumn(
      {
        id: `${name}.seen`,
        title: `${title} flags`,
        kind: 'flags',
        meaning: `What was seen of ${from}, and whether its policy approved.`,
        isExtra: true,
      },
      entries.count,
      {
        keyAt: (row) => (hasLegs(row) ? legOf(row).bits.at(row) : 0),
        read: (row) => (hasLegs(row) ? seenText(legOf(row).bits.at(row)) : ''),
      },
    ),
  ];
}

function seenText(bits: number): string {
  return Object.entries(legBits)
    .filter(([, bit]) => (bits & bit) !== 0)
    .map(([name]) => name)
    .join(' ');
}
