/**
 * A rule in the text form of Felix's protocol buffers (felix/proto/felixbackend.proto): `action:"allow"
 * protocol:{name:"tcp"} dst_ports:{first:80 last:80} rule_id:"aBcD"`; up to v3.29 with `<…>` for `{…}`.
 */
import type { PolicyRule, RuleIpSet, RuleMatch } from './policyRule.ts';

/** A value of the text form: a scalar without its quotes, or a message's fields in order. */
type Value = string | readonly Field[];
interface Field {
  readonly name: string;
  readonly value: Value;
}

/** Felix's fields that have a word of their own from v3.33. */
const words: Readonly<Record<string, string>> = {
  protocol: 'proto',
  src_net: 'src',
  dst_net: 'dst',
  src_ports: 'sports',
  dst_ports: 'dports',
  src_named_port_ip_set_ids: 'sports',
  dst_named_port_ip_set_ids: 'dports',
  icmp_type: 'icmp',
  icmp_type_code: 'icmp',
};

/** Reads the text after `Start of rule`; `undefined` when it is none. */
export function parseFelixRule(text: string): Omit<PolicyRule, 'span'> | undefined {
  // From v3.32 on the owner stands before the fields, in the files that Felix writes.
  const [, owner, rest = ''] = /^(?:([^\s:]+) )?(.*)$/.exec(text) ?? [];
  const fields = parseFields(rest);
  if (fields === undefined) return undefined;
  const matches: RuleMatch[] = [];
  const ipSets: RuleIpSet[] = [];
  for (const { name, value } of fields) {
    if (name === 'action' || name === 'rule_id') continue;
    const negated = name.startsWith('not_');
    const plain = negated ? name.slice(4) : name;
    if (plain === 'src_ip_set_ids' || plain === 'dst_ip_set_ids') {
      const side = plain.startsWith('src') ? 'src' : 'dst';
      ipSets.push({ side, negated, id: toText(value), number: undefined, members: undefined });
    } else addMatch(matches, { field: words[plain] ?? plain, negated, values: [toText(value)] });
  }
  const { action, rule_id: id } = Object.fromEntries(fields.map(({ name, value }) => [name, toText(value)]));
  return { owner, action, id, matches, ipSets, hits: undefined };
}

/** A field that is repeated is one match with many values. */
function addMatch(matches: RuleMatch[], match: RuleMatch): void {
  const index = matches.findIndex(({ field, negated }) => field === match.field && negated === match.negated);
  const same = matches[index];
  if (same === undefined) matches.push(match);
  else matches[index] = { ...same, values: [...same.values, ...match.values] };
}

/** `{first:80 last:90}` → `80-90`, `{type:8 code:0}` → `8/0`, `{name:"tcp"}` → `tcp`. */
function toText(value: Value): string {
  if (typeof value === 'string') return value;
  const [first, second] = value.map((field) => toText(field.value));
  switch (value[0]?.name ?? '') {
    case 'first':
      return second === undefined || first === second ? (first ?? '') : `${first}-${second}`;
    case 'type':
      return `${first}/${second ?? 0}`;
    default:
      return value.map((field) => toText(field.value)).join(' ');
  }
}

function parseFields(text: string): readonly Field[] | undefined {
  const fields: Field[] = [];
  /** The messages around the place that is being read. */
  const open: Field[][] = [fields];
  const piece = /\s*(?:(\w+):\s*([{<])|(\w+):\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"{}<>]+))|([}>])|$)/y;
  while (piece.lastIndex < text.length) {
    const match = piece.exec(text);
    const inner = open.at(-1);
    if (match === null || inner === undefined) return undefined;
    const [, message, , name, quoted, bare, close] = match;
    if (message !== undefined) {
      const value: Field[] = [];
      inner.push({ name: message, value });
      open.push(value);
    } else if (name !== undefined) inner.push({ name, value: quoted ?? bare ?? '' });
    else if (close !== undefined) open.pop();
  }
  return open.length === 1 ? fields : undefined;
}
