import { readKey } from '../../core/felix/scalar.ts';
import type { YamlEntry, YamlList, YamlMap, YamlValue } from '../../core/felix/yamlValue.ts';
import { pairsOf, resolved } from './node.ts';
import type { ListNode, ListPart, MapNode, Node } from './node.ts';
import { placeIn } from './place.ts';
import type { Place } from './place.ts';

/** A map or list as the API server reads it, and the way back from each of its values to where it stands. */
export interface Reading<T extends YamlValue = YamlValue> {
  readonly value: T;
  /** Whether something was left out because a template makes it. */
  readonly partial: boolean;
  /** Whether aliases blow the document up beyond what any reader takes. */
  readonly excessive: boolean;
  locate(path: readonly (string | number)[]): Place;
}

/** A FelixConfiguration has some hundred values; what has more than this is built of aliases to aliases. */
const maxValues = 100_000;

export function readMap(node: MapNode): Reading<YamlMap> {
  return read(node, (reader) => reader.readMap(node));
}

export function readList(node: ListNode): Reading<YamlList> {
  return read(node, (reader) => reader.readList(node));
}

function read<T extends YamlValue>(node: Node, by: (reader: Reader) => T): Reading<T> {
  const reader = new Reader();
  const value = by(reader);
  const { partial, left } = reader;
  return { value, partial, excessive: left <= 0, locate: (path) => placeIn(node, path) };
}

/** A part of a list outlives many edits, and what it was read as is what its judgement is remembered by. */
const readParts = new WeakMap<ListPart, { readonly value: YamlList; readonly reader: Reader }>();

class Reader {
  partial = false;
  left = maxValues;

  readMap(node: MapNode): YamlMap {
    const entries: YamlEntry[] = [];
    for (const { key, value: inner } of pairsOf(node)) {
      const value = key.templated ? undefined : this.#value(inner);
      if (value !== undefined) entries.push({ key: readKey(key.text, key.style), value });
    }
    return { kind: 'map', entries };
  }

  readList(node: ListNode): YamlList {
    if (node.parts === undefined) return this.#items(node.items);
    const parts = node.parts.map(({ part }) => this.#part(part));
    return { kind: 'list', items: parts.flatMap(({ items }) => items), parts };
  }

  #part(part: ListPart): YamlList {
    let read = readParts.get(part);
    if (read === undefined) {
      const reader = new Reader();
      read = { value: reader.#valuesOf(part), reader };
      readParts.set(part, read);
    }
    this.left -= maxValues - read.reader.left;
    this.partial ||= read.reader.partial;
    return read.value;
  }

  #valuesOf(part: ListPart): YamlList {
    const { values } = part;
    if (values === undefined) return this.#items(part.items);
    this.left -= values.length;
    return { kind: 'list', items: values };
  }

  #items(items: readonly Node[]): YamlList {
    const values = items.map((item) => this.#value(item));
    return { kind: 'list', items: values.filter((value) => value !== undefined) };
  }

  /** `undefined` when a template makes the value, or there are too many. */
  #value(node: Node): YamlValue | undefined {
    this.left--;
    const found = resolved(node);
    if (found === undefined || this.left <= 0) return undefined;
    if (found.kind === 'map') return this.readMap(found);
    if (found.kind === 'list') return this.readList(found);
    if (found.templated) this.partial = true;
    return found.templated ? undefined : found.value;
  }
}
