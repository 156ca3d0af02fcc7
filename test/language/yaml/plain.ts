import { compose } from '../../../src/language/yaml/compose.ts';
import type { ListMemory } from '../../../src/language/yaml/compose.ts';
import type { Node } from '../../../src/language/yaml/node.ts';

/** What a text says, and not in which parts its long lists were read. */
export function plainReading(text: string, memory?: ListMemory): unknown {
  const { root, problems, partial } = compose(text, memory);
  return { root: root && withoutParts(root), problems, partial };
}

function withoutParts(node: Node): Node {
  switch (node.kind) {
    case 'list': {
      const { span, flow, items } = node;
      return { kind: 'list', span, flow, items: items.map(withoutParts) };
    }
    case 'map':
      return { ...node, pairs: node.pairs.map((pair) => ({ ...pair, value: withoutParts(pair.value) })) };
    case 'scalar':
    case 'alias':
      return node;
  }
}
