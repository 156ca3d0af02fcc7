/** The dumps, as a message names them. */
export type DumpName =
  | 'NAT dump'
  | 'NAT affinity dump'
  | 'Maglev dump'
  | 'conntrack dump'
  | 'IP-set dump'
  | 'counters dump'
  | 'interface-state dump'
  | 'ARP dump'
  | 'policy dump'
  | 'conntrack statistics'
  | 'profiling table'
  | 'tool version'
  | 'routes dump';

/** What a text is that is not the dump it was taken for, in words; `undefined` when it is nothing that is known. */
export function describeForeign(text: string, takenFor: DumpName): string | undefined {
  const head = text.slice(0, 4000);
  if (head.includes('\0')) return 'binary data';
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(head)) return 'an HTML or XML page, perhaps of a proxy';
  if (head.includes('Usage:') && head.includes('Available Commands:')) {
    return 'the help text of the tool: this Calico version has no such command';
  }
  if (/^Error: unknown (?:command|flag|shorthand flag)/m.test(head)) {
    return 'a refusal of the tool: this Calico version has no such command or flag';
  }
  if (
    /^(?:error: |Error from server|Unable to connect to the server|The connection to the server)/m.test(head)
  ) {
    return 'an error of kubectl, not of the tool';
  }
  if (/^\s*[[{]\s*["[{\]}]/.test(head))
    return describeForeignJson(text, takenFor) ?? 'JSON, not the text form';
  const other = signs.find(([, sign]) => sign.test(head))?.[0];
  return other === undefined || other === takenFor ? undefined : withArticle(other);
}

/** The same for JSON. */
export function describeForeignJson(text: string, takenFor: DumpName): string | undefined {
  const head = text.slice(0, 4000);
  if (/"(?:apiVersion|kind)":/.test(head)) return 'an object of Kubernetes';
  const other = jsonSigns.find(([, sign]) => sign.test(head))?.[0];
  return other === undefined || other === takenFor ? undefined : `${withArticle(other)} as JSON`;
}

function withArticle(name: DumpName): string {
  if (name === 'conntrack statistics') return name;
  return `${/^[AI]/i.test(name) ? 'an' : 'a'} ${name}`;
}

/** What each dump has and no other. */
const signs: readonly (readonly [name: DumpName, sign: RegExp])[] = [
  ['NAT dump', /^\S+ port \d+ proto \d+ id \d+ count /m],
  ['NAT affinity dump', /^(?:client \S+ svc proto |AffinityKey\{)/m],
  ['Maglev dump', /^svc \d+ ordinal \d+ -> /m],
  ['conntrack dump', /^(?:ConntrackKey\{|(?:TCP|UDP|ICMP6?|UNKNOWN) \S+ -> \S+)/m],
  ['IP-set dump', /^IP set 0x[0-9a-f]+$/m],
  ['counters dump', /^\| CATEGORY \|/m],
  ['interface-state dump', /^ *\d+ : \{flags: /m],
  ['ARP dump', /^dev +\d+: +\S+ : [0-9a-f:]{17} -> /m],
  ['policy dump', /^IfaceName: /m],
  ['conntrack statistics', /^Conntrack map size: \d/m],
  ['profiling table', /^\| +IFACE +\|/m],
  ['tool version', /^Version: .*\nFull git commit ID:/m],
  ['routes dump', /^ *[0-9a-f.:]+\/\d+: (?:local|remote|blackhole)/m],
];

const jsonSigns: readonly (readonly [name: DumpName, sign: RegExp])[] = [
  ['NAT dump', /"frontends?":/],
  ['NAT affinity dump', /"client_ip":/],
  ['Maglev dump', /"svc_id":/],
  ['conntrack dump', /"active_ago":/],
  ['IP-set dump', /"set_id":/],
  ['counters dump', /"counters":/],
  ['interface-state dump', /"tc_ingress_filter":/],
  ['ARP dump', /"src_mac":/],
  ['conntrack statistics', /"total_connections":/],
  ['routes dump', /"dest":/],
];
