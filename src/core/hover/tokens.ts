import type { DumpLanguage } from '../probes.ts';
import type { Span } from '../text/problem.ts';

export const tokenKinds = [
  'address',
  'cidr',
  'endpoint',
  'serviceId',
  'ifIndex',
  'interface',
  'ipSet',
  'protocol',
  'routeFlag',
  'natFlag',
  'natCount',
  'missing',
  'conntrackFlag',
  'tcpState',
  'interfaceFlag',
  'counter',
  'hook',
] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** What stands in a line of a dump. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Columns in the line. */
  readonly span: Span;
  /** The other parts of the same line, by their names in the pattern: the port beside an address. */
  readonly line: Readonly<Record<string, string>>;
}

/**
 * Finds what stands at a column of a line. The patterns name their parts: a group `address2` is the second
 * token of the kind `address`; other groups are facts about their neighbours.
 */
export function tokenAt(language: DumpLanguage, line: string, column: number): Token | undefined {
  for (const pattern of patterns[language]) {
    for (const match of line.matchAll(pattern)) {
      const token = tokenIn(match, column);
      if (token !== undefined) return token;
    }
  }
  return undefined;
}

function tokenIn({ groups = {}, indices }: RegExpMatchArray, column: number): Token | undefined {
  for (const [name, place] of Object.entries(indices?.groups ?? {})) {
    const kind = kindOf(name);
    const text = groups[name];
    if (kind === undefined || text === undefined || place === undefined) continue;
    const [start, end] = place;
    if (column < start || column > end || start === end) continue;
    return { kind, text: text.trim(), span: { start, end }, line: groups };
  }
  return undefined;
}

function kindOf(group: string): TokenKind | undefined {
  const base = group.replace(/\d+$/, '');
  return tokenKinds.find((kind) => kind === base);
}

const address = String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f.]*)`;

const patterns: { readonly [language in DumpLanguage]: readonly RegExp[] } = {
  'calico-bpf-routes': [
    /^\s*(?<cidr>\S+\/\d+):/dg,
    /\bidx (?<ifIndex>\d+)/dg,
    /\bnh (?<address>\S+)/dg,
    /(?<=\s)(?<routeFlag>[a-z][a-z-]+)(?=\s|$)/dg,
  ],
  'calico-bpf-nat': [
    /^(?<address>\S+) port (?<port>\d+) proto (?<protocol>\d+) id (?<serviceId>\d+) count (?<natCount>-?\d+) local \d+/dg,
    /\bsrc (?<cidr>\S+)/dg,
    /(?<natFlag>external-local|internal-local|nat-exclude|maglev)/dg,
    /^\t(?<serviceId>\d+):\d+\t (?:(?<endpoint>\S+:\d+)|(?<missing>is missing))/dg,
    /^client (?<address>\S+) svc proto (?<protocol>\d+) (?<endpoint1>\S+) -> (?<endpoint2>\S+)/dg,
    /ClientIP:(?<address1>\S+) FrontEndAffinityKey\{Proto:(?<protocol>\d+) Addr:(?<address2>\S+) Port:\d+\}\}[^{]*\{[^{]*\{Addr:(?<address3>\S+) /dg,
    /^svc (?<serviceId>\d+) ordinal \d+ -> (?<endpoint>\S+)/dg,
  ],
  'calico-bpf-conntrack': [
    /^(?<protocol>TCP|UDP|ICMP6?|UNKNOWN|Proto-\d+) (?<endpoint1>\S+) -> (?<endpoint2>\S+)(?: -> (?<endpoint3>\S+))?/dg,
    /forwarded to\/from (?<address>\S+)/dg,
    /proto=(?<protocol>\d+) (?<endpoint1>\S+) <-> (?<endpoint2>[^\s}]+)/dg,
    /(?:OrigDst|OrigSrc|TunIP):(?<address>[^\s}]+)/dg,
    /Ifindex:(?<ifIndex>\d+)/dg,
    /(?<= )(?<conntrackFlag>nat-out|fwd-dsr|np-fwd|skip-fib|ext-local|via-nat-iface|B-A|host-psnat|svc-self|np-loop|np-remote|no-dsr|no-redir-peer|dscp)(?= )/dg,
    / (?<tcpState>SYN-SENT|ESTABLISHED|CLOSED|RESET)\s*$/dg,
  ],
  'calico-bpf-counters': [/^\|[^|]*\| *(?<counter>[^|]*[^| ]) *\|/dg, /^dumped (?<interface>\S+) counters/dg],
  'calico-bpf-ipsets': [
    /^IP set (?<ipSet>0x[0-9a-f]+)/dg,
    /^ +(?<cidr>\S+\/\d+)/dg,
    /^ +(?<endpoint>\S+) \(proto (?<protocol>\d+)\)/dg,
  ],
  'calico-bpf-ifstate': [
    /^\s*(?<ifIndex>\d+) :/dg,
    /name: (?<interface>[^\s}]+)\}/dg,
    /(?<interfaceFlag>workload|v4Ready|v6Ready|ready|host|bondslave|bond|vxlan|ipip|wg|l3|notmanaged),/dg,
  ],
  'calico-bpf-arp': [/^dev +(?<ifIndex>\d+): +(?<address>\S+) :/dg],
  'calico-bpf-policy': [
    /^IfaceName: (?<interface>\S+)/dg,
    /^Hook: (?<hook>.*)$/dg,
    /(?<ipSet>\b0x[0-9a-f]{5,16}\b)/dg,
    new RegExp(String.raw`(?<cidr>${address}\/\d+)`, 'dg'),
    new RegExp(String.raw`(?<endpoint>${address}:\d+)(?: \(proto (?<protocol>\d+)\))?`, 'dg'),
  ],
};
