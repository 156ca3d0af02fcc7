/**
 * Templates of messages: fixed text with variable parts in braces, `CT: lookup from {address:ip}:{port:int}`. The
 * type of what a template yields follows from its text.
 */
import { readers, type FieldTypes, type Position } from './fields.ts';

/** The parts of a template by name: `{ address: string; port: number }`. */
export type Fields<T extends string> = T extends `${string}{${infer Name}:${infer Type}}${infer Rest}`
  ? Type extends keyof FieldTypes
    ? { readonly [name in Name]: FieldTypes[Type] } & Fields<Rest>
    : never
  : unknown;

/** Templates by the kind of event that they announce; all templates of a kind have the same parts. */
export type Templates = Readonly<Record<string, readonly string[]>>;

/** The events of a table of templates, or of several in a union. */
export type EventOf<T extends Templates> = T extends unknown
  ? { [kind in keyof T & string]: { readonly kind: kind } & Fields<T[kind][number]> }[keyof T & string]
  : never;

interface Field {
  readonly name: string;
  readonly type: keyof FieldTypes;
  /** The fixed text behind it. */
  readonly tail: string;
}

interface Compiled {
  readonly kind: string;
  readonly fields: readonly Field[];
}

/** A tree over the fixed beginnings of templates: a message is led to the few that it can be. */
interface Branch {
  edge: string;
  readonly next: (Branch | undefined)[];
  readonly ends: Compiled[];
}

/**
 * Reads messages by the templates of some tables, prepared with the first message; `undefined` for what none of them fits. With a beginning, only the
 * templates that have it are used, and without it.
 */
export function compileTemplates<T extends Templates>(
  tables: readonly T[],
  beginning = '',
): (position: Position) => EventOf<T> | undefined {
  let root: Branch | undefined;
  return (position) => {
    root ??= treeOf(tables, beginning);
    // What `find` yields has the kind and the parts that the type derives from the same text.
    return find(root, position) as EventOf<T> | undefined;
  };
}

function treeOf(tables: readonly Templates[], beginning: string): Branch {
  const root: Branch = { edge: '', next: [], ends: [] };
  for (const table of tables)
    for (const [kind, templates] of Object.entries(table))
      for (const template of templates)
        if (template.startsWith(beginning)) plant(root, kind, template.slice(beginning.length));
  return root;
}

function plant(root: Branch, kind: string, template: string): void {
  const [head = '', ...parts] = template.split('{');
  const fields = parts.map((part): Field => {
    const [, name, type, tail = ''] = /^(\w+):(\w+)\}(.*)$/s.exec(part) ?? [];
    if (name === undefined || !isFieldType(type)) throw new Error(`The template “${template}” is malformed.`);
    return { name, type, tail };
  });
  branchOf(root, head).ends.push({ kind, fields });
}

function isFieldType(type: string | undefined): type is keyof FieldTypes {
  return type !== undefined && Object.hasOwn(readers, type);
}

/** The branch at which a beginning ends, grown where it is missing. */
function branchOf(root: Branch, head: string): Branch {
  let branch = root;
  for (let at = 0; at < head.length;) {
    const code = head.charCodeAt(at);
    const next = branch.next[code];
    if (next === undefined) {
      const leaf: Branch = { edge: head.slice(at), next: [], ends: [] };
      branch.next[code] = leaf;
      return leaf;
    }
    const shared = sharedLength(next.edge, head, at);
    if (shared === next.edge.length) branch = next;
    else branch = branch.next[code] = split(next, shared);
    at += shared;
  }
  return branch;
}

function sharedLength(edge: string, head: string, at: number): number {
  let length = 0;
  while (length < edge.length && edge[length] === head[at + length]) length++;
  return length;
}

function split(branch: Branch, length: number): Branch {
  const upper: Branch = { edge: branch.edge.slice(0, length), next: [], ends: [] };
  upper.next[branch.edge.charCodeAt(length)] = branch;
  branch.edge = branch.edge.slice(length);
  return upper;
}

type Event = Record<string, FieldTypes[keyof FieldTypes]>;

function find(branch: Branch, position: Position): Event | undefined {
  const { text, at, end } = position;
  const next = at < end ? branch.next[text.charCodeAt(at)] : undefined;
  // The longest beginning that fits decides; a shorter one is tried when its parts do not fit.
  if (next !== undefined && text.startsWith(next.edge, at)) {
    position.at = at + next.edge.length;
    const event = find(next, position);
    if (event !== undefined) return event;
  }
  for (const compiled of branch.ends) {
    position.at = at;
    const event = match(compiled, position);
    if (event !== undefined) return event;
  }
  return undefined;
}

function match({ kind, fields }: Compiled, position: Position): Event | undefined {
  const event: Event = { kind };
  for (const { name, type, tail } of fields) {
    const value = readers[type](position);
    if (value === undefined || !position.text.startsWith(tail, position.at)) return undefined;
    event[name] = value;
    position.at += tail.length;
  }
  return position.at === position.end ? event : undefined;
}
