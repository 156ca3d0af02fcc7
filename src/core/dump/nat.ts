/**
 * `nat dump`: a line for each frontend, below it one for each of its backends, as `dumpNice` in Calico's
 * felix/cmd/calico-bpf/commands/nat.go writes them (v3.22 to v3.33; from v3.32 also grouped by service).
 */
import { parseCidr, parseIp, type Cidr, type IpAddress } from '../net/address.ts';
import { parseEndpoint, type Endpoint } from '../net/endpoint.ts';
import { Cursor } from '../text/cursor.ts';
import { linesOf } from '../text/lines.ts';
import { parseUint } from '../text/number.ts';
import type { Problem, Span } from '../text/problem.ts';
import { isBlankOrLog, toDump, type Dump } from './dump.ts';

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

/** How many entries of the backend map the frontends of a dump lead to; those of one service share them. */
export function countBackends(frontends: readonly NatFrontend[]): number {
  const known = frontends.flatMap(({ id, backends }) =>
    backends.filter(({ endpoint }) => endpoint !== undefined).map(({ ordinal }) => `${id}:${ordinal}`),
  );
  return new Set(known).size;
}

export const natFlags = ['external-local', 'internal-local', 'nat-exclude', 'maglev'] as const;

export const blackhole = -1;
/** How v3.26 and older print −1; they then list that many missing backends. */
const unsignedBlackhole = 0xffff_ffff;
const maxMissing = 1000;

/** A frontend while its backends are being read. */
interface OpenFrontend {
  readonly frontend: NatFrontend;
  readonly backends: NatBackend[];
  readonly span: { start: number; end: number };
}

export function parseNat(text: string): Dump<NatFrontend> {
  const open: OpenFrontend[] = [];
  const problems: Problem[] = [];
  let refused = 0;
  for (const span of linesOf(text)) {
    if (isBlankOrLog(text, span, problems)) continue;
    const line = new Cursor(text, span, problems);
    if (text.charCodeAt(span.start) !== 0x09) {
      const backends: NatBackend[] = [];
      const frontend = parseFrontend(line, backends);
      if (frontend !== undefined) open.push({ frontend, backends, span: { ...span } });
      continue;
    }
    if (open.at(-1)?.frontend.count !== blackhole) addBackend(open, line);
    else if (++refused > maxMissing) {
      problems.push(endless(span));
      break;
    }
  }
  const entries = open.map(({ frontend }) => frontend);
  return toDump(text, 'NAT dump', { entries, spans: open.map(({ span }) => span), problems });
}

const numbers = [
  ['port', parseUint],
  ['proto', parseUint],
  ['id', parseUint],
  ['count', parseCount],
  ['local', parseUint],
] as const;

function parseFrontend(line: Cursor, backends: readonly NatBackend[]): NatFrontend | undefined {
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
  return { address, port, protocol, id, count, local, ...parseFlags(line), backends };
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

/** A backend belongs to the frontend above it; grouped by service, to all frontends above it that share the id. */
function addBackend(open: readonly OpenFrontend[], line: Cursor): void {
  const key = line.expect('a service id and an ordinal', (word) => /^(\d+):(\d+)$/.exec(word) ?? undefined);
  if (key === undefined) return;
  const id = Number(key[1]);
  const owner = open.at(-1);
  if (owner?.frontend.id !== id) {
    line.report(line.span, 'expected', `expected a frontend with id ${id} above its backend`);
    return;
  }
  const endpoint = parseBackend(line);
  if (endpoint === undefined) return;
  const backend: NatBackend = {
    ordinal: Number(key[2]),
    endpoint: endpoint === 'missing' ? undefined : endpoint,
  };
  const held = owner.backends.length;
  owner.span.end = line.span.end;
  for (let index = open.length - 1; index >= 0; index--) {
    const { frontend, backends } = open[index] ?? owner;
    // Above the owner only those share its backends that had none of their own.
    if (frontend.id !== id || backends.length !== held || held >= frontend.count) break;
    backends.push(backend);
  }
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

function endless(span: Span): Problem {
  return {
    code: 'limit',
    span,
    message:
      'Reading stops here. For a service with source ranges, Calico v3.26 and older prints 4,294,967,295 lines ' +
      `“is missing”; ${maxMissing.toLocaleString('en')} of them were seen. What follows is not read.`,
  };
}
