/**
 * `conntrack dump`: one entry a line, in two forms that tell themselves apart: raw (all there is up to v3.27,
 * `--raw` from v3.28; conntrackRaw.ts) and pretty: `<PROTO> <src> -> [<service> ->] <dst> …`
 * (felix/cmd/calico-bpf/commands/conntrack.go, v3.28 to v3.33).
 */
import { parseIp, type IpAddress } from '../net/address.ts';
import { parseEndpoint, parsePort, type Endpoint } from '../net/endpoint.ts';
import { Cursor } from '../text/cursor.ts';
import { parseDuration } from '../text/duration.ts';
import { linesOf } from '../text/lines.ts';
import type { Problem, Span } from '../text/problem.ts';
import { Scanner } from '../text/scanner.ts';
import { parseRawConntrack, type RawConntrackEntry } from './conntrackRaw.ts';
import { isBlankOrLog, toDump, type Dump } from './dump.ts';

/** `SYN-SENT`: no answer yet. Only TCP has a state. */
export const tcpStates = ['SYN-SENT', 'ESTABLISHED', 'CLOSED', 'RESET'] as const;
export type TcpState = (typeof tcpStates)[number];

export type ConntrackEntry = ConntrackConnection | RawConntrackEntry;

/** A connection in the pretty form: who opened it towards whom. */
export interface ConntrackConnection {
  readonly kind: 'connection';
  /** As printed: `TCP`, `UDP`, `ICMP`, `ICMP6`, `UNKNOWN`, `Proto-47`. */
  readonly protocol: string;
  readonly source: Endpoint;
  /** The address it was opened to, where that was a service. */
  readonly service: Endpoint | undefined;
  readonly destination: Endpoint;
  /** The node that forwards the service for an external client. */
  readonly forwarder: IpAddress | undefined;
  /** The source port before it was changed to avoid a collision. */
  readonly originalSourcePort: number | undefined;
  /** Nanoseconds since it was created (v3.28 and v3.29 only). */
  readonly age: number | undefined;
  /** Nanoseconds since its last packet; slightly negative values occur. */
  readonly idle: number;
  readonly state: TcpState | undefined;
  /** Only JSON has them. */
  readonly flags: readonly string[] | undefined;
}

export function parseConntrack(text: string): Dump<ConntrackEntry> {
  const entries: ConntrackEntry[] = [];
  const spans: Span[] = [];
  const problems: Problem[] = [];
  for (const span of linesOf(text)) {
    const entry = readConntrackLine(text, span, problems);
    if (entry === undefined) continue;
    entries.push(entry);
    spans.push(span);
  }
  return toDump(text, 'conntrack dump', { entries, spans, problems });
}

/** Reads a line of either form; nothing for one that is blank, a log line or reported as unreadable. */
export function readConntrackLine(text: string, span: Span, problems: Problem[]): ConntrackEntry | undefined {
  if (isBlankOrLog(text, span, problems)) return undefined;
  return text.startsWith('ConntrackKey{', span.start)
    ? parseRawConntrack(new Scanner(text, span, problems))
    : parseConnection(new Cursor(text, span, problems));
}

function parseConnection(line: Cursor): ConntrackConnection | undefined {
  const protocol = line.expect('a protocol or “ConntrackKey{”', parseProtocolWord);
  if (protocol === undefined) return undefined;
  const source = line.expect('an address and a port', parseEndpoint);
  if (source === undefined || line.expect('“->”', literal('->')) === undefined) return undefined;
  const second = line.expect('an address and a port', parseEndpoint);
  if (second === undefined) return undefined;
  let word = line.next();
  let third: Endpoint | undefined;
  if (word?.text === '->') {
    third = line.expect('an address and a port', parseEndpoint);
    if (third === undefined) return undefined;
    word = line.next();
  }
  const tail = parseTail(line, word?.text);
  if (tail === undefined) return undefined;
  const service = third === undefined ? undefined : second;
  const connection = { kind: 'connection', protocol, source, service, destination: third ?? second } as const;
  return { ...connection, ...tail, flags: undefined };
}

type Tail = Pick<ConntrackConnection, 'forwarder' | 'originalSourcePort' | 'age' | 'idle' | 'state'>;

/** The words after the addresses, the first of which has been read. */
function parseTail(line: Cursor, first: string | undefined): Tail | undefined {
  let word = first;
  let forwarder: IpAddress | undefined;
  let originalSourcePort: number | undefined;
  let age: number | undefined;
  if (word === 'external') {
    if (!expectWords(line, ['client,', 'service', 'forwarded', 'to/from'])) return undefined;
    forwarder = line.expect('an IP address', parseIp);
    word = line.next()?.text;
  }
  if (word === 'source') {
    if (!expectWords(line, ['port', 'changed', 'from'])) return undefined;
    originalSourcePort = line.expect('a port', parsePort);
    word = line.next()?.text;
  }
  if (word === 'Age:') {
    age = line.expect('a duration', parseDuration);
    word = line.next()?.text;
  }
  if (word !== 'Active') {
    line.report(
      { start: line.span.end, end: line.span.end },
      'expected',
      'expected “Active ago” and a duration',
    );
    return undefined;
  }
  if (!expectWords(line, ['ago'])) return undefined;
  const idle = line.expect('a duration', parseDuration);
  if (idle === undefined) return undefined;
  const stateWord = line.next();
  const state = stateWord && parseTcpState(stateWord.text);
  if (stateWord !== undefined && state === undefined) {
    line.report(stateWord, 'unknown', `unknown state “${stateWord.text}”`);
  }
  return { forwarder, originalSourcePort, age, idle, state };
}

function expectWords(line: Cursor, words: readonly string[]): boolean {
  return words.every((word) => line.expect(`“${word}”`, literal(word)) ?? false);
}

function literal(wanted: string): (word: string) => true | undefined {
  return (word) => (word === wanted ? true : undefined);
}

export function parseProtocolWord(word: string): string | undefined {
  return /^(?:TCP|UDP|ICMP6?|UNKNOWN|Proto-\d+)$/.test(word) ? word : undefined;
}

export function parseTcpState(word: string): TcpState | undefined {
  return tcpStates.find((state) => state === word);
}
