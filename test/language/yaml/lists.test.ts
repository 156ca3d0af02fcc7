import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compose } from '../../../src/language/yaml/compose.ts';
import { longListsIn } from '../../../src/language/yaml/lists.ts';
import { plainReading } from './plain.ts';

const head = 'kind: FelixConfiguration\nspec:\n  a: 1\n  list:\n';
const tail = '  b: [1, 2]\n';

function document(items: readonly string[]): string {
  return head + items.join('') + tail;
}

const numbered = (index: number) => `    - 10.0.${index >> 8}.${index & 255}/32\n`;
const many = (item: (index: number) => string) => Array.from({ length: 300 }, (_, index) => item(index));

/** Items of all the shapes that lists have. */
const shapes = fc.constantFrom(
  '    - a\n',
  '    - port: 22\n      protocol: tcp\n',
  '    - "quoted: text" # note\n',
  "    - 'it''s'\n",
  '    - {a: 1, b: [x, y]}\n',
  '    - |\n      - no item\n      # no comment\n',
  '    -   wide: 1\n        wider:\n          - inner\n          - {a: b}\n',
  '    - plain\n      goes on\n',
  '    - - nested\n      - twice\n',
  '\n',
  '  # a comment\n',
  '    - "on\n      two lines"\n',
  '    - \n',
);

test('reads a long list in parts as it reads it whole', () => {
  fc.assert(
    fc.property(fc.array(shapes, { minLength: 3, maxLength: 12 }), (items) => {
      const text = document(many((index) => items[index % items.length] ?? '').concat(many(numbered)));
      // An anchor, be it in a comment, makes the list be read whole.
      const whole = `${text}# &x\n`;
      assert.equal(longListsIn(whole).length, 0);
      assert.deepEqual(plainReading(`${text}# .x\n`), plainReading(whole));
    }),
    { numRuns: 15 },
  );
  assert.ok(longListsIn(document(many(numbered))).length === 1);
});

test('after an edit reads one part anew', () => {
  const items = many(numbered);
  const before = compose(document(items)).memory;
  const { parts } = compose(document(items.with(150, '    - 192.0.2.0/24\n')), before).memory;
  assert.ok(before.parts.size > 3);
  const read = [...parts].filter(([text, part]) => before.parts.get(text) !== part);
  assert.ok(read.length <= 2, `${read.length} of ${parts.size}`);
});

test('reads a list after an edit at every line as it reads it anew', () => {
  const items = many(numbered);
  const { memory } = compose(document(items));
  for (const line of ['      goes on\n', '  # a comment\n', '  other: 1\n', '', '    - a\n    - b\n'])
    for (let index = 0; index < items.length; index++) {
      const text = document(items.with(index, line));
      assert.deepEqual(plainReading(text, memory), plainReading(text), `${line} ${index}`);
    }
});

test('keeps what is broken in an item to its part', () => {
  const items = many(numbered).with(150, '    - "not closed\n');
  const text = document(items);
  const { root, problems } = compose(text);
  assert.equal(problems.length, 1);
  const [problem] = problems;
  const line = text.slice(0, problem?.span.start).split('\n').length;
  assert.ok(line >= 150 && line < 250, String(line));
  const spec = root?.kind === 'map' ? root.pairs.at(-1)?.value : undefined;
  assert.equal(spec?.kind === 'map' ? spec.pairs.at(-1)?.key.text : undefined, 'b');
});

test('takes lists with CRLF and at the end of a text, and two of them', () => {
  const crlf = document(many(numbered)).replaceAll('\n', '\r\n');
  assert.deepEqual(plainReading(`${crlf}# .x`), plainReading(`${crlf}# &x`));
  const atEnd = (head + many(numbered).join('')).trimEnd();
  const two = `${document(many(numbered))}${document(many(numbered)).replace('kind: FelixConfiguration\nspec', 'more')}`;
  for (const text of [atEnd, two])
    assert.deepEqual(plainReading(`${text}\n# .x`), plainReading(`${text}\n# &x`));
  assert.equal(longListsIn(two).length, 2);
});
