/** Conntrack entries as columns: some 50 bytes for a connection, some 130 for an entry with its legs. */
import type { ConntrackConnection, ConntrackEntry, TcpState } from '../dump/conntrack.ts';
import { tcpStates } from '../dump/conntrack.ts';
import type { ConntrackLeg, OriginalAddresses } from '../dump/conntrackLeg.ts';
import { readFlags, type ConntrackKey, type RawConntrackEntry } from '../dump/conntrackRaw.ts';
import type { IpAddress } from '../net/address.ts';
import type { Endpoint } from '../net/endpoint.ts';
import { AddressTable } from './addresses.ts';
import { columnsOf, float64, uint16, uint32, uint8, type Column } from './column.ts';
import { fillRow } from './conntrackFill.ts';
import { has, legBits, noProtocol, protocolWords, rowKinds } from './conntrackLayout.ts';
import { KnownTexts } from './knownTexts.ts';
import { WordTable } from './words.ts';

/** One direction of a raw entry. */
export class LegColumns {
  readonly bytes = float64();
  readonly packets = uint32();
  readonly sequence = uint32();
  readonly bits = uint8();
  readonly ifIndex = uint32();
  /** How what was seen was printed, up to the index, and its bits: few texts come again and again. */
  readonly known = new KnownTexts();
}

export class ConntrackColumns {
  count = 0;
  readonly addresses = new AddressTable();
  /** The flags as they are printed. */
  readonly words = new WordTable();
  readonly knownFlags = new KnownTexts();
  readonly kind = uint8();
  readonly parts = uint16();
  /** IANA number. */
  readonly protocol = uint16();
  /** The source of a connection; endpoint A of a raw entry. */
  readonly a = uint32();
  readonly aPort = uint16();
  /** The destination of a connection; endpoint B of a raw entry. */
  readonly b = uint32();
  readonly bPort = uint16();
  /** The service of a connection; of a raw entry endpoint A of its reverse key. */
  readonly c = uint32();
  readonly cPort = uint16();
  readonly d = uint32();
  readonly dPort = uint16();
  readonly reverseProtocol = uint16();
  /** The forwarder of a connection; the tunnel address of a raw entry. */
  readonly tunnel = uint32();
  readonly originalPort = uint16();
  /** The raw entry's source port after NAT, or its original destination port. */
  readonly natPort = uint16();
  readonly originalDestination = uint32();
  readonly originalSource = uint32();
  /** Nanoseconds. */
  readonly age = float64();
  readonly idle = float64();
  readonly created = float64();
  readonly lastSeen = float64();
  /** The place in `tcpStates`, from 1 on. */
  readonly state = uint8();
  readonly flags = uint16();
  readonly aToB = new LegColumns();
  readonly bToA = new LegColumns();
  /** The entries that the columns cannot hold exactly: they are kept as they were read. */
  readonly #others = new Map<number, ConntrackEntry>();
  #flagsById: (Pick<RawConntrackEntry, 'flagBits' | 'flags'> | undefined)[] = [];

  /** Adds an entry that was read by the grammar for all forms. */
  add(entry: ConntrackEntry): void {
    const row = this.count++;
    this.#others.set(row, entry);
    fillRow(this, row, entry);
  }

  /** Takes back what was written of a row that could not be read to its end. */
  clearRow(row: number): void {
    for (const column of this.#columns()) if (row < column.values.length) column.set(row, 0);
  }

  /** The entry of a row, as the reader of whole texts gives it. */
  entry(row: number): ConntrackEntry {
    const other = this.#others.get(row);
    if (other !== undefined) return other;
    return this.kind.at(row) === 0 ? this.#connection(row) : this.#rawEntry(row);
  }

  /** The names of the flags of a row, with spaces between. */
  flagNames(row: number): string {
    return this.#flagsOf(row).flags.join(' ');
  }

  /** Forgets the rows, not the addresses and words that they share. */
  clear(): void {
    this.count = 0;
    this.#others.clear();
  }

  /** Gives back what was reserved for more rows. */
  trim(): void {
    for (const column of this.#columns()) column.trim(this.count);
  }

  #columns(): readonly Column[] {
    return [this, this.aToB, this.bToA].flatMap(columnsOf);
  }

  #connection(row: number): ConntrackConnection {
    const parts = this.parts.at(row);
    return {
      kind: 'connection',
      protocol: protocolWord(this.protocol.at(row)),
      source: this.#endpoint(this.a.at(row), this.aPort.at(row)),
      service: parts & has.third ? this.#endpoint(this.c.at(row), this.cPort.at(row)) : undefined,
      destination: this.#endpoint(this.b.at(row), this.bPort.at(row)),
      forwarder: parts & has.tunnel ? this.addresses.text(this.tunnel.at(row)) : undefined,
      originalSourcePort: parts & has.originalPort ? this.originalPort.at(row) : undefined,
      age: parts & has.age ? this.age.at(row) : undefined,
      idle: this.idle.at(row),
      state: this.#state(row),
      flags: parts & has.flags ? this.#flagsOf(row).flags : undefined,
    };
  }

  #rawEntry(row: number): RawConntrackEntry {
    const parts = this.parts.at(row);
    const reverse: ConntrackKey = {
      protocol: toNumber(this.reverseProtocol.at(row)),
      a: this.#endpoint(this.c.at(row), this.cPort.at(row)),
      b: this.#endpoint(this.d.at(row), this.dPort.at(row)),
    };
    const kind = rowKinds[this.kind.at(row)];
    return {
      kind: 'raw',
      protocol: toNumber(this.protocol.at(row)),
      a: this.#endpoint(this.a.at(row), this.aPort.at(row)),
      b: this.#endpoint(this.b.at(row), this.bPort.at(row)),
      type: kind === undefined || kind === 'connection' ? 'unknown' : kind,
      created: parts & has.created ? this.created.at(row) : undefined,
      lastSeen: parts & has.lastSeen ? this.lastSeen.at(row) : undefined,
      ...this.#flagsOf(row),
      reverse: parts & has.third ? reverse : undefined,
      natSourcePort: parts & has.natPort ? this.natPort.at(row) : undefined,
      legs:
        parts & has.legs ? { aToB: this.#leg(this.aToB, row), bToA: this.#leg(this.bToA, row) } : undefined,
      original: parts & has.original ? this.#original(row) : undefined,
      age: parts & has.age ? this.age.at(row) : undefined,
      idle: parts & has.idle ? this.idle.at(row) : undefined,
      state: this.#state(row),
    };
  }

  #leg(leg: LegColumns, row: number): ConntrackLeg {
    const parts = this.parts.at(row);
    const bits = leg.bits.at(row);
    const counts = (parts & has.counts) !== 0;
    return {
      bytes: counts ? BigInt(leg.bytes.at(row)) : undefined,
      packets: counts ? BigInt(leg.packets.at(row)) : undefined,
      sequence: leg.sequence.at(row),
      syn: (bits & legBits.syn) !== 0,
      ack: (bits & legBits.ack) !== 0,
      fin: (bits & legBits.fin) !== 0,
      rst: (bits & legBits.rst) !== 0,
      approved: (bits & legBits.approved) !== 0,
      opener: (bits & legBits.opener) !== 0,
      workload: parts & has.workload ? (bits & legBits.workload) !== 0 : undefined,
      ifIndex: leg.ifIndex.at(row),
    };
  }

  #original(row: number): OriginalAddresses {
    const parts = this.parts.at(row);
    return {
      destination: this.addresses.text(this.originalDestination.at(row)),
      source: parts & has.originalSource ? this.addresses.text(this.originalSource.at(row)) : undefined,
      destinationPort: this.natPort.at(row),
      sourcePort: parts & has.originalPort ? this.originalPort.at(row) : undefined,
      tunnel: this.addresses.text(this.tunnel.at(row)),
    };
  }

  #flagsOf(row: number): Pick<RawConntrackEntry, 'flagBits' | 'flags'> {
    const id = this.flags.at(row);
    const isPrinted = (this.parts.at(row) & has.flagBits) !== 0;
    const flags = (this.#flagsById[id] ??= readFlags(this.words.text(id) ?? ''));
    return isPrinted ? flags : { flagBits: undefined, flags: flags.flags };
  }

  #state(row: number): TcpState | undefined {
    return tcpStates[this.state.at(row) - 1];
  }

  #endpoint(id: number, port: number): Endpoint {
    // A row of the columns has its addresses; the empty text stands for what cannot be.
    return { address: this.addresses.text(id) ?? ('' as IpAddress), port };
  }
}

/** A protocol as the pretty form names it. */
export function protocolWord(number: number): string {
  return protocolWords.get(number) ?? `Proto-${number}`;
}

function toNumber(protocol: number): number | undefined {
  return protocol === noProtocol ? undefined : protocol;
}
