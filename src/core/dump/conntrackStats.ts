/** `conntrack stats`: counts, one a line (felix/cmd/calico-bpf/commands/conntrack.go, v3.30 and later). */
import { linesOf } from '../text/lines.ts';
import { parseUint } from '../text/number.ts';
import type { Problem, Span } from '../text/problem.ts';
import { isBlankOrLog, toDump, type Dump } from './dump.ts';
import { parseJsonDump } from './json.ts';
import type { JsonObject } from './jsonObject.ts';

export interface ConntrackStats {
  /** How many entries the map can hold. */
  readonly mapSize: number;
  /** Entries without those that lead from a service's address to their connection. */
  readonly totalConnections: number;
  readonly totalEntries: number;
  /** The entries that lead from a service's address to their connection. */
  readonly natConnections: number;
  readonly tcp: number;
  readonly udp: number;
  readonly others: number;
  readonly tcpEstablished: number;
  readonly tcpClosed: number;
  readonly tcpReset: number;
  readonly tcpSynSent: number;
}

/** Each count's label in the text, and its field in JSON. */
const names: readonly (readonly [count: keyof ConntrackStats, label: string, field: string])[] = [
  ['mapSize', 'Conntrack map size', 'map_size'],
  ['totalConnections', 'Total connections', 'total_connections'],
  ['totalEntries', 'Total entries', 'total_entries'],
  ['natConnections', 'NAT connections', 'nat_connections'],
  ['tcp', 'TCP', 'tcp'],
  ['udp', 'UDP', 'udp'],
  ['others', 'Others', 'others'],
  ['tcpEstablished', 'TCP Established', 'tcp_established'],
  ['tcpClosed', 'TCP Closed', 'tcp_closed'],
  ['tcpReset', 'TCP Reset', 'tcp_reset'],
  ['tcpSynSent', 'TCP Syn-sent', 'tcp_syn_sent'],
];

/** Reads the counts, one entry; none when a count is missing. */
export function parseConntrackStats(text: string): Dump<ConntrackStats> {
  const problems: Problem[] = [];
  const counts = new Map<string, number>();
  let last: Span = { start: 0, end: 0 };
  for (const span of linesOf(text)) {
    if (isBlankOrLog(text, span, problems)) continue;
    const line = text.slice(span.start, span.end);
    const colon = line.indexOf(':');
    const label = line.slice(0, Math.max(colon, 0)).trim();
    const [name] = names.find(([, each]) => each === label) ?? [];
    const count = parseUint(line.slice(colon + 1).trim());
    last = span;
    if (name !== undefined && count !== undefined) counts.set(name, count);
    else problems.push({ code: 'expected', span, message: 'expected the name of a count and a number' });
  }
  const entry = toStats((name) => counts.get(name));
  if (entry === undefined && counts.size > 0) {
    const missing = names.find(([name]) => !counts.has(name))?.[1] ?? '';
    const span = { start: last.end, end: last.end };
    problems.push({ code: 'truncated', span, message: `the count “${missing}” is missing` });
  }
  return toDump(text, 'conntrack statistics', {
    entries: entry === undefined ? [] : [entry],
    spans: entry === undefined ? [] : [{ start: 0, end: last.end }],
    problems,
  });
}

export function parseConntrackStatsJson(text: string): Dump<ConntrackStats> {
  return parseJsonDump(text, 'conntrack statistics', (object: JsonObject) => {
    const counts = new Map(names.map(([name, , field]) => [name, object.number(field, 'a count')]));
    return toStats((name) => counts.get(name));
  });
}

function toStats(find: (name: keyof ConntrackStats) => number | undefined): ConntrackStats | undefined {
  const stats: Partial<Record<keyof ConntrackStats, number>> = {};
  for (const [name] of names) {
    const count = find(name);
    if (count === undefined) return undefined;
    stats[name] = count;
  }
  return stats as ConntrackStats; // Every name of `names`, which are all there are, has its count.
}
