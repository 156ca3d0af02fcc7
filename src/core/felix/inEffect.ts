import { parseDuration } from './syntax/duration.ts';

/** The value of a key that Felix uses on some nodes, and where it comes from. */
export interface EffectiveValue {
  readonly value: string;
  readonly origin: string;
  /** The FelixConfiguration that it comes from, if it does. */
  readonly configuration: string | undefined;
  readonly nodes: readonly string[];
}

/** How much of a written object is in effect on a cluster; JSON, as it travels from the language server. */
export interface InEffect {
  readonly cluster: string;
  /** How many nodes the object is for. */
  readonly nodes: number;
  readonly keys: readonly KeyInEffect[];
}

export interface KeyInEffect {
  readonly key: string;
  /** As it stands in the object, in YAML's flow style. */
  readonly written: string;
  readonly values: readonly EffectiveValue[];
}

/** Whether a value is the written one; Felix minds neither the case of words nor how a duration is written. */
export function isAsWritten({ written }: KeyInEffect, { value }: EffectiveValue): boolean {
  return comparable(value) === comparable(written);
}

function comparable(value: string): string | number {
  return parseDuration(value) ?? value.toLowerCase();
}

/** On how many nodes a key has the value that is written. */
export function nodesAsWritten(key: KeyInEffect): number {
  const same = key.values.filter((value) => isAsWritten(key, value));
  return same.reduce((sum, { nodes }) => sum + nodes.length, 0);
}
