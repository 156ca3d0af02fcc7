import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TextDocument, TextDocumentChangeEvent } from 'vscode';
import { isYamlLike, writesInteresting } from '../../src/client/selector.ts';

function document(languageId: string, scheme: string, lines: readonly string[] = ['']): TextDocument {
  const fake = {
    languageId,
    uri: { scheme },
    lineCount: lines.length,
    lineAt: (line: number) => ({ text: lines[line] }),
  };
  // Only what the functions under test read.
  return fake as unknown as TextDocument;
}

function change(
  languageId: string,
  lines: readonly string[],
  line: number,
  text: string,
): TextDocumentChangeEvent {
  const contentChanges = [{ range: { start: { line } }, text }];
  return {
    document: document(languageId, 'file', lines),
    contentChanges,
  } as unknown as TextDocumentChangeEvent;
}

test('takes YAML under its several names, and JSON, but no compose files and no old sides of comparisons', () => {
  for (const language of ['yaml', 'helm', 'kubernetes', 'json'])
    assert.ok(isYamlLike(document(language, 'file')));
  assert.ok(!isYamlLike(document('dockercompose', 'file')));
  assert.ok(!isYamlLike(document('markdown', 'file')));
  assert.ok(!isYamlLike(document('yaml', 'git')));
});

test('sees what concerns us when it is typed letter by letter, or pasted', () => {
  assert.ok(writesInteresting(change('yaml', ['kind: FelixConfiguration'], 0, 'n')));
  assert.ok(writesInteresting(change('yaml', ['a', 'b'], 0, 'kind: FelixConfiguration\n')));
  assert.ok(!writesInteresting(change('yaml', ['kind: FelixConfiguration', 'spec:'], 1, ':')));
  assert.ok(!writesInteresting(change('markdown', ['kind: FelixConfiguration'], 0, 'n')));
});

test('bears a change that took away the line it began on', () => {
  assert.ok(!writesInteresting(change('yaml', ['a'], 7, '')));
});
