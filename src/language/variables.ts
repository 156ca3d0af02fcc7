import { readScalar } from '../core/felix/scalar.ts';
import { asScalar, pairsOf, resolved, valueOf } from './yaml/node.ts';
import type { ListNode, MapNode, Node, ScalarNode } from './yaml/node.ts';

/** A `FELIX_…` environment variable and what it is set to. */
export interface VariableTarget {
  readonly kind: 'variable';
  readonly name: ScalarNode;
  readonly value: ScalarNode | undefined;
  /** Whether both are words of a command, which have the quotes of what they stand in. */
  readonly inCommand: boolean;
}

/**
 * `{name: FELIX_…, value: …}` of a container, `FELIX_…: …` of ConfigMaps and chart values, and `FELIX_…=…` of
 * `kubectl set env`, at any depth.
 */
export function variablesIn(root: Node): readonly VariableTarget[] {
  const found: VariableTarget[] = [];
  const seen = new Set<Node>();
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    const inner = resolved(node);
    if (inner?.kind === 'scalar') found.push(...assignmentsIn(inner));
    if (inner?.kind === 'list') {
      found.push(...argumentsIn(inner));
      inner.items.forEach(visit);
    }
    if (inner?.kind !== 'map') return;
    const variable = toVariable(inner);
    if (variable !== undefined) found.push(variable);
    for (const { key, value } of pairsOf(inner)) {
      if (isVariable(key)) found.push(variableOf(key, asScalar(value)));
      visit(value);
    }
  };
  visit(root);
  return found;
}

function variableOf(name: ScalarNode, value: ScalarNode | undefined): VariableTarget {
  return { kind: 'variable', name, value, inCommand: false };
}

function toVariable(map: MapNode): VariableTarget | undefined {
  const name = asScalar(valueOf(map, 'name'));
  return name !== undefined && isVariable(name)
    ? variableOf(name, asScalar(valueOf(map, 'value')))
    : undefined;
}

function isVariable(name: ScalarNode): boolean {
  return !name.templated && /^FELIX_\w/i.test(name.text);
}

/** The assignments in a command line. */
function assignmentsIn({ text, value, span, templated }: ScalarNode): readonly VariableTarget[] {
  if (templated || !/\bset env\b/.test(text)) return [];
  return [...value.source.matchAll(/\b(FELIX_\w+)=("[^"\n]*"|'[^'\n]*'|[^\s"'\\]*)/gi)].map((match) => {
    const [, name = '', written = ''] = match;
    return assignment(span.start + match.index, name, written);
  });
}

/** The assignments in a command that is given as a list of its words. */
function argumentsIn({ items }: ListNode): readonly VariableTarget[] {
  const command = items.findIndex((item, index) => isWord(item, 'set') && isWord(items[index + 1], 'env'));
  if (command === -1) return [];
  return items.slice(command + 2).flatMap((item) => {
    const word = asScalar(item);
    if (word === undefined || word.templated || word.style === 'block') return [];
    const [, before = '', name, written = ''] =
      /^((?:["']|--env=|-e)*)(FELIX_\w+)=([^]*?)["']?$/i.exec(word.value.source) ?? [];
    return name === undefined ? [] : [assignment(word.span.start + before.length, name, written)];
  });
}

function isWord(node: Node | undefined, text: string): boolean {
  return node?.kind === 'scalar' && node.text === text;
}

function assignment(at: number, name: string, written: string): VariableTarget {
  const bare = /^["'](.*)["']$/.exec(written)?.[1] ?? written;
  const value = wordAt(at + name.length + 1, bare, written);
  return { kind: 'variable', name: wordAt(at, name, name), value, inCommand: true };
}

function wordAt(start: number, text: string, written: string): ScalarNode {
  const value = readScalar(text, 'double', written);
  const span = { start, end: start + written.length };
  return { kind: 'scalar', span, text, style: 'double', value, templated: written.includes('$') };
}
