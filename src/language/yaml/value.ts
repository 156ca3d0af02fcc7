import { readKey } from '../../core/felix/scalar.ts';
import type { YamlEntry, YamlList, YamlMap, YamlScalar, YamlValue } from '../../core/felix/yamlValue.ts';
import { entryOf } from '../../core/felix/yamlValue.ts';
import { pairsOf, resolved } from './node.ts';
import type { ListNode, MapNode, Node, PairNode } from './node.ts';

/** A map or list as the API server reads it, and the way back from each of its values to where it stands. */
export interface Reading<T extends YamlValue = YamlValue> {
  readonly value: T;
  /** Whether something was left out because a template makes it. */
  readonly partial: boolean;
  /** Whether aliases blow the document up beyond what any reader takes. */
  readonly excessive: boolean;
  locate(path: readonly (string | number)[]): Place;
}

/** Where a path leads: the pair or list item at its end, or at the end of the part of it that exists. */
export interface Place {
  readonly pair: PairNode | undefined;
  readonly node: Node;
  /** The node around it. */
  readonly parent: Node | undefined;
  /** Whether the whole path exists. */
  readonly exact: boolean;
}

/** A FelixConfiguration has some hundred values; what has more than this is built of aliases to aliases. */
const maxValues = 100_000;

export function readMap(node: MapNode): Reading<YamlMap> {
  return new Reader(node, (reader) => reader.readMap(node));
}

export function readList(node: ListNode): Reading<YamlList> {
  return new Reader(node, (reader) => reader.readList(node));
}

class Reader<T extends YamlValue> implements Reading<T> {
  readonly value: T;
  partial = false;
  readonly #node: Node;
  readonly #nodes = new Map<YamlValue, Node>();
  readonly #pairs = new Map<YamlEntry, PairNode>();
  #left = maxValues;

  constructor(node: Node, read: (reader: Reader<T>) => T) {
    this.#node = node;
    this.value = read(this);
  }

  get excessive(): boolean {
    return this.#left <= 0;
  }

  locate(path: readonly (string | number)[]): Place {
    let place: Place = { pair: undefined, node: this.#node, parent: undefined, exact: true };
    let value: YamlValue | undefined = this.value;
    for (const step of path) {
      const entry: YamlEntry | undefined = typeof step === 'string' ? entryAt(value, step) : undefined;
      value = entry === undefined ? itemAt(value, step) : entry.value;
      if (value === undefined) return { ...place, exact: false };
      const pair = entry && this.#pairs.get(entry);
      place = {
        pair,
        node: pair?.value ?? this.#nodes.get(value) ?? place.node,
        parent: place.node,
        exact: true,
      };
    }
    return place;
  }

  readMap(node: MapNode): YamlMap {
    const entries: YamlEntry[] = [];
    for (const pair of pairsOf(node)) {
      const value = pair.key.templated ? undefined : this.#value(pair.value);
      if (value === undefined) continue;
      const entry = { key: readKey(pair.key.text, pair.key.style), value };
      this.#pairs.set(entry, pair);
      entries.push(entry);
    }
    return this.#keep({ kind: 'map', entries }, node);
  }

  readList(node: ListNode): YamlList {
    const items = node.items.map((item) => this.#value(item)).filter((item) => item !== undefined);
    return this.#keep({ kind: 'list', items }, node);
  }

  /** `undefined` when a template makes the value, or there are too many. */
  #value(node: Node): YamlValue | undefined {
    this.#left--;
    const found = resolved(node);
    if (found === undefined || this.#left <= 0) return undefined;
    if (found.kind === 'map') return this.readMap(found);
    if (found.kind === 'list') return this.readList(found);
    if (found.templated) this.partial = true;
    // A copy, since an aliased scalar may stand in several places.
    return found.templated ? undefined : this.#keep<YamlScalar>({ ...found.value }, found);
  }

  #keep<T extends YamlValue>(value: T, node: Node): T {
    this.#nodes.set(value, node);
    return value;
  }
}

function entryAt(value: YamlValue | undefined, key: string): YamlEntry | undefined {
  if (value?.kind !== 'map' || entryOf(value, key) === undefined) return undefined;
  return value.entries.findLast((entry) => entry.key === key);
}

function itemAt(value: YamlValue | undefined, step: string | number): YamlValue | undefined {
  return value?.kind === 'list' && typeof step === 'number' ? value.items[step] : undefined;
}
