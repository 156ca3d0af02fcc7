/**
 * The lines of `nat dump`: one for each frontend, below it one for each of its backends, as `dumpNice` in Calico's
 * felix/cmd/calico-bpf/commands/nat.go writes them (v3.22 to v3.33).
 */
import { parseCidr, parseIp, type Cidr, type IpAddress } from '../net/address.ts';
import { parseEndpoint, type Endpoint } from '../net/endpoint.ts';
import { Cursor } from '../text/cursor.ts';
import { linesOf } from '../text/lines.ts';
import { parseUint } from '../text/number.ts';

export interface NatFrontend {
  readonly address: IpAddress;
  readonly port: number;
  /** IANA number. */
  readonly protocol: number;
  /** The node's own number for the service port; frontends of one service share it. */
  readonly id: number;
  /**
   * How many backends can be used; −1 (`blackhole`) refuses whoever is outside the source ranges. The text grouped
   * by service has the service's count in place of −1 (v3.32).
   */
  readonly count: number;
  /** How many of them run on this node: those with the lowest ordinals. */
  readonly local: number;
  readonly flags: readonly string[];
  /** The clients that this entry is for, where the service has source ranges. */
  readonly source: Cidr | undefined;
  readonly backends: readonly NatBackend[];
}

export interface NatBackend {
  readonly ordinal: number;
  /** `undefined` where the backend map has none though the frontend announces it (`is missing`). */
  readonly endpoint: Endpoint | undefined;
}

export const natFlags = ['external-local', 'internal-local', 'nat-exclude', 'maglev'] as const;

export const blackhole = -1;
/** How v3.26 and older print −1; they then list that many missing backends. */
export const unsignedBlackhole = 0xffff_ffff;

/** A frontend without what stands in the lines below it. */
export type FrontendLine = Omit<NatFrontend, 'backends'>;

const numbers = [
  ['port', parseUint],
  ['proto', parseUint],
  ['id', parseUint],
  ['count', parseCount],
  ['local', parseUint],
] as const;

/** Reads the line of a frontend; nothing where it is reported as unreadable. */
export function readFrontendLine(line: Cursor): FrontendLine | undefined {
  const address = line.expect('an IP address', parseIp);
  if (address === undefined) return undefined;
  const values: number[] = [];
  for (const [name, read] of numbers) {
    const label = line.expect(`“${name}”`, (word) => (word === name ? word : undefined));
    const value = label === undefined ? undefined : line.expect(`the ${name}`, read);
    if (value === undefined) return undefined;
    values.push(value);
  }
  const [port = 0, protocol = 0, id = 0, count = 0, local = 0] = values;
  return { address, port, protocol, id, count, local, ...parseFlags(line) };
}

/** `flags external-local, maglev src 198.51.100.0/24`: both parts may be absent. */
function parseFlags(line: Cursor): Pick<NatFrontend, 'flags' | 'source'> {
  const flags: string[] = [];
  let source: Cidr | undefined;
  for (const word of line) {
    if (word.text === 'flags') continue;
    if (word.text === 'src') source = line.expect('a CIDR', parseCidr);
    else {
      const flag = word.text.replace(/,$/, '');
      if (!isNatFlag(flag)) line.report(word, 'unknown', `unknown NAT flag “${flag}”`);
      flags.push(flag);
    }
  }
  return { flags, source };
}

function isNatFlag(word: string): boolean {
  return (natFlags as readonly string[]).includes(word);
}

function parseCount(word: string): number | undefined {
  if (word === '-1') return blackhole;
  const count = parseUint(word);
  return count === unsignedBlackhole ? blackhole : count;
}

/** Reads the lines of one frontend and its backends, between which others of the same service may stand. */
export function readFrontend(text: string): NatFrontend | undefined {
  let frontend: FrontendLine | undefined;
  const backends: NatBackend[] = [];
  for (const span of linesOf(text)) {
    const line = new Cursor(text, span, []);
    if (text[span.start] !== '\t') frontend ??= readFrontendLine(line);
    else if (backends.length < (frontend?.count ?? 0)) {
      const backend = readBackendLine(line, frontend?.id);
      if (backend !== undefined) backends.push(backend);
    }
  }
  return frontend && { ...frontend, backends };
}

/** Reads the line of a backend of the frontend above it, whose id is `owner`; nothing where it is reported. */
export function readBackendLine(line: Cursor, owner: number | undefined): NatBackend | undefined {
  const key = line.expect('a service id and an ordinal', (word) => /^(\d+):(\d+)$/.exec(word) ?? undefined);
  if (key === undefined) return undefined;
  const id = Number(key[1]);
  if (owner !== id) {
    line.report(line.span, 'expected', `expected a frontend with id ${id} above its backend`);
    return undefined;
  }
  const endpoint = parseBackend(line);
  if (endpoint === undefined) return undefined;
  return { ordinal: Number(key[2]), endpoint: endpoint === 'missing' ? undefined : endpoint };
}

/** `ip:port`, `[v6]:port`, `ip : port` (v3.27.0), or `is missing`. */
function parseBackend(line: Cursor): Endpoint | 'missing' | undefined {
  const words = [...line];
  const text = words.map((word) => word.text).join('');
  if (text === 'ismissing') return 'missing';
  const endpoint = parseEndpoint(text);
  const [first] = words;
  if (endpoint === undefined) {
    const at =
      first === undefined
        ? { start: line.span.end, end: line.span.end }
        : { start: first.start, end: line.span.end };
    line.report(at, 'expected', 'expected an address and a port, or “is missing”');
  }
  return endpoint;
}
