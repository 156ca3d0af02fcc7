import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseFilter } from '../../../../src/core/table/filter/parse.ts';

/** A filter as it was understood: one short text for each of its terms. */
function told(text: string): readonly string[] {
  return parseFilter(text).terms.map((term) => {
    const values = term.kind === 'text' ? [term.value] : term.values;
    const words = values.map(({ text, isQuoted }) => (isQuoted ? `“${text}”` : text)).join(' or ');
    return `${term.isNegated ? 'not ' : ''}${term.kind === 'text' ? '' : `${term.key} ${term.operator} `}${words}`;
  });
}

/** Problems as carets under the text, with their messages. */
function checkProblems(
  text: string,
  expected: readonly (readonly [carets: string, message: RegExp])[],
): void {
  const { problems } = parseFilter(text);
  assert.equal(problems.length, expected.length);
  for (const [index, { span, message }] of problems.entries()) {
    assert.equal(' '.repeat(span.start) + '^'.repeat(span.end - span.start), expected[index]?.[0]);
    assert.match(message, expected[index]?.[1] ?? /$^/);
  }
}

test('terms have spaces between, and hold a key, a sign and values', () => {
  assert.deepEqual(told('pod:shop/* proto:tcp state:syn-sent age>30s port:80'), [
    'pod : shop/*',
    'proto : tcp',
    'state : syn-sent',
    'age > 30s',
    'port : 80',
  ]);
  assert.deepEqual(told('bytes>=1M idle<5m x<=2 Proto=udp'), [
    'bytes >= 1M',
    'idle < 5m',
    'x <= 2',
    'proto : udp',
  ]);
});

test('a comma means either, a minus not, quotes keep spaces and signs', () => {
  assert.deepEqual(told('proto:tcp,udp -state:closed "by policy" reason:"a, \\"b\\"",c -x'), [
    'proto : tcp or udp',
    'not state : closed',
    '“by policy”',
    'reason : “a, "b"” or c',
    'not x',
  ]);
});

test('an address is no key, though it has colons', () => {
  for (const address of [
    'fd00::1',
    'fd00::1:80',
    '[fd00::1]:80',
    'fd00::/64',
    '10.0.0.1:80',
    'aa:bb:01:02:03:04',
  ])
    assert.deepEqual(told(`-${address}`), [`not ${address}`]);
});

test('what is missing is told at its place', () => {
  checkProblems('tcp state: x', [['    ^^^^^^', /“state:\*”/]]);
  checkProblems('state:a,', [['^^^^^^^^', /What should “state” be/]]);
  checkProblems('reason:"by pol', [['       ^^^^^^^', /closing quote/]]);
});

test('any text is read to its end, with spans inside of it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ':', '"', '-', ',', ' ', '>', '\\', '1') }),
      (text) => {
        const { terms, problems } = parseFilter(text);
        const spans = terms.flatMap((term) => (term.kind === 'text' ? [term.value] : term.values));
        for (const { span } of [...spans, ...problems]) {
          assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length);
        }
      },
    ),
  );
});
