/** What a check found: a cause, on whom, by which evidence, and what to do about it. */

/** By consequence. `error`: traffic is or will be lost. */
export const severities = ['error', 'warning', 'information'] as const;
export type Severity = (typeof severities)[number];

export interface Finding extends Draft {
  /** The id of the check. */
  readonly check: string;
  /** Stable: the check, the rule and the cause; the same finding has it in the next run, too. */
  readonly id: string;
  /** The nodes that have the cause; empty where it belongs to none in particular. */
  readonly nodes: readonly string[];
}

/** A finding as a rule yields it, for one node or for the cluster. */
export interface Draft {
  readonly severity: Severity;
  readonly subject: Subject;
  /** What makes two drafts one finding: the same cause on several nodes. */
  readonly cause: string;
  /** One sentence that names the cause; `{nodes}` stands for the nodes that have it. */
  readonly title: string;
  readonly evidence: readonly Evidence[];
  readonly fix: Fix;
}

export const subjectKinds = ['node', 'pod', 'service', 'interface', 'key'] as const;
export type SubjectKind = (typeof subjectKinds)[number];

/** What a finding is about. A `key` is a field of a configuration, `bpfLogLevel`. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly name: string;
  readonly namespace?: string;
  readonly node?: string;
}

/** A fact behind a finding, and where it can be looked up. */
export interface Evidence {
  /** What it shows, in a sentence. */
  readonly shows: string;
  /** The raw line or value. */
  readonly value: string;
  readonly at: EvidencePlace;
  /** When it was so, ISO 8601; `undefined` where that is not known. */
  readonly time: string | undefined;
}

export type EvidencePlace =
  /** `line` counts from one; `undefined` for a whole output. */
  | {
      readonly kind: 'probe';
      readonly node: string;
      readonly probe: string;
      readonly line: number | undefined;
    }
  | {
      readonly kind: 'object';
      /** `<plural>.<group>`. */
      readonly resource: string;
      readonly namespace: string | undefined;
      readonly name: string;
    };

export interface Fix {
  /** What to do, in a sentence or two. */
  readonly text: string;
  /** Commands to copy, one a line. */
  readonly commands: readonly string[];
  /** What doing so restarts; `undefined` for nothing. */
  readonly restarts: string | undefined;
}

/** A fix that restarts nothing. */
export function advise(text: string, ...commands: readonly string[]): Fix {
  return { text, commands, restarts: undefined };
}

/** A change of a FelixConfiguration: Felix restarts on every node that it is for. */
export function configure(text: string, ...commands: readonly string[]): Fix {
  return { text, commands, restarts: 'Felix restarts on every node whose configuration changes.' };
}

/** A merge patch of FelixConfiguration `default`, or of the one of a node. */
export function patchFelix(key: string, value: unknown, name = 'default'): string {
  return `kubectl patch felixconfiguration ${name} --type merge -p '${JSON.stringify({ spec: { [key]: value } })}'`;
}

/** `node-a`, `node-a and node-b`, `node-a, node-b and 8 more nodes`. */
export function listNodes(nodes: readonly string[]): string {
  return listSome(nodes, 'nodes');
}

/** The first of a list and the number of the others. */
export function listSome(names: readonly string[], noun: string, most = 3): string {
  if (names.length > most) {
    const shown = names.slice(0, most - 1);
    return `${shown.join(', ')} and ${(names.length - shown.length).toLocaleString('en')} more ${noun}`;
  }
  const last = names.at(-1) ?? `no ${noun}`;
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
