/** Where the words of dumps and traces stand in their lines; the layouts are those of `core/dump`. */
import type { DumpLanguage } from '../probes.ts';

export type TokenLanguage = DumpLanguage;

const ip = String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f.]*)`;

/** By language, in the order in which they are tried; their groups are the kinds of tokens. */
export const patterns: { readonly [language in TokenLanguage]: readonly RegExp[] } = {
  'calico-bpf-routes': [
    /^\s*(?<cidr>\S+\/\d+):/dg,
    /\bidx (?<ifIndex>\d+)/dg,
    /\bnh (?<address>\S+)/dg,
    /(?<=\s)(?<routeFlag>[a-z][a-z-]+)(?=\s|$)/dg,
  ],
  'calico-bpf-nat': [
    /^(?<address>\S+) port (?<port>\d+) proto (?<protocol>\d+) id (?<serviceId>\d+) count (?<natCount>-?\d+) local (?<natLocal>\d+)/dg,
    /\bsrc (?<cidr>\S+)/dg,
    /(?<natFlag>external-local|internal-local|nat-exclude|maglev)/dg,
    /^\t(?<serviceId>\d+):(?<ordinal>\d+)\t (?:(?<endpoint>\S+:\d+)|(?<missing>is missing))/dg,
    /(?:^client |ClientIP:)(?<connectTimeClient>0\.0\.0\.0|::)(?= )/dg,
    / ts (?<sinceBoot>\S+)$/dg,
    /^client (?<address>\S+) svc proto (?<protocol>\d+) (?<endpoint1>\S+) -> (?<endpoint2>\S+)/dg,
    /ClientIP:(?<address1>\S+) FrontEndAffinityKey\{Proto:(?<protocol>\d+) Addr:(?<address2>\S+) Port:\d+\}\}[^{]*\{[^{]*\{Addr:(?<address3>\S+) /dg,
    /^svc (?<serviceId>\d+) ordinal (?<ordinal>\d+) -> (?<endpoint>\S+)/dg,
  ],
  'calico-bpf-conntrack': [
    /^(?<protocol>TCP|UDP|ICMP6?|UNKNOWN|Proto-\d+) (?<endpoint1>\S+) -> (?<endpoint2>\S+)(?: -> (?<endpoint3>\S+))?/dg,
    /forwarded to\/from (?<address>\S+)/dg,
    /(?<idle>Active ago -?[\d.hmsµun]+)/dg,
    / (?<tcpState>SYN-SENT|ESTABLISHED|CLOSED|RESET)\s*$/dg,
    /proto=(?<protocol>\d+) (?<endpoint1>\S+) <-> (?<endpoint2>[^\s}]+)/dg,
    /(?<entryType>Type:\d)/dg,
    /Flags: ?(?<flagBits>0x[0-9a-f]+)/dg,
    /(?:OrigDst|OrigSrc|TunIP):(?<address>[^\s}]+)/dg,
    /(?<=Ifindex:)(?<ifIndex>\d+)/dg,
    /(?<legFlag>(?:SynSeen|AckSeen|FinSeen|RstSeen|Approved|Whitelisted|Opener|Workload):(?:true|false))/dg,
    /(?<= )(?<conntrackFlag>nat-out|fwd-dsr|np-fwd|skip-fib|ext-local|via-nat-iface|B-A|host-psnat|svc-self|np-loop|np-remote|no-dsr|no-redir-peer|dscp)(?= )/dg,
  ],
  'calico-bpf-counters': [
    /^\| *(?<category>Accepted|Dropped|Redirect|Other|Total) *\|/dg,
    /^\|(?! *CATEGORY)[^|]*\| *(?<counter>[^|]*[^| ]) *\|/dg,
    /(?<=\| *)(?<column>INGRESS|EGRESS|XDP)(?= *\|)/dg,
    /(?<=\| *)(?<unavailable>N\/A)(?= *\|)/dg,
    /^dumped (?<interface>\S+) counters/dg,
  ],
  'calico-bpf-ipsets': [
    /^IP set (?<ipSet>0x[0-9a-f]+)/dg,
    /^ +(?<cidr>\S+\/\d+)/dg,
    /^ +(?<endpoint>\S+) \(proto (?<protocol>\d+)\)/dg,
  ],
  'calico-bpf-ifstate': [
    /^\s*(?<ifIndex>\d+) :/dg,
    /name: (?<interface>[^\s}]+)\}/dg,
    /(?<interfaceFlag>workload|v4Ready|v6Ready|ready|host|bondslave|bond|vxlan|ipip|wg|l3|notmanaged),/dg,
    /(?<program>(?:XDPPolicy|IngressPolicy|EgressPolicy|IngressFilter|EgressFilter)(?:V[46])?: -?\d+)/dg,
  ],
  'calico-bpf-arp': [/^dev +(?<ifIndex>\d+): +(?<address>\S+) :/dg],
  'calico-bpf-policy': [
    /^IfaceName: (?<interface>\S+)/dg,
    /^Hook: (?<hook>.*)$/dg,
    /^ *Rule: (?<profile>k(?:ns|sa)\.\S+)/dg,
    /Action: (?<action>allow|deny|pass|log)/dg,
    /Start of rule .*?action:"(?<action>allow|deny|pass|next-tier|log)"/dg,
    /\(action: (?<tierEnd>pass|deny|empty)\)/dg,
    /End of tier [^:]+: (?<tierEnd>pass|deny|empty)/dg,
    /(?<hitCount>(?:Hit count:|\/\/ count =) \d+)/dg,
    /(?<ipSet>\b0x[0-9a-f]{5,16}\b)/dg,
    new RegExp(String.raw`(?<cidr>${ip}\/\d+)`, 'dg'),
    new RegExp(String.raw`(?<endpoint>${ip}:\d+)(?: \(proto (?<protocol>\d+)\))?`, 'dg'),
  ],
  'calico-bpf-trace': [
    /: (?:IPv6 )?(?<interface>[^\s:]+?)-+(?<traceHook>[IEX]): /dg,
    /: (?<traceSource>CTLB|CALI-C|CT-CLEANER)[-A-Z0-9]*: /dg,
    /lookup addr=(?<address>\d+(?:\.\d+){3}|(?<=\[)[0-9a-f:]{39}) port=(?<port>\d+) (?<protocol>tcp|udp|icmp)/dg,
    /(?<![\w.])(?<endpoint>\d{1,3}(?:\.\d{1,3}){3}:\d+)/dg,
    /(?<![\w.])(?<address>\d{1,3}(?:\.\d{1,3}){3})(?![\w.])/dg,
    /\[(?<address>[0-9a-f]{4}(?::[0-9a-f]{4}){7})\]/dg,
    /\b(?:s|d|src|dst|addr|pre_nat|post_nat)=(?<hexAddress>(?:0x)?[0-9a-f]{6,8})(?=[\s:]|$)/dg,
    /lookup (?:from|to) +(?<hexAddress>[0-9a-f]{6,8}):\d+/dg,
    // Elsewhere in old versions: a word of hexadecimal digits and letters that is no mark.
    /(?<![\w.%]|mark=|mark |flags=|flags |cookie=|cookie: )(?=\d*[a-f])(?=[a-f]*\d)(?<hexAddress>[0-9a-f]{6,8})(?::\d+)?(?![\w-])/dg,
    /(?:\bifindex[= ]|\biface[= ]\(?|\bdev |->ifindex |interface \()(?<ifIndex>\d+)/dg,
    /1st level hit; id=(?<serviceId>\d+)/dg,
    /Final result=(?<verdict>ALLOW|DENY)(?: rc (?<tcCode>-?\d+)| \((?<reason>-?[0-9a-f]+)\))?/dg,
    /(?<verdict>DENY due to policy|Allowed by policy: ACCEPT|(?:Denied|Implicitly denied) by policy: DROP)/dg,
    /CT(?::|-\w+) result: (?<ctResult>NEW|INVALID|0x[0-9a-f]+)|ct_rc=(?<ctResult2>\d+)/dg,
    /pol_rc=(?<policyCode>\d+)/dg,
    /\bmark(?:=| is: |ing with )(?<mark>(?:0x)?[0-9a-f]+)/dg,
    /(?:conntrack|tracking) entry flags (?<flagBits>0x[0-9a-f]+)/dg,
    /tracking entry (?<entryType>type \d)/dg,
    /: (?:bpf_trace_printk|0x[0-9a-f]+|0): (?:IPv6 )?(?:\S+-[IEX]: |(?:CTLB|CALI-C|CT-CLEANER)[-A-Z0-9]*: )?(?<message>.*\S)\s*$/dg,
  ],
};
