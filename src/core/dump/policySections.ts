/**
 * The structure of a `policy dump`: hooks, in them tiers, policies and rules. v3.32 and later indent and name them
 * (`Tier:`, `Policy:`, `Rule:`), older versions write comments (`// Start of tier …`), as
 * felix/cmd/calico-bpf/commands/policy_debug.go does.
 */
import { linesOf } from '../text/lines.ts';
import type { Span } from '../text/problem.ts';
import type { Section } from './sections.ts';

type Level = 'hook' | 'tier' | 'policy' | 'rule';

interface OpenSection {
  readonly kind: Level;
  readonly name: string;
  detail: string;
  readonly span: { start: number; end: number };
  readonly children: OpenSection[];
}

interface Opening {
  readonly kind: Level;
  readonly name: string;
}

const depths: Readonly<Record<Level, number>> = { hook: 0, tier: 1, policy: 2, rule: 3 };

export function policySections(text: string): readonly Section[] {
  const hooks: OpenSection[] = [];
  let open: OpenSection[] = [];
  let interfaceLine: Span | undefined;
  for (const span of linesOf(text)) {
    const line = text.slice(span.start, span.end);
    if (line.startsWith('IfaceName: ')) {
      interfaceLine = span;
      open = [];
      continue;
    }
    const opening = findOpening(line);
    if (opening !== undefined) {
      const { start } = opening.kind === 'hook' && interfaceLine !== undefined ? interfaceLine : span;
      const section: OpenSection = { ...opening, detail: '', span: { start, end: span.end }, children: [] };
      open = open.filter(({ kind }) => depths[kind] < depths[section.kind]);
      (open.at(-1)?.children ?? hooks).push(section);
      open.push(section);
      continue;
    }
    const closed = findClosing(line);
    if (closed !== undefined) open = open.filter(({ kind }) => depths[kind] <= depths[closed]);
    if (line.trim() !== '') for (const section of open) section.span.end = span.end;
    readDetail(line, open);
    if (closed !== undefined) open = open.filter(({ kind }) => depths[kind] < depths[closed]);
  }
  return hooks;
}

function findOpening(line: string): Opening | undefined {
  const hook = /^Hook: (.*)$/.exec(line)?.[1];
  if (hook !== undefined) return { kind: 'hook', name: hook.trim() };
  const [, word = '', name = ''] = /^ *(Tier|Policy|Rule): (.*)$/.exec(line) ?? [];
  if (word !== '') return { kind: word.toLowerCase() as Level, name: name.trim() };
  const [, old = '', rest = ''] = /^\s*\/\/ Start of (tier|rule|policy|\w*[Pp]olicy) (.*)$/.exec(line) ?? [];
  if (old === '') return undefined;
  if (old === 'tier') return { kind: 'tier', name: rest };
  return old === 'rule' ? { kind: 'rule', name: oldRuleName(rest) } : { kind: 'policy', name: rest };
}

/** Through v3.31 a rule is named by its proto text: its action and the identity are enough for an outline. */
function oldRuleName(proto: string): string {
  const action = /action:\s*"([^"]+)"/.exec(proto)?.[1];
  const id = /rule_id:\s*"([^"]+)"/.exec(proto)?.[1];
  return [action ?? 'rule', ...(id === undefined ? [] : [id])].join(' ');
}

function findClosing(line: string): Level | undefined {
  const word =
    /^ *End (Tier|Policy)\b/.exec(line)?.[1] ??
    /^\s*\/\/ End of (tier|rule|policy|\w*[Pp]olicy)\b/.exec(line)?.[1];
  if (word === undefined) return undefined;
  const lower = word.toLowerCase();
  return lower === 'tier' || lower === 'rule' ? lower : 'policy';
}

function readDetail(line: string, open: readonly OpenSection[]): void {
  const last = open.at(-1);
  if (last?.kind !== 'rule') return;
  const count = /^\s*(?:Hit count: |\/\/ count = )(\d+)$/.exec(line)?.[1];
  if (count !== undefined)
    last.detail = count === '1' ? '1 hit' : `${Number(count).toLocaleString('en')} hits`;
}
