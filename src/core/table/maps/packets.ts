/** The packets of a BPF trace as columns: one row a packet, as its hook saw it, or a connect of a process. */
import type { Span } from '../../text/problem.ts';
import type { Connect, Packet, PacketEnd, PacketLines } from '../../trace/packet.ts';
import type { TraceRecord } from '../../trace/packets.ts';
import { reasonTitles } from '../../trace/reasons.ts';
import { describeDirection, describePacket } from '../../trace/words.ts';
import { numberColumn, Terms } from '../columns.ts';
import { packetHeads as heads } from './packetHeads.ts';
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

  endAt(row: number): PacketEnd | undefined {
    const address = this.#terms.list[this.#codes[row] ?? 0] ?? '';
    const port = this.#ports[row] ?? 0;
    return address === '' ? undefined : { address, port: port === 0 ? undefined : port };
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

interface RowNumbers {
  readonly duration?: number | undefined;
  readonly cpu?: number | undefined;
  readonly journey?: number | undefined;
  readonly flow?: number | undefined;
  readonly ipId?: number | undefined;
  readonly length?: number | undefined;
  readonly protocol?: number | undefined;
}

/** Whether a connect tells what no packet does: which backend was chosen, or that there is none. */
function isTelling({ outcome }: Connect): boolean {
  return outcome === 'balanced' || outcome === 'no-backend';
}

/** Journeys whose way is remembered; older ones are over. */
const maxWays = 20_000;

/** Collects packets as they come; of each only what the columns show is kept. */
export class PacketRows {
  /** The place of a row's first span in the lists of all spans. */
  readonly #firstSpans: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #lines: number[] = [];
  readonly #times: number[] = [];
  readonly #clock: number[] = [];
  /** By journey. */
  readonly #ways = new Map<number, string>();
  /** The words of verdicts that are denials. */
  readonly #denials = new Set<string>();
  readonly #numbers = {
    duration: [] as (number | undefined)[],
    cpu: [] as (number | undefined)[],
    journey: [] as (number | undefined)[],
    flow: [] as (number | undefined)[],
    ipId: [] as (number | undefined)[],
    length: [] as (number | undefined)[],
    protocol: [] as (number | undefined)[],
  };
  readonly #terms = {
    node: new TermRows(),
    interface: new TermRows(),
    direction: new TermRows(),
    what: new TermRows(),
    verdict: new TermRows(),
    reason: new TermRows(),
    words: new TermRows(),
    hooks: new TermRows(),
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

  /** The stretches of lines that a row was read from. */
  spansAt(row: number): readonly Span[] {
    const spans: Span[] = [];
    const last = this.#firstSpans[row + 1] ?? this.#starts.length;
    for (let at = this.#firstSpans[row] ?? last; at < last; at++)
      spans.push({ start: this.#starts[at] ?? 0, end: this.#ends[at] ?? 0 });
    return spans;
  }

  /** The service that a row's process connected to. */
  beforeAt(row: number): PacketEnd | undefined {
    return this.#endpoints.before.endAt(row);
  }

  /** The number of a row's first line, from zero. */
  lineAt(row: number): number {
    return (this.#lines[row] ?? 1) - 1;
  }

  /** The rows of a row's journey, in the order of time. */
  journeyOf(row: number): readonly number[] {
    const { journey } = this.#numbers;
    const wanted = journey[row];
    if (wanted === undefined) return [row];
    const rows: number[] = [];
    for (let at = journey.indexOf(wanted); at !== -1; at = journey.indexOf(wanted, at + 1)) rows.push(at);
    return rows.toSorted((one, other) => (this.#clock[one] ?? 0) - (this.#clock[other] ?? 0));
  }

  add(record: TraceRecord): void {
    if (record.kind === 'packet') this.#addPacket(record);
    else if (isTelling(record.connect)) this.#addConnect(record);
  }

  #addPacket({ packet, journey, flow }: Extract<TraceRecord, { kind: 'packet' }>): void {
    const { hook, verdict, lines, nat } = packet;
    const { what, verdict: words } = describePacket(packet);
    this.#addPlace(lines);
    this.#addTime(packet.time, packet.bootedAt);
    this.#addNumbers({ ...packet, duration: packet.nanoseconds, journey, flow });
    this.#addTerms({
      node: packet.node,
      interface: hook?.interface,
      direction: hook && describeDirection(hook),
      what,
      verdict: verdict.kind,
      reason: verdict.kind === 'denied' ? verdict.reason : undefined,
      words,
      hooks: this.#wayTo(packet, journey),
      conntrack: packet.conntrack?.result,
      tunnel: packet.tunnel?.peer,
    });
    this.#endpoints.from.add(packet.source);
    this.#endpoints.to.add(packet.destination);
    this.#endpoints.backend.add(nat?.destination);
    this.#endpoints.before.add(nat?.before ?? nat?.source);
  }

  /** A process connects through a service: there is a destination, and no packet yet. */
  #addConnect({ connect, mark }: Extract<TraceRecord, { kind: 'connect' }>): void {
    const isRefused = connect.outcome === 'no-backend';
    this.#addPlace(connect.lines);
    this.#addTime(connect.time, mark?.bootedAt);
    this.#addNumbers({ cpu: connect.cpu, protocol: connect.protocol });
    this.#addTerms({
      node: mark?.node,
      what: `connect of ${connect.task}`,
      verdict: isRefused ? 'denied' : 'allowed',
      reason: isRefused ? 'no-backend' : undefined,
      words: isRefused ? reasonTitles['no-backend'] : 'a backend is chosen',
    });
    this.#endpoints.from.add(undefined);
    this.#endpoints.to.add(connect.wanted);
    this.#endpoints.backend.add(connect.backend);
    this.#endpoints.before.add(undefined);
  }

  #addPlace({ spans, first }: PacketLines): void {
    this.#firstSpans.push(this.#starts.length);
    for (const { start, end } of spans) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
    this.#lines.push(first);
  }

  #addTime(time: number, bootedAt: number | undefined): void {
    this.#times.push(time);
    this.#clock.push(time + (bootedAt ?? 0));
  }

  #addNumbers(values: RowNumbers): void {
    const { duration, cpu, journey, flow, ipId, length, protocol } = this.#numbers;
    duration.push(values.duration);
    cpu.push(values.cpu);
    journey.push(values.journey);
    flow.push(values.flow);
    ipId.push(values.ipId);
    length.push(values.length);
    protocol.push(values.protocol);
  }

  #addTerms(values: Readonly<Record<string, string | undefined>>): void {
    if (values['verdict'] === 'denied') this.#denials.add(values['words'] ?? '');
    for (const [name, column] of Object.entries(this.#terms)) column.add(values[name]);
  }

  #wayTo({ hook }: Packet, journey: number): string {
    const before = this.#ways.get(journey);
    const here = hook?.interface ?? '?';
    const way = before === undefined ? here : `${before} → ${here}`;
    this.#ways.set(journey, way);
    if (this.#ways.size > maxWays) this.#ways.delete(this.#ways.keys().next().value ?? journey);
    return way;
  }

  columns(): readonly Column[] {
    const { duration, cpu, journey, flow, ipId, length, protocol } = this.#numbers;
    const protocolAt = (row: number) => protocol[row] ?? 0;
    const [begin = 0] = this.#clock;
    const terms = this.#terms;
    const ends = this.#endpoints;
    return [
      numberColumn({ ...heads.time, kind: 'seconds' }, (row) => sinceStart(this.#clock[row], begin)),
      ends.from.column(heads.from, protocolAt),
      ends.to.column(heads.to, protocolAt),
      terms.what.column({ ...heads.what, kind: 'enum' }),
      { ...terms.words.column({ ...heads.words, kind: 'enum' }), troubles: [...this.#denials] },
      terms.node.column({ ...heads.node, kind: 'name' }),
      terms.interface.column({ ...heads.interface, kind: 'interface' }),
      terms.direction.column({ ...heads.direction, kind: 'enum' }),
      ends.before.column(heads.before, protocolAt),
      ends.backend.column(heads.backend, protocolAt),
      numberColumn({ ...heads.duration, kind: 'duration' }, (row) => duration[row]),
      terms.conntrack.column({ ...heads.conntrack, kind: 'enum' }),
      numberColumn({ ...heads.journey, kind: 'number' }, (row) => journey[row]),
      terms.hooks.column({ ...heads.hooks, kind: 'text' }),
      numberColumn({ ...heads.flow, kind: 'number' }, (row) => flow[row]),
      { ...terms.verdict.column({ ...heads.verdict, kind: 'enum' }), troubles: ['denied'] },
      terms.reason.column({ ...heads.reason, kind: 'enum' }),
      terms.tunnel.column({ ...heads.tunnel, kind: 'address' }),
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
