import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compose } from '../../../src/language/yaml/compose.ts';
import { moved, type Node } from '../../../src/language/yaml/node.ts';
import { simpleItemsIn } from '../../../src/language/yaml/simpleItems.ts';

/** What the reader of YAML makes of the list, by itself too short to be read in parts. */
function itemsByYaml(text: string): readonly Node[] | undefined {
  const { root, problems } = compose(text);
  return root?.kind === 'list' && problems.length === 0 ? root.items : undefined;
}

test('plain words, one a line, are read as YAML reads them', () => {
  const word = fc.oneof(
    fc.constantFrom(
      '10.0.0.0/8',
      'fd00::/64',
      '0x1F',
      '010',
      '1:30',
      'yes',
      'null',
      '1e3',
      '2001-01-01',
      'a_b-c',
    ),
    fc.stringMatching(/^[A-Za-z\d][\w.:/-]{0,8}[\w./-]$/),
  );
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 9 }),
      fc.constantFrom('', '  '),
      (words, indent) => {
        const text = words.map((each) => `${indent}- ${each}\n`).join('');
        const simple = simpleItemsIn(text);
        assert.ok(simple !== undefined);
        assert.deepEqual(simple.items, itemsByYaml(text));
        assert.deepEqual(
          simple.values,
          simple.items.map((item) => item.kind === 'scalar' && item.value),
        );
      },
    ),
  );
});

test('what could mean more than it says is left to the reader of YAML', () => {
  const characters = Array.from('ab1:-#,?&*!|>"\'%@`{}[] \t\n~.=\\<é😀\r');
  const text = fc
    .array(fc.constantFrom(...characters), { maxLength: 12 })
    .map((all) => `- a\n- ${all.join('')}\n`);
  fc.assert(
    fc.property(text, (text) => {
      const simple = simpleItemsIn(text);
      if (simple !== undefined) assert.deepEqual(simple.items, itemsByYaml(text));
    }),
    { numRuns: 2000 },
  );
  for (const other of [
    '- a: b\n',
    '- a:\n',
    '- a b\n',
    '- a #b\n',
    '- *a\n',
    '- a\n  - b\n',
    '-  a\n',
    '- é\n',
  ])
    assert.equal(simpleItemsIn(other), undefined, other);
});

test('a long list of plain words is read as a short one is, item by item', () => {
  const line = '    - 10.0.0.0/8\n';
  const long = compose(`spec:\n  a:\n${line.repeat(300)}`).root;
  const short = compose(`spec:\n  a:\n${line}`).root;
  const itemsOf = (root: Node | undefined) => {
    const spec = root?.kind === 'map' ? root.pairs[0]?.value : undefined;
    const list = spec?.kind === 'map' ? spec.pairs[0]?.value : undefined;
    return list?.kind === 'list' ? list.items : [];
  };
  const [first] = itemsOf(short);
  assert.ok(first !== undefined);
  assert.deepEqual(
    itemsOf(long),
    Array.from({ length: 300 }, (_, index) => moved(first, index * line.length)),
  );
});
