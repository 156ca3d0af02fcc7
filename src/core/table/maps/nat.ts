/** The NAT maps as tables. */
import type { NatColumns } from '../../columns/nat.ts';
import { blackhole } from '../../dump/natLine.ts';
import type { MaglevSlot } from '../../dump/maglev.ts';
import type { NatAffinity } from '../../dump/natAffinity.ts';
import { protocolName } from '../../net/protocol.ts';
import {
  codedColumn,
  endpointColumn,
  numberColumn,
  termColumn,
  type Coded,
  type CodedHead,
} from '../columns.ts';
import type { Column, TermColumn } from '../table.ts';

/** The rows of NAT: a frontend with one of its backends; one without any has a row of its own. */
export interface NatTableRows {
  readonly frontends: Uint32Array;
  /** One more than the backend's place; 0 for none. */
  readonly backends: Uint32Array;
}

export function natTableRows({ count, backendCount, firstBackend }: NatColumns): NatTableRows {
  let rowCount = 0;
  for (let frontend = 0; frontend < count; frontend++) rowCount += Math.max(1, backendCount.at(frontend));
  const frontends = new Uint32Array(rowCount);
  const backends = new Uint32Array(rowCount);
  let row = 0;
  for (let frontend = 0; frontend < count; frontend++) {
    const held = backendCount.at(frontend);
    const first = firstBackend.at(frontend) + 1;
    for (let index = 0; index < Math.max(1, held); index++, row++) {
      frontends[row] = frontend;
      if (held > 0) backends[row] = first + index;
    }
  }
  return { frontends, backends };
}

const protocolHead = { id: 'proto', title: 'Protocol', kind: 'enum', meaning: 'The protocol.' } as const;

export function natColumns(nat: NatColumns, { frontends, backends }: NatTableRows): readonly Column[] {
  const { addresses, address, port, protocol, flags, source, sourceLength } = nat;
  const terms = addresses.list();
  const frontendAt = (row: number) => frontends[row] ?? 0;
  /** The backend of a row; −1 for none. */
  const backendAt = (row: number) => (backends[row] ?? 0) - 1;
  const numberAt = (name: 'id' | 'count' | 'local') => (row: number) => nat.numberAt(frontendAt(row), name);
  const protocolAt = (row: number) => nat.numberAt(frontendAt(row), 'protocol');
  /** What a frontend has is looked for once, not with each of its backends. */
  const ofFrontend = (head: CodedHead, coded: Coded): TermColumn => {
    const column = codedColumn(head, nat.count, coded);
    return { ...column, at: (row) => column.at(frontendAt(row)) };
  };
  const endpoint = { form: 'endpoint', kind: 'endpoint', terms, protocolAt } as const;
  return [
    {
      ...frontendHead,
      ...endpoint,
      at: (row) => address.at(frontendAt(row)),
      portAt: (row) => port.at(frontendAt(row)),
    },
    ofFrontend(protocolHead, {
      keyAt: (frontend) => protocol.at(frontend),
      read: (frontend) => protocolName(nat.numberAt(frontend, 'protocol')),
    }),
    numberColumn(idHead, numberAt('id')),
    numberColumn(countHead, numberAt('count')),
    numberColumn(localHead, numberAt('local')),
    ofFrontend(flagsHead, {
      keyAt: (frontend) => flags.at(frontend),
      read: (frontend) => nat.flagsAt(frontend).join(' '),
    }),
    ofFrontend(sourceHead, {
      keyAt: (frontend) => source.at(frontend) * 256 + sourceLength.at(frontend),
      read: (frontend) => nat.sourceAt(frontend) ?? '',
    }),
    numberColumn(ordinalHead, (row) =>
      backends[row] === 0 ? undefined : nat.backends.ordinalAt(backendAt(row)),
    ),
    {
      ...backendHead,
      ...endpoint,
      at: (row) => nat.backends.address.at(backendAt(row)),
      portAt: (row) => nat.backends.port.at(backendAt(row)),
    },
    stateColumn(nat, { frontends, backends }),
  ];
}

const idHead = {
  id: 'id',
  title: 'Id',
  kind: 'number',
  meaning: 'The node’s own number for the service port.',
} as const;
const countHead = {
  id: 'backends',
  title: 'Backends',
  kind: 'number',
  meaning: 'How many backends there are; −1 refuses whoever is outside the source ranges.',
} as const;
const localHead = {
  id: 'local',
  title: 'Local',
  kind: 'number',
  meaning: 'How many of them run on this node.',
} as const;
const flagsHead = {
  id: 'flags',
  title: 'Flags',
  kind: 'flags',
  meaning: 'The flags of the frontend.',
} as const;
const sourceHead = {
  id: 'source',
  title: 'Source range',
  kind: 'cidr',
  meaning: 'The clients that it is for.',
} as const;
const ordinalHead = {
  id: 'ordinal',
  title: 'Ordinal',
  kind: 'number',
  meaning: 'The backend’s place; local ones come first.',
} as const;

const frontendHead = {
  id: 'frontend',
  title: 'Frontend',
  meaning: 'The address that clients use.',
  names: { title: 'Service', subject: 'endpoint' },
} as const;

const backendHead = {
  id: 'backend',
  title: 'Backend address',
  meaning: 'Where packets are sent instead.',
  names: { title: 'Backend', subject: 'endpoint' },
} as const;

const states = ['ok', 'missing', 'blackhole', 'no-backends'] as const;

function stateColumn(nat: NatColumns, { frontends, backends }: NatTableRows): TermColumn {
  const stateAt = (row: number) => {
    const backend = backends[row] ?? 0;
    if (backend > 0) return nat.backends.address.at(backend - 1) === 0 ? 1 : 0;
    const count = nat.numberAt(frontends[row] ?? 0, 'count');
    return count === blackhole ? 2 : count === 0 ? 3 : 0;
  };
  const head = { id: 'state', title: 'State', kind: 'enum', meaning: 'Whether it can be used.' } as const;
  const read = (row: number) => states[stateAt(row)] ?? '';
  const column = codedColumn(head, frontends.length, { keyAt: stateAt, read });
  return { ...column, troubles: ['missing', 'no-backends'] };
}

export function affinityColumns(entries: readonly NatAffinity[]): readonly Column[] {
  const count = entries.length;
  const protocolAt = (row: number) => entries[row]?.protocol ?? 0;
  return [
    termColumn(
      {
        id: 'client',
        title: 'Client address',
        kind: 'address',
        meaning:
          'Who sticks to the backend; the zero address for connections made through the connect-time load balancer.',
        names: { title: 'Client', subject: 'client' },
      },
      count,
      (row) => entries[row]?.client,
    ),
    endpointColumn(frontendHead, count, { protocolAt, read: (row) => entries[row]?.frontend }),
    termColumn(protocolHead, count, (row) => protocolName(protocolAt(row))),
    endpointColumn(backendHead, count, { protocolAt, read: (row) => entries[row]?.backend }),
    numberColumn(
      {
        id: 'since',
        title: 'Since boot',
        kind: 'duration',
        meaning: 'When it was made, since the node’s boot.',
      },
      (row) => entries[row]?.sinceBoot,
    ),
  ];
}

export function maglevColumns(slots: readonly MaglevSlot[]): readonly Column[] {
  const count = slots.length;
  return [
    termColumn(
      {
        id: 'id',
        title: 'Id',
        kind: 'text',
        meaning: 'The node’s own number for the service port.',
        names: { title: 'Service', subject: 'service-id' },
      },
      count,
      (row) => String(slots[row]?.serviceId),
    ),
    numberColumn(
      { id: 'ordinal', title: 'Slot', kind: 'number', meaning: 'The slot of the service’s lookup table.' },
      (row) => slots[row]?.ordinal,
    ),
    endpointColumn(backendHead, count, { protocolAt: () => 0, read: (row) => slots[row]?.backend }),
  ];
}
