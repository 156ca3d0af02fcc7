/**
 * A filter in the syntax of pcap (pcap-filter(7)), as far as it speaks of addresses, ports and protocols: for packets
 * of which only these are known.
 */
import { ipBytes } from './address.ts';

export interface FilteredPacket {
  readonly family: 4 | 6;
  readonly protocol: number | undefined;
  /** The ends that the packet has, before and after NAT. */
  readonly sources: readonly PacketEnd[];
  readonly destinations: readonly PacketEnd[];
}

export interface PacketEnd {
  readonly address: string;
  readonly port: number | undefined;
}

export type PacketFilter = (packet: FilteredPacket) => boolean;

/** Compiles a filter; `undefined` when it asks for something that cannot be told from addresses, ports and protocols. */
export function compilePcap(text: string): PacketFilter | undefined {
  const tokens = text.toLowerCase().match(/[()]|&&|\|\||!|[^\s()&|!]+/g) ?? [];
  const reader = new FilterReader(tokens);
  const filter = tokens.length === 0 ? () => true : reader.readOr();
  return reader.isAtEnd ? filter : undefined;
}

const protocols: Readonly<Record<string, PacketFilter>> = {
  tcp: ({ protocol }) => protocol === 6,
  udp: ({ protocol }) => protocol === 17,
  sctp: ({ protocol }) => protocol === 132,
  icmp: ({ protocol, family }) => protocol === 1 && family === 4,
  icmp6: ({ protocol }) => protocol === 58,
  ip: ({ family }) => family === 4,
  ip6: ({ family }) => family === 6,
};

type Side = 'src' | 'dst' | 'either';

class FilterReader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  readOr(): PacketFilter | undefined {
    return this.#readChain(
      ['or', '||'],
      () => this.#readAnd(),
      (parts) => (packet) => parts.some((part) => part(packet)),
    );
  }

  #readAnd(): PacketFilter | undefined {
    return this.#readChain(
      ['and', '&&'],
      () => this.#readOne(),
      (parts) => (packet) => parts.every((part) => part(packet)),
    );
  }

  #readChain(
    words: readonly string[],
    read: () => PacketFilter | undefined,
    join: (parts: readonly PacketFilter[]) => PacketFilter,
  ): PacketFilter | undefined {
    const parts: PacketFilter[] = [];
    do {
      const part = read();
      if (part === undefined) return undefined;
      parts.push(part);
    } while (this.#take(...words));
    return join(parts);
  }

  #readOne(): PacketFilter | undefined {
    if (this.#take('not', '!')) {
      const inner = this.#readOne();
      return inner && ((packet) => !inner(packet));
    }
    if (this.#take('(')) {
      const inner = this.readOr();
      return this.#take(')') ? inner : undefined;
    }
    const protocol = protocols[this.#tokens[this.#at] ?? ''];
    if (protocol === undefined) return this.#readEnd();
    this.#at += 1;
    // `tcp port 80`, `udp dst port 53`: both must hold.
    const isQualifier = ['src', 'dst', 'port', 'host', 'net'].includes(this.#tokens[this.#at] ?? '');
    const rest = isQualifier ? this.#readEnd() : () => true;
    return rest && ((packet) => protocol(packet) && rest(packet));
  }

  /** `[src|dst] host A`, `[src|dst] net A/N`, `[src|dst] port N`; a bare address is a host. */
  #readEnd(): PacketFilter | undefined {
    const side: Side = this.#take('src') ? 'src' : this.#take('dst') ? 'dst' : 'either';
    const isPort = this.#take('port');
    if (!isPort) this.#take('host', 'net');
    const word = this.#tokens[this.#at];
    if (word === undefined) return undefined;
    this.#at += 1;
    const matches = isPort ? matchPort(word) : matchAddress(word);
    if (matches === undefined) return undefined;
    return ({ sources, destinations }) => {
      const ends = side === 'src' ? sources : side === 'dst' ? destinations : [...sources, ...destinations];
      return ends.some(matches);
    };
  }

  #take(...words: readonly string[]): boolean {
    const isNext = words.includes(this.#tokens[this.#at] ?? '');
    if (isNext) this.#at += 1;
    return isNext;
  }
}

function matchPort(word: string): ((end: PacketEnd) => boolean) | undefined {
  const port = /^\d{1,5}$/.test(word) ? Number(word) : undefined;
  return port === undefined ? undefined : (end) => end.port === port;
}

function matchAddress(word: string): ((end: PacketEnd) => boolean) | undefined {
  const [text = '', length] = word.split('/');
  const network = ipBytes(text);
  if (network === undefined || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const bits = length === undefined ? network.length * 8 : Number(length);
  return (end) => {
    const address = ipBytes(end.address);
    return address !== undefined && isWithin(address, network, bits);
  };
}

function isWithin(address: Uint8Array, network: Uint8Array, bits: number): boolean {
  if (address.length !== network.length) return false;
  return address.every((byte, index) => {
    const own = Math.min(8, Math.max(0, bits - index * 8));
    const mask = (0xff << (8 - own)) & 0xff;
    return (byte & mask) === ((network[index] ?? 0) & mask);
  });
}
