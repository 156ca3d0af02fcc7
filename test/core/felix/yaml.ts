import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node, type Scalar } from 'yaml';
import { readKey, readScalar } from '../../../src/core/felix/scalar.ts';
import type { ScalarStyle, YamlMap, YamlValue } from '../../../src/core/felix/yamlValue.ts';

/** Reads a YAML text into the value that the judges see; `undefined` when it is no YAML. */
export function readYaml(text: string): YamlValue | undefined {
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, strict: false });
  return document.errors.length > 0 ? undefined : toValue(document.contents, document);
}

export function readMap(text: string): YamlMap {
  const value = readYaml(text);
  if (value?.kind !== 'map') throw new Error(`no mapping: ${text}`);
  return value;
}

function toValue(node: Node | null, document: Document): YamlValue {
  if (isAlias(node)) return toValue(node.resolve(document) ?? null, document);
  if (isScalar(node)) return readScalar(textOf(node), styleOf(node));
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => toValue(asNode(item), document)) };
  if (!isMap(node)) return readScalar('', 'plain');
  const entries = node.items.map(({ key, value }) => ({
    key: isScalar(key) ? readKey(textOf(key), styleOf(key)) : '',
    value: toValue(asNode(value), document),
  }));
  return { kind: 'map', entries };
}

function asNode(value: unknown): Node | null {
  return isScalar(value) || isSeq(value) || isMap(value) || isAlias(value) ? value : null;
}

const styles: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_FOLDED: 'block',
  BLOCK_LITERAL: 'block',
};

function styleOf(node: Scalar): ScalarStyle {
  return styles[node.type ?? 'PLAIN'] ?? 'plain';
}

/** The text of a scalar before any type is read into it. */
function textOf(node: Scalar): string {
  return styleOf(node) === 'plain' ? (node.source ?? '') : String(node.value);
}
