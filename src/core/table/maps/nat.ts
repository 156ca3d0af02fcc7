/** The NAT maps as tables. */
import { blackhole, type NatBackend, type NatFrontend } from '../../dump/natLine.ts';
import type { MaglevSlot } from '../../dump/maglev.ts';
import type { NatAffinity } from '../../dump/natAffinity.ts';
import { protocolName } from '../../net/protocol.ts';
import { endpointColumn, numberColumn, termColumn } from '../columns.ts';
import type { NestedShape } from '../nested.ts';
import type { Column } from '../table.ts';

/** A frontend with one of its backends; one without any has a row of its own. */
export interface NatRow {
  readonly frontend: NatFrontend;
  readonly backend: NatBackend | undefined;
}

export const natShape: NestedShape<NatFrontend, NatRow> = {
  rowsOf(frontend) {
    if (frontend.backends.length === 0) return [{ frontend, backend: undefined }];
    return frontend.backends.map((backend) => ({ frontend, backend }));
  },
  marks: { text: /^\t/gm, json: /^\s*\{\s*"addr"/gm },
};

const protocolHead = { id: 'proto', title: 'Protocol', kind: 'enum', meaning: 'The protocol.' } as const;

export function natColumns(rows: readonly NatRow[]): readonly Column[] {
  const count = rows.length;
  const protocolAt = (row: number) => rows[row]?.frontend.protocol ?? 0;
  const frontendNumber = (read: (frontend: NatFrontend) => number) => (row: number) => {
    const frontend = rows[row]?.frontend;
    return frontend && read(frontend);
  };
  return [
    endpointColumn(frontendHead, count, { protocolAt, read: (row) => rows[row]?.frontend }),
    termColumn(protocolHead, count, (row) => protocolName(protocolAt(row))),
    numberColumn(
      { id: 'id', title: 'Id', kind: 'number', meaning: 'The node’s own number for the service port.' },
      frontendNumber(({ id }) => id),
    ),
    numberColumn(
      {
        id: 'backends',
        title: 'Backends',
        kind: 'number',
        meaning: 'How many backends there are; −1 refuses whoever is outside the source ranges.',
      },
      frontendNumber(({ count }) => count),
    ),
    numberColumn(
      { id: 'local', title: 'Local', kind: 'number', meaning: 'How many of them run on this node.' },
      frontendNumber(({ local }) => local),
    ),
    termColumn(
      { id: 'flags', title: 'Flags', kind: 'flags', meaning: 'The flags of the frontend.' },
      count,
      (row) => rows[row]?.frontend.flags.join(' '),
    ),
    termColumn(
      { id: 'source', title: 'Source range', kind: 'cidr', meaning: 'The clients that it is for.' },
      count,
      (row) => rows[row]?.frontend.source,
    ),
    numberColumn(
      {
        id: 'ordinal',
        title: 'Ordinal',
        kind: 'number',
        meaning: 'The backend’s place; local ones come first.',
      },
      (row) => rows[row]?.backend?.ordinal,
    ),
    endpointColumn(backendHead, count, { protocolAt, read: (row) => rows[row]?.backend?.endpoint }),
    {
      ...termColumn(
        { id: 'state', title: 'State', kind: 'enum', meaning: 'Whether it can be used.' },
        count,
        (row) => natState(rows[row]),
      ),
      troubles: ['missing', 'no-backends'],
    },
  ];
}

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

function natState(row: NatRow | undefined): string | undefined {
  if (row === undefined) return undefined;
  const { frontend, backend } = row;
  if (backend !== undefined) return backend.endpoint === undefined ? 'missing' : 'ok';
  if (frontend.count === blackhole) return 'blackhole';
  return frontend.count === 0 ? 'no-backends' : 'ok';
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
