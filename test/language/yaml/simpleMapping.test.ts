import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compose } from '../../../src/language/yaml/compose.ts';
import { moved, type Node } from '../../../src/language/yaml/node.ts';
import { simpleMappingIn } from '../../../src/language/yaml/simpleMapping.ts';
import { readVerdicts } from '../../core/felix/verdicts.ts';

/** A comment leaves a text to the reader of YAML. */
const comment = '#\n';

function checkReading(text: string, simple: Node): void {
  const { root, problems } = compose(comment + text);
  assert.deepEqual(problems, []);
  assert.deepEqual(moved(simple, comment.length), root);
}

const word = fc.oneof(
  fc.constantFrom('10.0.0.0/8', 'fd00::1', '010', '0x1F', '1e3', 'Off', 'y', 'null', '1:30', '2001-01-01'),
  fc.stringMatching(/^[A-Za-z\d]([\w.:/-]{0,8}[\w./-])?$/),
  fc.stringMatching(/^"[\w.:/+,= -]{0,8}"$/),
  fc.stringMatching(/^'[\w.:/+,= -]{0,8}'$/),
);
const key = fc.stringMatching(/^[A-Za-z][\w./-]{0,6}$/);

/** The lines of a mapping, from its own depth on. */
const { mapping } = fc.letrec<{ mapping: string[]; block: string[] }>((tie) => ({
  mapping: fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: fc.tuple(key, word).map(([name, value]) => [`${name}: ${value}`]) },
        fc.tuple(key, tie('block'), fc.constantFrom('', ' ', '  ', '    ')).map(([name, inner, indent]) => {
          const isMapping = inner[0]?.startsWith('- ') === false;
          return [`${name}:`, ...inner.map((line) => (isMapping ? `${indent} ` : indent) + line)];
        }),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((entries) => entries.flat()),
  block: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.array(word, { minLength: 1, maxLength: 4 }).map((items) => items.map((item) => `- ${item}`)),
    tie('mapping'),
  ),
}));

test('reads a simple mapping as YAML is read', () => {
  fc.assert(
    fc.property(
      mapping,
      fc.constantFrom('', '  '),
      fc.constantFrom('', '\n', '\n\n'),
      fc.constantFrom('', '\n'),
      (lines, indent, before, after) => {
        const text = before + lines.map((line) => indent + line).join('\n') + after;
        const simple = simpleMappingIn(text);
        assert.ok(simple !== undefined, text);
        checkReading(text, simple);
      },
    ),
    { numRuns: 500 },
  );
});

test('leaves to the reader of YAML whatever may be more than it says', () => {
  const signs = Array.from('ab1:- \n\n"\'&*#|>{}[],?!%@\t\ré😀~.');
  const parts = fc.constantFrom(...signs, ': ', '\n  ', '\n- ', 'x y', '<<', '---', '\nkey: value');
  const indented = fc
    .tuple(fc.nat(6), fc.constantFrom('a: 1', 'b:', 'c: "x"', '- d', '- e: f', '-', 'g', 'h:  i', ''))
    .map(([depth, line]) => `${' '.repeat(depth)}${line}`);
  const texts = fc.oneof(
    fc.array(parts, { maxLength: 14 }).map((all) => `a: 1\n${all.join('')}`),
    fc.array(indented, { minLength: 1, maxLength: 7 }).map((lines) => lines.join('\n')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const simple = simpleMappingIn(text);
      if (simple !== undefined) checkReading(text, simple);
    }),
    { numRuns: 3000 },
  );
});

test('leaves to the reader of YAML what only looks simple', () => {
  for (const line of [
    'b:c',
    'b: c d',
    'b: c:',
    '  b: c',
    'b:',
    '- c',
    'b: -c',
    'b: c #d',
    'b: "c',
    '"b": c',
    'b: ',
    '',
  ])
    assert.equal(simpleMappingIn(`a: 1\n${line}\n`), undefined, line);
});

test('reads the objects of real values as YAML is read', () => {
  let simply = 0;
  for (const { cases } of readVerdicts())
    for (const [name, value] of cases) {
      const text = `kind: FelixConfiguration\nspec:\n  ${name}: ${value}\n`;
      const simple = simpleMappingIn(text);
      if (simple === undefined) continue;
      checkReading(text, simple);
      simply++;
    }
  assert.ok(simply > 1000, String(simply));
});
