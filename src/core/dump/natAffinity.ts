/**
 * `nat aff`: which backend a client sticks to. Three layouts (felix/bpf/nat/maps.go and
 * felix/cmd/calico-bpf/commands/nat.go): v3.23 all entries on one line; to v3.31.6 and v3.32.0 one
 * `AffinityKey{…} AffinityValue{…}` a line; then `client … svc proto … -> … ts …`.
 */
import { parseIp, type IpAddress } from '../net/address.ts';
import { parseEndpoint, type Endpoint } from '../net/endpoint.ts';
import { parseDuration } from '../text/duration.ts';
import { linesOf } from '../text/lines.ts';
import { parseUint } from '../text/number.ts';
import type { Problem, Span } from '../text/problem.ts';
import { Scanner } from '../text/scanner.ts';
import { isBlankOrLog, toDump, type Dump } from './dump.ts';
import { parseJsonDump } from './json.ts';
import { toEndpoint } from './jsonEndpoint.ts';
import type { JsonObject } from './jsonObject.ts';

export interface NatAffinity {
  /** 0.0.0.0 (`::`) for a connection that was made by the connect-time load balancer. */
  readonly client: IpAddress;
  readonly protocol: number;
  readonly frontend: Endpoint;
  readonly backend: Endpoint;
  /** When it was made: nanoseconds since the node's boot. */
  readonly sinceBoot: number;
}

export function parseNatAffinity(text: string): Dump<NatAffinity> {
  const entries: NatAffinity[] = [];
  const spans: Span[] = [];
  const problems: Problem[] = [];
  for (const span of linesOf(text)) {
    if (isBlankOrLog(text, span, problems)) continue;
    const line = new Scanner(text, span, problems);
    do {
      const { start } = line.rest;
      const entry = line.startsWith('client ') ? parseNewLayout(line) : parseOldLayout(line);
      if (entry === undefined) break;
      entries.push(entry);
      spans.push({ start, end: line.rest.start });
    } while (!line.isAtEnd);
  }
  return toDump(text, 'NAT affinity dump', { entries, spans, problems });
}

export function parseNatAffinityJson(text: string): Dump<NatAffinity> {
  return parseJsonDump(text, 'NAT affinity dump', toAffinity);
}

const newLayout = /client (\S+) svc proto (\d+) (\S+) -> (\S+) ts (\S+)[ \t]*/y;

function parseNewLayout(line: Scanner): NatAffinity | undefined {
  const { start } = line.rest;
  const [, client = '', protocol = '', frontend = '', backend = '', since = ''] =
    line.expect('“client … svc proto … -> … ts …”', newLayout) ?? [];
  return client === ''
    ? undefined
    : toEntry(line, start, { client, protocol, frontend, backend, since: parseDuration(since) });
}

const oldLayout =
  /AffinityKey\{ClientIP:(\S+) FrontEndAffinityKey\{Proto:(\d+) Addr:(\S+) Port:(\d+)\}\} AffinityValue\{Timestamp:(\d+),Backend:NATBackendValue\{Addr:(\S+) Port:(\d+)\}\}[ \t]*/y;

function parseOldLayout(line: Scanner): NatAffinity | undefined {
  const { start } = line.rest;
  const match = line.expect('“client …” or “AffinityKey{…} AffinityValue{…}”', oldLayout);
  if (match === undefined) return undefined;
  const [
    ,
    client = '',
    protocol = '',
    address = '',
    port = '',
    since = '',
    backendAddress = '',
    backendPort = '',
  ] = match;
  const frontend = `${address}:${port}`;
  const backend = `${backendAddress}:${backendPort}`;
  return toEntry(line, start, { client, protocol, frontend, backend, since: parseUint(since) });
}

interface Texts {
  readonly client: string;
  readonly protocol: string;
  readonly frontend: string;
  readonly backend: string;
  readonly since: number | undefined;
}

function toEntry(line: Scanner, start: number, texts: Texts): NatAffinity | undefined {
  const client = parseIp(texts.client);
  const protocol = parseUint(texts.protocol);
  const frontend = parseEndpoint(texts.frontend);
  const backend = parseEndpoint(texts.backend);
  const sinceBoot = texts.since;
  if (
    client === undefined ||
    protocol === undefined ||
    frontend === undefined ||
    backend === undefined ||
    sinceBoot === undefined
  ) {
    line.report(
      { start, end: line.rest.start },
      'expected',
      'expected addresses, ports and a time of their forms',
    );
    return undefined;
  }
  return { client, protocol, frontend, backend, sinceBoot };
}

function toAffinity(object: JsonObject): NatAffinity | undefined {
  const client = object.text('client_ip', 'an IP address', parseIp);
  const protocol = object.number('proto', 'a protocol number');
  const frontend = toEndpoint(object);
  const holder = object.object('backend');
  const backend = holder && toEndpoint(holder);
  const sinceBoot = object.text('timestamp', 'a duration', parseDuration);
  if (client === undefined || protocol === undefined || frontend === undefined) return undefined;
  if (backend === undefined || sinceBoot === undefined) return undefined;
  return { client, protocol, frontend, backend, sinceBoot };
}
