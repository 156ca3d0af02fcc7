/**
 * A value of a YAML document as the API server sees it, with how it was written. `kubectl` and the server read
 * YAML 1.1 into JSON (sigs.k8s.io/yaml), so `Off` is a boolean, `010` is eight and `1e3` is an integer.
 */
export type YamlValue = YamlScalar | YamlList | YamlMap;

export type ScalarStyle = 'plain' | 'single' | 'double' | 'block';

export type YamlScalar = YamlString | YamlInt | YamlFloat | YamlBool | YamlNull;

interface Written {
  /** The text as it stands in the document, quotes included. */
  readonly source: string;
  readonly style: ScalarStyle;
}

export interface YamlString extends Written {
  readonly kind: 'string';
  readonly value: string;
}

/** A number that JSON carries as a 64-bit integer. */
export interface YamlInt extends Written {
  readonly kind: 'int';
  readonly value: bigint;
}

export interface YamlFloat extends Written {
  readonly kind: 'float';
  readonly value: number;
}

export interface YamlBool extends Written {
  readonly kind: 'bool';
  readonly value: boolean;
}

export interface YamlNull extends Written {
  readonly kind: 'null';
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlValue[];
  /** What a long list is made of, one after the other. A part that stays as it was stays the same object. */
  readonly parts?: readonly YamlList[];
}

export interface YamlMap {
  readonly kind: 'map';
  /** In the order of the document; a key that is there twice is here twice. */
  readonly entries: readonly YamlEntry[];
}

export interface YamlEntry {
  /** The key as JSON has it: always a string. */
  readonly key: string;
  readonly value: YamlValue;
}

/** What a list or map is written with, for messages. */
export type YamlKind = YamlValue['kind'];

/** The value of a key of a map: the last one, as every reader but a strict one takes it. */
export function entryOf(map: YamlMap, key: string): YamlValue | undefined {
  return map.entries.findLast((entry) => entry.key === key)?.value;
}
