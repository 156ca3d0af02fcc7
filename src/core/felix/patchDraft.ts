import type { Path } from './findings.ts';
import type { YamlMap, YamlValue } from './yamlValue.ts';

/** What an operation writes, and where. */
export interface WrittenValue {
  /** Which operation of the patch it is. */
  readonly index: number;
  readonly steps: readonly string[];
  readonly value: YamlValue;
}

/** Where the value of an operation ended up. */
export interface PlacedValue {
  readonly index: number;
  readonly path: Path;
}

export interface Draft {
  readonly document: YamlMap;
  readonly placed: readonly PlacedValue[];
}

/** An object that has what a patch writes and nothing else, so that it can be judged like any other. */
export function draftOf(written: readonly WrittenValue[], name: string | undefined): Draft {
  let document: YamlValue = { kind: 'map', entries: [] };
  if (name !== undefined) {
    const text = { kind: 'string', value: name, source: name, style: 'plain' } as const;
    document = put(document, ['metadata', 'name'], text).whole;
  }
  const placed: PlacedValue[] = [];
  for (const { index, steps, value } of written) {
    const { whole, path } = put(document, steps, value);
    document = whole;
    placed.push({ index, path });
  }
  return { document: document.kind === 'map' ? document : { kind: 'map', entries: [] }, placed };
}

interface Put {
  readonly whole: YamlValue;
  readonly path: Path;
}

/** The whole with a value at a place in it; the containers on the way are made. */
function put(whole: YamlValue | undefined, [step, ...below]: readonly string[], value: YamlValue): Put {
  if (step === undefined) return { whole: value, path: [] };
  if (whole?.kind === 'list' || (whole?.kind !== 'map' && /^(?:-|\d+)$/.test(step))) {
    const items = whole?.kind === 'list' ? whole.items : [];
    const inner = put(undefined, below, value);
    return { whole: { kind: 'list', items: [...items, inner.whole] }, path: [items.length, ...inner.path] };
  }
  const entries = whole?.kind === 'map' ? whole.entries : [];
  const inner = put(entries.findLast(({ key }) => key === step)?.value, below, value);
  const others = entries.filter(({ key }) => key !== step);
  return {
    whole: { kind: 'map', entries: [...others, { key: step, value: inner.whole }] },
    path: [step, ...inner.path],
  };
}
