/**
 * `conntrack dump --json`, pretty or `--raw`, which tell themselves apart by their fields
 * (felix/cmd/calico-bpf/commands/conntrack.go, v3.31.5 and later). There are no legs and no times but the last one.
 */
import { parseIp } from '../net/address.ts';
import { parseEndpoint } from '../net/endpoint.ts';
import { parseProtocol } from '../net/protocol.ts';
import { parseDuration } from '../text/duration.ts';
import {
  parseProtocolWord,
  parseTcpState,
  type ConntrackConnection,
  type ConntrackEntry,
} from './conntrack.ts';
import type { ConntrackKey, RawConntrackEntry } from './conntrackRaw.ts';
import type { Dump } from './dump.ts';
import { parseJsonDump } from './json.ts';
import { toEndpoint } from './jsonEndpoint.ts';
import type { JsonObject } from './jsonObject.ts';

export function parseConntrackJson(text: string): Dump<ConntrackEntry> {
  return parseJsonDump(text, 'conntrack dump', toConntrackEntry);
}

/** Reads one object, pretty or raw. */
export function toConntrackEntry(object: JsonObject): ConntrackEntry | undefined {
  return object.has('addr_a') ? toRawEntry(object) : toConnection(object);
}

function toConnection(object: JsonObject): ConntrackConnection | undefined {
  const type = object.text('type', '“normal” or “nat”', (word) =>
    word === 'normal' || word === 'nat' ? word : undefined,
  );
  const protocol = object.text('proto', 'a protocol', parseProtocolWord);
  const source = object.text('src', 'an address and a port', parseEndpoint);
  const service = object.optionalText('orig_dst', 'an address and a port', parseEndpoint);
  const destination = object.text('dst', 'an address and a port', parseEndpoint);
  const forwarder = object.optionalText('tunnel_ip', 'an IP address', parseIp);
  const originalSourcePort = object.optionalNumber('orig_src_port', 'a port');
  const flags = object.texts('flags', 'a flag', (word) => word);
  const idle = object.text('active_ago', 'a duration', parseDuration);
  const state = object.optionalText('tcp_state', 'a TCP state', parseTcpState);
  if (type === undefined || protocol === undefined || idle === undefined) return undefined;
  if (source === undefined || destination === undefined) return undefined;
  const connection = { kind: 'connection', protocol, source, service, destination } as const;
  return { ...connection, forwarder, originalSourcePort, age: undefined, idle, state, flags };
}

function toRawEntry(object: JsonObject): RawConntrackEntry | undefined {
  const key = toKey(object, '');
  const type = object.text('type', 'a type of entry', parseType);
  const reverse = object.has('rev_proto') ? toKey(object, 'rev_') : undefined;
  const flags = object.texts('flags', 'a flag', (word) => word);
  const idle = object.text('active_ago', 'a duration', parseDuration);
  const state = object.optionalText('tcp_state', 'a TCP state', parseTcpState);
  if (key === undefined || type === undefined) return undefined;
  return {
    kind: 'raw',
    ...key,
    type,
    created: undefined,
    lastSeen: undefined,
    flagBits: undefined,
    flags,
    reverse,
    natSourcePort: undefined,
    legs: undefined,
    original: undefined,
    age: undefined,
    idle,
    // For these the tool takes other bytes for the state.
    state: type === 'nat-forward' ? undefined : state,
  };
}

function toKey(object: JsonObject, prefix: '' | 'rev_'): ConntrackKey | undefined {
  const protocol = object.text(`${prefix}proto`, 'a protocol', parseProtocolWord);
  const a = toEndpoint(object, `${prefix}addr_a`, `${prefix}port_a`);
  const b = toEndpoint(object, `${prefix}addr_b`, `${prefix}port_b`);
  if (protocol === undefined || a === undefined || b === undefined) return undefined;
  return { protocol: parseProtocol(protocol.replace('Proto-', '')), a, b };
}

function parseType(word: string): RawConntrackEntry['type'] | undefined {
  if (/^unknown\(\d+\)$/.test(word)) return 'unknown';
  return (['normal', 'nat-forward', 'nat-reverse'] as const).find((type) => type === word);
}
