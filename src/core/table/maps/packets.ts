/** The packets of a BPF trace as a table: one row a packet, as its hook saw it. */
import type { Packet, PacketEnd } from '../../trace/packet.ts';
import { describeDirection, describePacket } from '../../trace/words.ts';
import { numberColumn, Terms } from '../columns.ts';
import type { Column, ColumnHead, EndpointColumn, TermColumn, TermKind } from '../table.ts';

/** Texts of rows: each is kept once. */
class TermRows {
  readonly #terms = new Terms();
  readonly #codes: number[] = [];

  add(term: string | undefined): void {
    this.#codes.push(this.#terms.add(term ?? ''));
  }

  column({ kind, ...head }: ColumnHead & { readonly kind: TermKind }): TermColumn {
    return {
      ...head,
      form: 'term',
      kind,
      terms: this.#terms.list,
      at: (row) => this.#codes[row] ?? 0,
    };
  }
}

class EndRows {
  readonly #terms = new Terms();
  readonly #codes: number[] = [];
  readonly #ports: number[] = [];

  add(end: PacketEnd | undefined): void {
    this.#codes.push(this.#terms.add(end?.address ?? ''));
    this.#ports.push(end?.port ?? 0);
  }

  column(head: ColumnHead, protocolAt: (row: number) => number): EndpointColumn {
    return {
      ...head,
      form: 'endpoint',
      kind: 'endpoint',
      terms: this.#terms.list,
      at: (row) => this.#codes[row] ?? 0,
      portAt: (row) => this.#ports[row] ?? 0,
      protocolAt,
    };
  }
}

/** Collects packets as they come; of each only what the columns show is kept. */
export class PacketRows {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #times: number[] = [];
  readonly #numbers = {
    duration: [] as (number | undefined)[],
    cpu: [] as (number | undefined)[],
    journey: [] as (number | undefined)[],
    ipId: [] as (number | undefined)[],
    length: [] as (number | undefined)[],
    protocol: [] as (number | undefined)[],
  };
  readonly #terms = {
    interface: new TermRows(),
    direction: new TermRows(),
    what: new TermRows(),
    verdict: new TermRows(),
    reason: new TermRows(),
    words: new TermRows(),
    conntrack: new TermRows(),
    tunnel: new TermRows(),
  };
  readonly #endpoints = {
    from: new EndRows(),
    to: new EndRows(),
    backend: new EndRows(),
    before: new EndRows(),
  };

  get count(): number {
    return this.#times.length;
  }

  spanAt(row: number): { readonly start: number; readonly end: number } {
    return { start: this.#starts[row] ?? 0, end: this.#ends[row] ?? 0 };
  }

  add(packet: Packet, journey: number): void {
    const { hook, verdict, lines, nat } = packet;
    const { what, verdict: words } = describePacket(packet);
    const first = lines.spans[0];
    this.#starts.push(first?.start ?? 0);
    this.#ends.push(first?.end ?? 0);
    this.#times.push(packet.time);
    this.#numbers.duration.push(packet.nanoseconds);
    this.#numbers.cpu.push(packet.cpu);
    this.#numbers.journey.push(journey);
    this.#numbers.ipId.push(packet.ipId);
    this.#numbers.length.push(packet.length);
    this.#numbers.protocol.push(packet.protocol);
    const terms = this.#terms;
    terms.interface.add(hook?.interface);
    terms.direction.add(hook && describeDirection(hook));
    terms.what.add(what);
    terms.verdict.add(verdict.kind);
    terms.reason.add(verdict.kind === 'denied' ? verdict.reason : undefined);
    terms.words.add(words);
    terms.conntrack.add(packet.conntrack?.result);
    terms.tunnel.add(packet.tunnel?.peer);
    this.#endpoints.from.add(packet.source);
    this.#endpoints.to.add(packet.destination);
    this.#endpoints.backend.add(nat?.destination);
    this.#endpoints.before.add(nat?.before ?? nat?.source);
  }

  columns(): readonly Column[] {
    const { duration, cpu, journey, ipId, length, protocol } = this.#numbers;
    const protocolAt = (row: number) => protocol[row] ?? 0;
    const [begin = 0] = this.#times;
    const terms = this.#terms;
    const ends = this.#endpoints;
    return [
      numberColumn({ ...heads.time, kind: 'number' }, (row) => sinceStart(this.#times[row], begin)),
      numberColumn({ ...heads.journey, kind: 'number' }, (row) => journey[row]),
      terms.interface.column({ ...heads.interface, kind: 'interface' }),
      terms.direction.column({ ...heads.direction, kind: 'enum' }),
      terms.what.column({ ...heads.what, kind: 'enum' }),
      ends.from.column(heads.from, protocolAt),
      ends.to.column(heads.to, protocolAt),
      ends.backend.column(heads.backend, protocolAt),
      ends.before.column(heads.before, protocolAt),
      terms.verdict.column({ ...heads.verdict, kind: 'enum' }),
      terms.words.column({ ...heads.words, kind: 'enum' }),
      terms.reason.column({ ...heads.reason, kind: 'enum' }),
      terms.conntrack.column({ ...heads.conntrack, kind: 'enum' }),
      terms.tunnel.column({ ...heads.tunnel, kind: 'address' }),
      numberColumn({ ...heads.duration, kind: 'duration' }, (row) => duration[row]),
      numberColumn({ ...heads.length, kind: 'bytes' }, (row) => length[row]),
      numberColumn({ ...heads.ipId, kind: 'number' }, (row) => ipId[row]),
      numberColumn({ ...heads.cpu, kind: 'number' }, (row) => cpu[row]),
      numberColumn({ ...heads.boot, kind: 'number' }, (row) => this.#times[row]),
    ];
  }
}

/** Seconds since the first packet, to the microsecond that the kernel tells. */
function sinceStart(time: number | undefined, begin: number): number | undefined {
  return time === undefined ? undefined : Math.round((time - begin) * 1e6) / 1e6;
}

const heads = {
  time: {
    id: 'time',
    title: 'Time',
    meaning: 'When the packet came to the hook, in seconds since the first packet.',
  },
  journey: {
    id: 'journey',
    title: 'Journey',
    meaning: 'The same for all packets that are one packet on its way from hook to hook.',
  },
  interface: {
    id: 'iface',
    title: 'Interface',
    meaning: 'The interface whose program saw the packet.',
    names: { title: 'Whose', subject: 'interface-name' },
  },
  direction: { id: 'dir', title: 'Direction', meaning: 'Which way the packet went there.' },
  what: { id: 'what', title: 'Packet', meaning: 'The protocol, and what kind of packet it is.' },
  from: {
    id: 'from',
    title: 'From',
    meaning: 'The source of the packet as it came.',
    names: { title: 'Who', subject: 'endpoint' },
  },
  to: {
    id: 'to',
    title: 'To',
    meaning: 'The destination of the packet as it came.',
    names: { title: 'Whom', subject: 'endpoint' },
  },
  backend: {
    id: 'backend',
    title: 'Backend',
    meaning: 'Where the packet goes in place of its destination.',
    names: { title: 'Chosen', subject: 'endpoint' },
  },
  before: {
    id: 'service',
    title: 'Service',
    meaning: 'The address that stood, or stands again, in the place of the backend’s.',
    names: { title: 'Of', subject: 'endpoint' },
  },
  verdict: {
    id: 'verdict',
    title: 'Verdict',
    meaning: 'Whether the packet went on: allowed, denied, unknown.',
  },
  words: { id: 'why', title: 'Why', meaning: 'The verdict in words.' },
  reason: {
    id: 'reason',
    title: 'Reason',
    meaning: 'Why the packet was denied, in one word.',
    isExtra: true,
  },
  conntrack: { id: 'ct', title: 'Conntrack', meaning: 'What looking up the connection came to.' },
  tunnel: {
    id: 'tunnel',
    title: 'Tunnel',
    meaning: 'The node at the other end of the tunnel.',
    isExtra: true,
  },
  duration: { id: 'took', title: 'Took', meaning: 'How long the program ran.' },
  length: { id: 'bytes', title: 'Bytes', meaning: 'The length of the IP packet.', isExtra: true },
  ipId: { id: 'ipid', title: 'IP id', meaning: 'The identification of the IP packet.', isExtra: true },
  cpu: { id: 'cpu', title: 'CPU', meaning: 'The CPU that the program ran on.', isExtra: true },
  boot: {
    id: 'boot',
    title: 'Boot',
    meaning: 'Seconds since the node’s boot, as in the trace.',
    isExtra: true,
  },
} as const satisfies Readonly<Record<string, ColumnHead>>;
