import assert from 'node:assert/strict';
import { test } from 'node:test';
import { piecesOf } from '../../../src/language/yaml/pieces.ts';

/** The pieces; each stands in the text where it says. */
function cut(text: string): readonly string[] {
  return piecesOf(text).map(({ start, text: piece }) => {
    const original = text.slice(start, start + piece.length);
    assert.equal(original.replace('-', ' ').length, piece.length);
    return piece.trim();
  });
}

test('takes only documents that name what concerns us', () => {
  assert.deepEqual(cut('kind: Pod\n---\nkind: FelixConfiguration\n---\nkind: Node\n'), [
    'kind: FelixConfiguration',
  ]);
  assert.deepEqual(cut('kind: Pod\n'), []);
});

test('cuts at document markers alone', () => {
  assert.deepEqual(cut('a: FELIX_A\n--- # next\nb: FELIX_B\n...\n'), ['a: FELIX_A', '# next\nb: FELIX_B']);
  assert.deepEqual(cut('a: FELIX_A\n---b: 1\n ---\n'), ['a: FELIX_A\n---b: 1\n ---']);
});

test('cuts a list into its items, whatever their indentation', () => {
  for (const indent of ['', '  ', '    ']) {
    const text = `kind: List\nitems:\n${indent}- kind: FelixConfiguration\n${indent}  a: 1\n# note\n${indent}- kind: Pod\n${indent}- kind: FelixConfiguration\nmetadata: {}\n`;
    assert.equal(cut(text).length, 2, JSON.stringify(indent));
    assert.match(cut(text)[0] ?? '', /^kind: FelixConfiguration\n +a: 1/);
    assert.equal(cut(text)[1], 'kind: FelixConfiguration');
  }
});

test('leaves a list whole when items share anchors or are templated', () => {
  const items = '- &a {kind: FelixConfiguration}\n- *a\n';
  assert.deepEqual(cut(`kind: List\nitems:\n${items}`), [`kind: List\nitems:\n${items}`.trim()]);
  const templated = 'kind: List\nitems:\n{{- range .Values.all }}\n- kind: FelixConfiguration\n{{- end }}\n';
  assert.equal(cut(templated).length, 1);
});

test('finds a patch in a block scalar, at its place', () => {
  const text = 'patches:\n  - patch: |-\n      kind: FelixConfiguration\n      spec: {}\n\n    target: {}\n';
  const [outer, inner] = piecesOf(text);
  assert.equal(outer?.text, text);
  assert.equal(inner?.isPatch, true);
  assert.equal(inner?.text, text.slice(inner?.start, text.indexOf('    target')));
});

test('blanks directives and the byte order mark', () => {
  assert.deepEqual(cut('\uFEFF%YAML 1.2\n---\na: FELIX_A\n'), ['a: FELIX_A']);
  assert.equal(piecesOf('\uFEFFa: FELIX_A')[0]?.start, 1);
});
