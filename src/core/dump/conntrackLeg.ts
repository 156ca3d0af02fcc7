/** The two legs of a raw conntrack entry and the addresses before NAT (felix/bpf/conntrack, v3.22 to v3.33). */
import { parseIp, type IpAddress } from '../net/address.ts';

/** What was seen in one direction; `undefined` where the version does not print it. */
export interface ConntrackLeg {
  readonly bytes: bigint | undefined;
  readonly packets: bigint | undefined;
  readonly sequence: number | undefined;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** Policy on this side has accepted (`Whitelisted` to v3.24). */
  readonly approved: boolean;
  readonly opener: boolean;
  readonly workload: boolean | undefined;
  readonly ifIndex: number;
}

/** Where the packet came from and went to before NAT; zero addresses for none. */
export interface OriginalAddresses {
  readonly destination: IpAddress | undefined;
  readonly source: IpAddress | undefined;
  readonly destinationPort: number | undefined;
  readonly sourcePort: number | undefined;
  readonly tunnel: IpAddress | undefined;
}

const bool = '(true|false)';
const leg = new RegExp(
  '^(?:Bytes:(\\d{1,20}) Packets:(\\d{1,20}) )?Seqno:(\\d{1,10}) ' +
    `SynSeen:${bool} AckSeen:${bool} FinSeen:${bool} RstSeen:${bool} ` +
    `(?:Approved|Whitelisted):${bool} Opener:${bool}(?: Workload:${bool})? Ifindex:(\\d{1,10})$`,
);

/** Reads the text between a leg's braces; `undefined` when no known version prints it so. */
export function parseLeg(text: string): ConntrackLeg | undefined {
  const match = leg.exec(text);
  if (match === null) return undefined;
  const [, bytes, packets, sequence, syn, ack, fin, rst, approved, opener, workload, ifIndex] = match;
  return {
    bytes: bytes === undefined ? undefined : BigInt(bytes),
    packets: packets === undefined ? undefined : BigInt(packets),
    sequence: Number(sequence),
    syn: syn === 'true',
    ack: ack === 'true',
    fin: fin === 'true',
    rst: rst === 'true',
    approved: approved === 'true',
    opener: opener === 'true',
    workload: workload === undefined ? undefined : workload === 'true',
    ifIndex: Number(ifIndex),
  };
}

const original = /^OrigDst:(\S+) (?:OrigSrc:(\S+) )?OrigPort:(\d{1,5}) (?:OrigSPort:(\d{1,5}) )?TunIP:(\S+)$/;

/** Reads the text after the legs; `undefined` when no known version prints it so. */
export function parseOriginal(text: string): OriginalAddresses | undefined {
  const match = original.exec(text);
  if (match === null) return undefined;
  const [, destination = '', source, port, sourcePort, tunnel = ''] = match;
  const addresses = {
    destination: parseIp(destination),
    source: source === undefined ? undefined : parseIp(source),
    destinationPort: Number(port),
    sourcePort: sourcePort === undefined ? undefined : Number(sourcePort),
    tunnel: parseIp(tunnel),
  };
  if (addresses.destination === undefined || addresses.tunnel === undefined) return undefined;
  return source !== undefined && addresses.source === undefined ? undefined : addresses;
}
