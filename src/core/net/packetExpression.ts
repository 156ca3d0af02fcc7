/** What people write for packets, as a filter in the syntax of pcap. */
import { parseCidr, parseIp } from './address.ts';
import { parseEndpoint, parsePort } from './endpoint.ts';

const protocols = /(?:^|[\s/,])(tcp|udp|sctp|icmp6|icmp)$/i;

/**
 * The filter for an address or a network, a port, a protocol, or what of these is written together: `10.65.0.2`,
 * `10.65.0.2:80/tcp`, `[fd00::1]:53`, `10.65.0.0/16`, `:443`, `53 udp`. `undefined` for anything else.
 */
export function packetExpression(text: string): string | undefined {
  const [whole = '', protocol] = protocols.exec(text.trim()) ?? [];
  const rest = text
    .trim()
    .slice(0, text.trim().length - whole.length)
    .trim();
  const ends = rest === '' ? [] : endsOf(rest);
  if (ends === undefined || (ends.length === 0 && protocol === undefined)) return undefined;
  const [last = ''] = ends.slice(-1);
  // `tcp port 80` is how it is said; `tcp and port 80` means the same.
  if (protocol !== undefined && last.startsWith('port '))
    return [...ends.slice(0, -1), `${protocol.toLowerCase()} ${last}`].join(' and ');
  return [...ends, ...(protocol === undefined ? [] : [protocol.toLowerCase()])].join(' and ');
}

function endsOf(text: string): readonly string[] | undefined {
  const bare = parsePort(text.replace(/^:/, ''));
  if (bare !== undefined) return [`port ${bare}`];
  const address = parseIp(text.replace(/^\[(.*)\]$/, '$1'));
  if (address !== undefined) return [`host ${address}`];
  if (text.includes('/')) {
    const cidr = parseCidr(text);
    return cidr === undefined ? undefined : [`net ${cidr}`];
  }
  const endpoint = parseEndpoint(text);
  return endpoint && [`host ${endpoint.address}`, `port ${endpoint.port}`];
}
