/**
 * `ifstate dump`: `<ifindex> : {flags: <f>,<f>, <index>: <n>, … name: <name>}`
 * (felix/cmd/calico-bpf/commands/ifstate.go, v3.24 to v3.33; the indices came with v3.27 and got families with v3.28).
 */
import type { Problem, Span } from '../text/problem.ts';
import { linesOf } from '../text/lines.ts';
import { Scanner } from '../text/scanner.ts';
import { isBlankOrLog, toDump, type Dump } from './dump.ts';
import { parseJsonDump } from './json.ts';
import type { JsonObject } from './jsonObject.ts';

export interface IfState {
  readonly index: number;
  /** At most 15 characters. */
  readonly name: string;
  /** `workload`, `v4Ready` …; in random order before v3.27. */
  readonly flags: readonly string[];
  /**
   * Indices into the jump maps by their printed names (`IngressPolicyV4`, `EgressFilter` …); −1 for none. The
   * directions are tc's: IngressPolicy of a workload interface is the pod's egress policy.
   */
  readonly programs: Readonly<Record<string, number>>;
}

export const ifStateFlags = [
  'workload',
  'ready',
  'v4Ready',
  'v6Ready',
  'host',
  'bond',
  'bondslave',
  'vxlan',
  'ipip',
  'wg',
  'l3',
  'notmanaged',
] as const;

const head = /[ \t]*(\d+) : \{flags: /y;
const flag = /([A-Za-z0-9]+),[ \t]*/y;
const program = /([A-Z][A-Za-z0-9]*): (-?\d+), /y;
const tail = /name: ([^\s}]+)\}[ \t]*/y;

export function parseIfState(text: string): Dump<IfState> {
  const entries: IfState[] = [];
  const spans: Span[] = [];
  const problems: Problem[] = [];
  for (const span of linesOf(text)) {
    if (isBlankOrLog(text, span, problems)) continue;
    const entry = parseLine(new Scanner(text, span, problems));
    if (entry === undefined) continue;
    entries.push(entry);
    spans.push(span);
  }
  return toDump(text, 'interface-state dump', { entries, spans, problems });
}

export function parseIfStateJson(text: string): Dump<IfState> {
  return parseJsonDump(text, 'interface-state dump', toIfState);
}

function parseLine(line: Scanner): IfState | undefined {
  const index = line.expect('an interface index and “: {flags: ”', head)?.[1];
  if (index === undefined) return undefined;
  const flags: string[] = [];
  for (
    let at = line.rest.start, match = line.take(flag);
    match !== undefined;
    at = line.rest.start, match = line.take(flag)
  ) {
    const name = match[1] ?? '';
    if (!(ifStateFlags as readonly string[]).includes(name)) {
      line.report({ start: at, end: at + name.length }, 'unknown', `unknown interface flag “${name}”`);
    }
    flags.push(name);
  }
  const programs: Record<string, number> = {};
  for (let match = line.take(program); match !== undefined; match = line.take(program)) {
    programs[match[1] ?? ''] = Number(match[2]);
  }
  const name = line.expect('“name: …}”', tail)?.[1];
  if (name === undefined) return undefined;
  if (!line.isAtEnd) line.report(line.rest, 'unknown', 'unknown text after the entry');
  return { index: Number(index), name, flags, programs };
}

/** The names of the indices in JSON, and as the text has them. */
const programFields = [
  ['xdp_policy_v4', 'XDPPolicyV4'],
  ['ingress_policy_v4', 'IngressPolicyV4'],
  ['egress_policy_v4', 'EgressPolicyV4'],
  ['xdp_policy_v6', 'XDPPolicyV6'],
  ['ingress_policy_v6', 'IngressPolicyV6'],
  ['egress_policy_v6', 'EgressPolicyV6'],
  ['tc_ingress_filter', 'IngressFilter'],
  ['tc_egress_filter', 'EgressFilter'],
] as const;

function toIfState(object: JsonObject): IfState | undefined {
  const index = object.number('ifindex', 'an interface index');
  const name = object.text('name', 'a name', (text) => text);
  const flags = object.texts('flags', 'a flag', (text) => text);
  for (const [at, flag] of flags.entries()) {
    if (!(ifStateFlags as readonly string[]).includes(flag)) {
      object.report(['flags', at], 'unknown', `unknown interface flag “${flag}”`);
    }
  }
  const programs: Record<string, number> = {};
  for (const [field, program] of programFields) {
    const value = object.optionalNumber(field, 'an index');
    if (value !== undefined) programs[program] = value;
  }
  return index === undefined || name === undefined ? undefined : { index, name, flags, programs };
}
