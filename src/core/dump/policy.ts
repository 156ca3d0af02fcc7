/**
 * `policy dump`: the policy programs of an interface, one a hook, as felix/cmd/calico-bpf/commands/policy_debug.go
 * prints them: comments (`// Start of policy …`) from v3.24, with counts from v3.25, tiers from v3.30.4; from
 * v3.32 indented words (`Tier:`, `Policy:`, `Rule:`); with `--asm` (always up to v3.26) the instructions in between.
 */
import { linesOf } from '../text/lines.ts';
import type { Problem, Span } from '../text/problem.ts';
import { isBlankOrLog, toDump, type Dump } from './dump.ts';
import { readPolicyLine, type PolicyLine } from './policyLine.ts';
import type { PolicyRule } from './policyRule.ts';

/** The policy program of one hook. */
export interface PolicyProgram {
  readonly interface: string;
  /** As printed, in tc's directions: `tc egress` of a workload interface is the pod's ingress policy. */
  readonly hook: string;
  /** What Felix says went wrong when it loaded the program. */
  readonly error: string | undefined;
  readonly tiers: readonly PolicyTier[];
  /** The rules after the last tier: those of the profiles. */
  readonly rules: readonly PolicyRule[];
  /** How many instructions are listed. */
  readonly instructions: number;
}

export interface PolicyTier {
  /** `undefined` in versions that do not print tiers: all policies then stand in one. */
  readonly name: string | undefined;
  /** What happens to a packet that no rule of the tier's policies took. */
  readonly endAction: 'pass' | 'deny' | undefined;
  readonly policies: readonly Policy[];
  readonly span: Span;
}

export interface Policy {
  /** As printed: `NetworkPolicy shop/default.cart 0` from v3.32, `shop/default.cart` before. */
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  readonly span: Span;
}

/** What `T` is while it is being read. */
type Open<T> = { -readonly [field in keyof T]: T[field] };
interface OpenPolicy extends Open<Omit<Policy, 'rules' | 'span'>> {
  readonly rules: OpenRule[];
  readonly span: Open<Span>;
}
interface OpenTier extends Open<Omit<PolicyTier, 'policies' | 'span'>> {
  readonly policies: OpenPolicy[];
  readonly span: Open<Span>;
}
interface OpenRule extends Open<Omit<PolicyRule, 'span'>> {
  readonly span: Open<Span>;
}
interface OpenProgram extends Open<Omit<PolicyProgram, 'tiers' | 'rules'>> {
  readonly tiers: OpenTier[];
  readonly rules: OpenRule[];
}

export function parsePolicy(text: string): Dump<PolicyProgram> {
  const problems: Problem[] = [];
  const reader = new PolicyReader(problems);
  for (const span of linesOf(text)) {
    if (isBlankOrLog(text, span, problems)) continue;
    const line = readPolicyLine(text.slice(span.start, span.end), span, problems);
    if (line !== undefined) reader.read(line, span);
  }
  const { programs: entries, spans } = reader;
  return toDump(text, 'policy dump', { entries, spans, problems });
}

/** Puts lines together: what is open is extended by each line, until it is closed or its like begins. */
class PolicyReader {
  readonly programs: OpenProgram[] = [];
  readonly spans: Open<Span>[] = [];
  readonly #problems: Problem[];
  #program: OpenProgram | undefined;
  #tier: OpenTier | undefined;
  #policy: OpenPolicy | undefined;
  #rule: OpenRule | undefined;

  constructor(problems: Problem[]) {
    this.#problems = problems;
  }

  read(line: PolicyLine, span: Span): void {
    if (line.kind === 'interface') {
      this.#begin(line.name, span);
      return;
    }
    const program = this.#program;
    if (program === undefined) {
      this.#problems.push({ code: 'expected', span, message: 'expected “IfaceName: …” first' });
      return;
    }
    this.#close(line);
    const open = [this.#tier?.span, this.#policy?.span, this.#rule?.span, this.spans.at(-1)];
    for (const each of open) if (each !== undefined) each.end = span.end;
    this.#add(line, span, program);
    this.#leave(line);
  }

  #begin(name: string, span: Span): void {
    this.#tier = this.#policy = this.#rule = undefined;
    this.#program = {
      interface: name,
      hook: '',
      error: undefined,
      tiers: [],
      rules: [],
      instructions: 0,
    };
    this.programs.push(this.#program);
    this.spans.push({ ...span });
  }

  /** What a line ends by being the beginning of the next. */
  #close({ kind }: PolicyLine): void {
    if (kind === 'tier') this.#tier = undefined;
    if (kind === 'tier' || kind === 'policy' || kind === 'end-tier') this.#policy = undefined;
    if (kind === 'tier' || kind === 'policy' || kind === 'rule' || kind === 'end-tier')
      this.#rule = undefined;
    if (kind === 'end-policy') this.#rule = undefined;
  }

  #add(line: PolicyLine, span: Span, program: OpenProgram): void {
    switch (line.kind) {
      case 'hook':
        program.hook = line.name;
        break;
      case 'error':
        program.error = line.message;
        break;
      case 'tier':
        this.#tier = this.#openTier(line.name, span, program);
        break;
      case 'policy':
        this.#tier ??= this.#openTier(undefined, span, program);
        this.#policy = { name: line.name, rules: [], span: { ...span } };
        this.#tier.policies.push(this.#policy);
        break;
      case 'rule':
        this.#rule = { ...line.rule, span: { ...span } };
        (this.#policy ?? program).rules.push(this.#rule);
        break;
      case 'ip-sets':
      case 'matches':
      case 'hits':
        this.#extendRule(line, span);
        break;
      case 'end-tier':
        if (this.#tier !== undefined) this.#tier.endAction = line.action;
        break;
      case 'instruction':
        program.instructions++;
        break;
      case 'interface':
      case 'end-policy':
      case 'end-rule':
      case 'other':
        break;
    }
  }

  #openTier(name: string | undefined, span: Span, { tiers }: OpenProgram): OpenTier {
    const tier: OpenTier = { name, endAction: undefined, policies: [], span: { ...span } };
    tiers.push(tier);
    return tier;
  }

  #extendRule(line: PolicyLine & { kind: 'ip-sets' | 'matches' | 'hits' }, span: Span): void {
    const rule = this.#rule;
    if (rule === undefined) this.#problems.push({ code: 'expected', span, message: 'expected a rule above' });
    else if (line.kind === 'hits') rule.hits = line.count;
    else if (line.kind === 'matches') rule.matches = [...rule.matches, ...line.matches];
    // A list of numbers repeats the sets that the rule's own text names.
    else rule.ipSets = line.ipSets.map((set, index) => ({ ...set, id: rule.ipSets[index]?.id ?? set.id }));
  }

  /** What a line ends by its own word; the line itself still belongs to it. */
  #leave({ kind }: PolicyLine): void {
    if (kind === 'end-rule') this.#rule = undefined;
    if (kind === 'end-policy') this.#policy = undefined;
    if (kind === 'end-tier') this.#tier = undefined;
  }
}
