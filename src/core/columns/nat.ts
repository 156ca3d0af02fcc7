/** NAT frontends and backends as columns: some 40 bytes for a frontend, some 20 for a backend. */
import { blackhole, type FrontendLine, type NatBackend, type NatFrontend } from '../dump/natLine.ts';
import type { Cidr, IpAddress } from '../net/address.ts';
import { AddressTable } from './addresses.ts';
import { columnsOf, uint16, uint32, uint8 } from './column.ts';
import { blackholeCount, noHead, type FrontendHead } from './natFast.ts';
import { Places, type Placing } from './places.ts';
import { WordTable } from './words.ts';

export class NatColumns {
  count = 0;
  readonly addresses = new AddressTable();
  /** The flags as they are printed. */
  readonly words = new WordTable();
  readonly address = uint32();
  readonly port = uint16();
  readonly protocol = uint16();
  readonly id = uint32();
  /** How many backends are announced; `blackholeCount` for −1. */
  readonly total = uint32();
  readonly local = uint32();
  readonly flags = uint16();
  readonly source = uint32();
  /** Where the source is not 0. */
  readonly sourceLength = uint8();
  /** Which of `backends` are the frontend's; several frontends may share them. */
  readonly firstBackend = uint32();
  readonly backendCount = uint32();
  readonly places: Places;
  readonly backends: BackendColumns;
  /** The frontend that is being read. */
  readonly head: FrontendHead = { ...noHead };
  /** The frontends that the columns cannot hold exactly. */
  readonly #others = new Map<number, FrontendLine>();
  /** The first of those that share the backends being read, and how many backends there are so far. */
  #firstSharer = 0;
  #held = 0;
  #lastId: number | undefined;
  #lastCount = 0;

  constructor(placing: Placing) {
    this.places = new Places(placing);
    this.backends = new BackendColumns(placing);
  }

  add(frontend: FrontendLine): void {
    const row = this.count;
    if (!isHeld(frontend)) this.#others.set(row, frontend);
    this.address.set(row, this.addresses.idOf(frontend.address));
    this.port.set(row, frontend.port);
    this.protocol.set(row, frontend.protocol);
    this.id.set(row, frontend.id);
    this.total.set(row, frontend.count);
    this.local.set(row, frontend.local);
    this.flags.set(row, this.words.idOf(frontend.flags.join(', ')));
    const [source, length] = frontend.source?.split('/') ?? [];
    this.source.set(row, this.addresses.idOf(source as IpAddress | undefined)); // A CIDR begins with an address.
    this.sourceLength.set(row, Number(length ?? 0));
    this.begin();
  }

  /** The numbers of a frontend as they were read, however large. */
  numberAt(row: number, name: 'id' | 'count' | 'local' | 'protocol'): number {
    const other = this.#others.size === 0 ? undefined : this.#others.get(row);
    if (other !== undefined) return other[name];
    return name === 'count' ? toCount(this.total.at(row)) : this[name].at(row);
  }

  /** Takes the frontend that was written into the next row. */
  begin(): void {
    this.close();
    const row = this.count++;
    this.#firstSharer = row;
    this.#lastId = this.numberAt(row, 'id');
    this.#lastCount = this.numberAt(row, 'count');
    this.backendCount.set(row, 0);
  }

  /** The id of the last frontend; `undefined` before the first one. */
  get lastId(): number | undefined {
    return this.#lastId;
  }

  get isLastBlackhole(): boolean {
    return this.#lastCount === blackhole;
  }

  /** Whether the last frontend has fewer backends than it announces. */
  get wantsBackend(): boolean {
    return this.#held < this.#lastCount;
  }

  /**
   * Takes the backend that was written into the next row of `backends`: it is of the last frontend and, grouped by
   * service, of those above that share its id and had none of their own.
   */
  beginBackend(): void {
    if (this.#held++ === 0) {
      const last = this.count - 1;
      this.#firstSharer = last;
      while (this.#sharesBackends(this.#firstSharer - 1)) this.#firstSharer--;
      this.firstBackend.set(last, this.backends.count);
    }
    this.backends.count++;
  }

  addBackend(backend: NatBackend): void {
    if (!this.wantsBackend) return;
    this.backends.fill(backend, this.addresses);
    this.beginBackend();
  }

  /** Adds a frontend with backends of its own. */
  addWhole({ backends, ...frontend }: NatFrontend): void {
    this.add(frontend);
    const row = this.count - 1;
    this.firstBackend.set(row, this.backends.count);
    this.backendCount.set(row, backends.length);
    for (const backend of backends) {
      this.backends.fill(backend, this.addresses);
      this.backends.count++;
    }
  }

  /** Gives the frontends that share backends theirs: the last ones have all come. */
  close(): void {
    const last = this.count - 1;
    if (this.#held > 0) {
      const first = this.firstBackend.at(last);
      for (let row = this.#firstSharer; row <= last; row++) {
        this.firstBackend.set(row, first);
        this.backendCount.set(row, Math.min(this.numberAt(row, 'count'), this.#held));
      }
    }
    this.#held = 0;
  }

  entry(row: number): NatFrontend {
    const first = this.firstBackend.at(row);
    const backends = Array.from({ length: this.backendCount.at(row) }, (_, index) =>
      this.backends.entry(first + index, this.addresses),
    );
    return { ...(this.#others.get(row) ?? this.#frontend(row)), backends };
  }

  flagsAt(row: number): readonly string[] {
    const flags = this.words.text(this.flags.at(row)) ?? '';
    return flags === '' ? [] : flags.split(', ');
  }

  sourceAt(row: number): Cidr | undefined {
    const source = this.addresses.text(this.source.at(row));
    return source && (`${source}/${this.sourceLength.at(row)}` as Cidr); // As it was read.
  }

  trim(): void {
    for (const column of columnsOf(this)) column.trim(this.count);
    for (const column of columnsOf(this.backends)) column.trim(this.backends.count);
    this.places.trim();
    this.backends.places.trim();
  }

  #frontend(row: number): FrontendLine {
    return {
      // A row of the columns has its address; the empty text stands for what cannot be.
      address: this.addresses.text(this.address.at(row)) ?? ('' as IpAddress),
      port: this.port.at(row),
      protocol: this.protocol.at(row),
      id: this.id.at(row),
      count: this.numberAt(row, 'count'),
      local: this.local.at(row),
      flags: this.flagsAt(row),
      source: this.sourceAt(row),
    };
  }

  #sharesBackends(row: number): boolean {
    if (row < 0 || this.backendCount.at(row) > 0 || this.numberAt(row, 'count') <= 0) return false;
    return this.numberAt(row, 'id') === this.lastId;
  }
}

/** Whether the columns give a frontend back as it is. */
function isHeld({ protocol, id, count, local }: FrontendLine): boolean {
  const isCount = count === blackhole || (count >= 0 && count < blackholeCount);
  return (
    protocol <= 0xffff && isCount && Math.max(id, local) <= 0xffff_ffff && Math.min(id, local, protocol) >= 0
  );
}

function toCount(total: number): number {
  return total === blackholeCount ? blackhole : total;
}

class BackendColumns {
  count = 0;
  readonly ordinal = uint32();
  /** 0 where it is missing. */
  readonly address = uint32();
  readonly port = uint16();
  readonly places: Places;
  readonly #others = new Map<number, NatBackend>();

  constructor(placing: Placing) {
    this.places = new Places(placing);
  }

  /** Writes the next row. */
  fill(backend: NatBackend, addresses: AddressTable): void {
    if (backend.ordinal < 0 || backend.ordinal > 0xffff_ffff) this.#others.set(this.count, backend);
    this.ordinal.set(this.count, backend.ordinal);
    this.address.set(this.count, addresses.idOf(backend.endpoint?.address));
    this.port.set(this.count, backend.endpoint?.port ?? 0);
  }

  ordinalAt(row: number): number {
    return this.#others.get(row)?.ordinal ?? this.ordinal.at(row);
  }

  entry(row: number, addresses: AddressTable): NatBackend {
    const address = addresses.text(this.address.at(row));
    const endpoint = address === undefined ? undefined : { address, port: this.port.at(row) };
    return this.#others.get(row) ?? { ordinal: this.ordinal.at(row), endpoint };
  }
}
