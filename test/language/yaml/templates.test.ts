import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTemplated, maskTemplates } from '../../../src/language/yaml/templates.ts';

test('marks what an action writes, and blanks what only controls', () => {
  const source = '{{- if .Values.on }}\na: {{ .Values.a }}\nb: "x{{ .B }}"\n{{ end -}}\n';
  const { text, partial } = maskTemplates(source);
  assert.equal(text.length, source.length);
  assert.equal(partial, true);
  assert.match(text, /^ +\na: \uE000+\nb: "x\uE000+"\n +\n$/);
});

test('keeps line ends inside an action', () => {
  const { text } = maskTemplates('a: {{ include "x"\n  . }}\nb: 1\n');
  assert.deepEqual(text.split('\n').length, 4);
});

test('takes a text without actions as it is', () => {
  assert.deepEqual(maskTemplates('a: {b: 1}'), { text: 'a: {b: 1}', partial: false });
});

test('knows a value that a template makes', () => {
  assert.equal(isTemplated(maskTemplates('a: {{ .A }}').text), true);
  assert.equal(isTemplated('${EBPF_ENABLED}'), true);
  assert.equal(isTemplated('${level:=Debug}'), true);
  assert.equal(isTemplated('^(eth|ens).*$'), false);
});
