/** Conntrack as a table: the pretty form, and the raw one turned so that whoever opened stands first. */
import type { ConntrackConnection, ConntrackEntry } from '../../dump/conntrack.ts';
import type { ConntrackLeg } from '../../dump/conntrackLeg.ts';
import type { RawConntrackEntry } from '../../dump/conntrackRaw.ts';
import type { IpAddress } from '../../net/address.ts';
import type { Endpoint } from '../../net/endpoint.ts';
import { parseProtocol, protocolName } from '../../net/protocol.ts';
import { bigColumn, endpointColumn, numberColumn, termColumn } from '../columns.ts';
import type { Column } from '../table.ts';

/** What both forms tell of an entry. */
interface Flow {
  readonly type: string;
  readonly protocol: string;
  readonly protocolNumber: number;
  readonly source: Endpoint;
  /** Where it was opened to, before NAT. */
  readonly service: Endpoint | undefined;
  readonly destination: Endpoint;
  readonly forwarder: IpAddress | undefined;
  readonly originalSourcePort: number | undefined;
  readonly sent: ConntrackLeg | undefined;
  readonly received: ConntrackLeg | undefined;
}

export function conntrackColumns(entries: readonly ConntrackEntry[]): readonly Column[] {
  const count = entries.length;
  const flows = entries.map((entry) => (entry.kind === 'raw' ? rawFlow(entry) : connectionFlow(entry)));
  const protocolAt = (row: number) => flows[row]?.protocolNumber ?? 0;
  const endpoint = (read: (flow: Flow) => Endpoint | undefined) => ({
    protocolAt,
    read: (row: number) => {
      const flow = flows[row];
      return flow && read(flow);
    },
  });
  return [
    termColumn({ ...heads.type, kind: 'enum' }, count, (row) => flows[row]?.type),
    termColumn({ ...heads.protocol, kind: 'enum' }, count, (row) => flows[row]?.protocol),
    endpointColumn(
      heads.source,
      count,
      endpoint(({ source }) => source),
    ),
    endpointColumn(
      heads.service,
      count,
      endpoint(({ service }) => service),
    ),
    endpointColumn(
      heads.destination,
      count,
      endpoint(({ destination }) => destination),
    ),
    termColumn({ ...heads.state, kind: 'enum' }, count, (row) => entries[row]?.state),
    numberColumn({ ...heads.age, kind: 'duration' }, (row) => entries[row]?.age),
    numberColumn({ ...heads.idle, kind: 'duration' }, (row) => entries[row]?.idle),
    termColumn({ ...heads.flags, kind: 'flags' }, count, (row) => entries[row]?.flags?.join(' ')),
    ...legColumns(flows),
    termColumn({ ...heads.forwarder, kind: 'address' }, count, (row) => flows[row]?.forwarder),
    numberColumn({ ...heads.originalPort, kind: 'port' }, (row) => flows[row]?.originalSourcePort),
  ];
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
    names: { title: 'Source', subject: 'client' },
  },
  service: {
    id: 'svc',
    title: 'Service address',
    meaning: 'The service address that it was opened to, if it was one.',
    names: { title: 'Service', subject: 'endpoint' },
  },
  destination: {
    id: 'dst',
    title: 'Destination address',
    meaning: 'Where its packets go; of a nat-forward entry the service’s address.',
    names: { title: 'Destination', subject: 'endpoint' },
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

function legColumns(flows: readonly Flow[]): readonly Column[] {
  const count = flows.length;
  const side = (name: 'sent' | 'received') => {
    const words = name === 'sent' ? 'Sent' : 'Received';
    const from = name === 'sent' ? 'the source' : 'the destination';
    const leg = (row: number) => flows[row]?.[name];
    return [
      bigColumn(
        { id: name, title: `${words} bytes`, kind: 'bytes', meaning: `Bytes from ${from}.` },
        (row) => leg(row)?.bytes,
      ),
      bigColumn(
        {
          id: `${name}.packets`,
          title: `${words} packets`,
          kind: 'packets',
          meaning: `Packets from ${from}.`,
        },
        (row) => leg(row)?.packets,
      ),
      termColumn(
        {
          id: name === 'sent' ? 'srcif' : 'dstif',
          title: name === 'sent' ? 'Source ifindex' : 'Destination ifindex',
          kind: 'interface',
          meaning: `The interface on which packets of ${from} come in; none where they do not.`,
          names: {
            title: name === 'sent' ? 'Source interface' : 'Destination interface',
            subject: 'interface-index',
          },
        },
        count,
        (row) => interfaceText(leg(row)),
      ),
      termColumn(
        {
          id: `${name}.seen`,
          title: `${words} flags`,
          kind: 'flags',
          meaning: `What was seen of ${from}, and whether its policy approved.`,
          isExtra: true,
        },
        count,
        (row) => seenText(leg(row)),
      ),
    ];
  };
  return [...side('sent'), ...side('received')];
}

function interfaceText(leg: ConntrackLeg | undefined): string | undefined {
  return leg === undefined || leg.ifIndex === 0 ? undefined : String(leg.ifIndex);
}

const seen = ['syn', 'ack', 'fin', 'rst', 'approved', 'opener', 'workload'] as const;

function seenText(leg: ConntrackLeg | undefined): string | undefined {
  return leg && seen.filter((name) => leg[name] === true).join(' ');
}

function connectionFlow(entry: ConntrackConnection): Flow {
  return {
    type: '',
    protocol: entry.protocol,
    protocolNumber: parseProtocol(entry.protocol.replace('Proto-', '')) ?? 0,
    source: entry.source,
    service: entry.service,
    destination: entry.destination,
    forwarder: entry.forwarder,
    originalSourcePort: entry.originalSourcePort,
    sent: undefined,
    received: undefined,
  };
}

function rawFlow(entry: RawConntrackEntry): Flow {
  const { a, b, legs, original, type, protocol } = entry;
  // A and B are in the order of their addresses; a flag (from v3.24) or a leg tells who opened.
  const isOpenedByB = entry.flags.includes('B-A') || legs?.bToA.opener === true;
  return {
    type,
    protocol: protocol === undefined ? 'UNKNOWN' : protocolName(protocol),
    protocolNumber: protocol ?? 0,
    source: isOpenedByB ? b : a,
    service: originalDestination(entry),
    destination: isOpenedByB ? a : b,
    forwarder: isZero(original?.tunnel) ? undefined : original?.tunnel,
    originalSourcePort: original?.sourcePort === 0 ? undefined : original?.sourcePort,
    sent: isOpenedByB ? legs?.bToA : legs?.aToB,
    received: isOpenedByB ? legs?.aToB : legs?.bToA,
  };
}

function originalDestination({ original }: RawConntrackEntry): Endpoint | undefined {
  if (original?.destination === undefined || isZero(original.destination)) return undefined;
  return { address: original.destination, port: original.destinationPort ?? 0 };
}

function isZero(address: IpAddress | undefined): boolean {
  return address === undefined || address === '0.0.0.0' || address === '::';
}
