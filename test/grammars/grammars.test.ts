import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRegistry } from 'vscode-tmgrammar-test/dist/common/index.js';
import { parseGrammarTestCase, runGrammarTestCase } from 'vscode-tmgrammar-test/dist/unit/index.js';
import manifest from '../../package.json' with { type: 'json' };

// Beside this file: lines as Calico printed them, with carets under the tokens and their scopes.
const cases = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test.txt'));
const grammars = manifest.contributes.grammars.map(({ scopeName, path }) => ({ scopeName, path }));

test('every grammar has a test case', () => {
  const tested = cases.map((file) => `source.calico-bpf-${file.replace('.test.txt', '')}`);
  const own = manifest.contributes.grammars.filter((grammar) => 'language' in grammar);
  assert.deepEqual(tested.toSorted(), own.map(({ scopeName }) => scopeName).toSorted());
});

for (const file of cases) {
  test(`colours ${file.replace('.test.txt', '')} as the carets say`, async () => {
    const testCase = parseGrammarTestCase(readFileSync(join(import.meta.dirname, file), 'utf8'));
    const failures = await runGrammarTestCase(createRegistry(grammars), testCase);
    assert.deepEqual(
      failures.map(({ srcLine, start, end, missing, actual }) => ({
        text: testCase.source[srcLine]?.slice(start, end),
        missing,
        actual,
      })),
      [],
    );
  });
}
