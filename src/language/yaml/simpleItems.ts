import { readScalar } from '../../core/felix/scalar.ts';
import type { ScalarNode } from './node.ts';

/**
 * The items of a list in block style that has nothing but one plain word a line, such as addresses and ports: in
 * those there is nothing that YAML reads otherwise than as it stands. Long lists are of such items, and reading them
 * so takes a tenth of the time. `undefined` for any other text.
 */
export function simpleItemsIn(text: string): readonly ScalarNode[] | undefined {
  const items: ScalarNode[] = [];
  const line = /( *)- ([A-Za-z\d](?:[\w.:/-]*[\w./-])?)(?:\r?\n|$)/y;
  let indent: string | undefined;
  while (line.lastIndex < text.length) {
    const from = line.lastIndex;
    const [all, before = '', word = ''] = line.exec(text) ?? [];
    indent ??= before;
    if (all === undefined || before !== indent) return undefined;
    items.push(plainWord(word, from + indent.length + 2));
  }
  return items;
}

function plainWord(text: string, start: number): ScalarNode {
  const span = { start, end: start + text.length };
  return { kind: 'scalar', span, text, style: 'plain', value: readScalar(text, 'plain'), templated: false };
}
