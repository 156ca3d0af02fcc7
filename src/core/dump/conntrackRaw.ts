/**
 * The raw form of a conntrack entry, `ConntrackKey{…} -> Entry{…}`, as `Value.String()` in Calico's
 * felix/bpf/conntrack/v2, v3 and v4 (map.go) writes it. Its fields changed with the versions: conntrackLeg.ts reads
 * the legs of all of them.
 */
import { parseEndpoint, type Endpoint } from '../net/endpoint.ts';
import { parseDuration } from '../text/duration.ts';
import type { Scanner } from '../text/scanner.ts';
import type { TcpState } from './conntrack.ts';
import { parseLeg, parseOriginal, type ConntrackLeg, type OriginalAddresses } from './conntrackLeg.ts';

export interface RawConntrackEntry {
  readonly kind: 'raw';
  /** IANA number; `undefined` where JSON has no name for it. */
  readonly protocol: number | undefined;
  /** The smaller endpoint in Calico's order: not the client. */
  readonly a: Endpoint;
  readonly b: Endpoint;
  readonly type: 'normal' | 'nat-forward' | 'nat-reverse' | 'unknown';
  /** Nanoseconds since the node's boot (to v3.29). */
  readonly created: number | undefined;
  /** Nanoseconds since the node's boot; not in JSON. */
  readonly lastSeen: number | undefined;
  /** All flag bits (from v3.23); the names that are printed beside them. */
  readonly flagBits: number | undefined;
  readonly flags: readonly string[];
  /** The entry that holds the state, for `nat-forward`. */
  readonly reverse: ConntrackKey | undefined;
  /** The source port after NAT, for `nat-forward`; 0 if unchanged. */
  readonly natSourcePort: number | undefined;
  readonly legs: { readonly aToB: ConntrackLeg; readonly bToA: ConntrackLeg } | undefined;
  readonly original: OriginalAddresses | undefined;
  /** Nanoseconds since it was created (to v3.29), and since its last packet. */
  readonly age: number | undefined;
  readonly idle: number | undefined;
  readonly state: TcpState | undefined;
}

export interface ConntrackKey {
  readonly protocol: number | undefined;
  readonly a: Endpoint;
  readonly b: Endpoint;
}

const key = /ConntrackKey\{proto=(\d+) (\S+) <-> ([^\s}]+)\}/y;
const arrow = / -> Entry\{Type:(\d+), (?:Created:(\d+), )?LastSeen:(\d+), Flags:/y;
const flags = /((?: (?!Data: |REVKey|TYPE INVALID)[^\s}]+)*) ?/y;
const data = /Data: \{A2B:\{([^}]*)\} B2A:\{([^}]*)\} ([^}]*)\}\}/y;
const forward = /REVKey ?: /y;
const forwardEnd = /(?: NATSPort: (\d+))?\}/y;
const invalid = /TYPE INVALID\}/y;
const times = /(?: Age: (\S+))? Active ago (\S+)(?: (SYN-SENT|ESTABLISHED|CLOSED|RESET))?[ \t]*/y;

const types = ['normal', 'nat-forward', 'nat-reverse'] as const;

/** Reads a line that begins with `ConntrackKey{`. */
export function parseRawConntrack(line: Scanner): RawConntrackEntry | undefined {
  const own = readKey(line);
  const entry = own && line.expect('“ -> Entry{Type:…, LastSeen:…, Flags:”', arrow);
  const flagText = entry && line.expect('flags', flags)?.[1];
  if (own === undefined || entry === undefined || flagText === undefined) return undefined;
  const body = readBody(line);
  const end = body && line.expect('“Active ago” and a duration', times);
  if (body === undefined || end === undefined) return undefined;
  if (!line.isAtEnd) line.report(line.rest, 'unknown', 'unknown text after the entry');
  return {
    kind: 'raw',
    ...own,
    type: types[Number(entry[1])] ?? 'unknown',
    created: optionalNumber(entry[2]),
    lastSeen: Number(entry[3]),
    ...readFlags(flagText),
    ...body,
    age: end[1] === undefined ? undefined : parseDuration(end[1]),
    idle: parseDuration(end[2] ?? ''),
    state: end[3] as TcpState | undefined, // One of the words of `times`.
  };
}

function readKey(line: Scanner): ConntrackKey | undefined {
  const match = line.expect('“ConntrackKey{proto=… … <-> …}”', key);
  if (match === undefined) return undefined;
  const a = parseEndpoint(match[2] ?? '');
  const b = parseEndpoint(match[3] ?? '');
  if (a === undefined || b === undefined) {
    const { start } = line.rest;
    line.report(
      { start: start - match[0].length, end: start },
      'expected',
      'expected two addresses with ports',
    );
    return undefined;
  }
  return { protocol: Number(match[1]), a, b };
}

type Body = Pick<RawConntrackEntry, 'reverse' | 'natSourcePort' | 'legs' | 'original'>;
const noBody: Body = { reverse: undefined, natSourcePort: undefined, legs: undefined, original: undefined };

function readBody(line: Scanner): Body | undefined {
  if (line.take(invalid) !== undefined) return noBody;
  if (line.take(forward) !== undefined) {
    const reverse = readKey(line);
    const end = reverse && line.expect('“}” after the key', forwardEnd);
    return end === undefined ? undefined : { ...noBody, reverse, natSourcePort: optionalNumber(end[1]) };
  }
  const match = line.expect('“Data: {A2B:{…} B2A:{…} …}” or “REVKey: …”', data);
  if (match === undefined) return undefined;
  const [whole, first = '', second = '', rest = ''] = match;
  const aToB = parseLeg(first);
  const bToA = parseLeg(second);
  const original = parseOriginal(rest);
  if (aToB === undefined || bToA === undefined || original === undefined) {
    const { start: end } = line.rest;
    const message = 'expected two legs and the original addresses, with the fields of a known version';
    line.report({ start: end - whole.length, end }, 'expected', message);
  }
  const legs = aToB && bToA && { aToB, bToA };
  return { ...noBody, legs, original };
}

/** ` <none>`, ` name name`, or from v3.23 ` 0x140 ext-local B-A`. */
export function readFlags(text: string): Pick<RawConntrackEntry, 'flagBits' | 'flags'> {
  const words = text.trim().split(' ').filter(Boolean);
  const bits = words[0]?.startsWith('0x') ? Number(words[0]) : undefined;
  const names = words.filter((word) => word !== '<none>' && !word.startsWith('0x'));
  return { flagBits: bits ?? (names.length === 0 ? 0 : undefined), flags: names };
}

function optionalNumber(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
