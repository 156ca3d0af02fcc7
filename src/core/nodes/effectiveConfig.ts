/**
 * Felix's effective configuration as its log prints it at every start: `config=&config.Config{BPFEnabled:true, …}`,
 * a Go value in `%#v` (felix/daemon/daemon.go, “Successfully loaded configuration.”).
 */
import { startOfFelix } from './felixLog.ts';

/** Where a raw value of the configuration came from; the later ones win. */
export type ConfigSource =
  | 'default FelixConfiguration'
  | 'FelixConfiguration with a node selector'
  | 'FelixConfiguration of the node'
  | 'file'
  | 'environment';

export interface EffectiveConfig {
  /** Parameters by Felix's own names (`BPFLogLevel`), values as Go prints them, texts without their quotes. */
  readonly values: ReadonlyMap<string, string>;
  /** What each source asked for, verbatim; names from the environment are in lower case. */
  readonly sources: ReadonlyMap<ConfigSource, ReadonlyMap<string, string>>;
}

const head = 'config=&config.Config{';

/** The configuration of the current start; `undefined` when the log does not reach back to it. */
export function readEffectiveConfig(log: string, start = startOfFelix(log)): EffectiveConfig | undefined {
  const at = log.indexOf(head, start);
  if (at === -1) return undefined;
  const end = log.indexOf('\n', at);
  const fields = readFields(log.slice(at + head.length, end === -1 ? undefined : end));
  const values = new Map([...fields].map(([name, value]) => [name, unquote(value)]));
  return { values, sources: readSources(fields.get('sourceToRawConfig') ?? '') };
}

/** The parts of a composite value by name, up to its closing brace. */
function readFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const stop = endOfPart(text, at);
    const part = text.slice(at, stop).trim();
    const colon = part.startsWith('"') ? part.indexOf(':', part.indexOf('"', 1)) : part.indexOf(':');
    if (colon !== -1) fields.set(unquote(part.slice(0, colon)), part.slice(colon + 1));
    if (text[stop] !== ',') break;
    at = stop + 1;
  }
  return fields;
}

/** Where a part ends: at its comma, or at the brace that closes the whole. */
function endOfPart(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '(') depth++;
    else if (depth === 0 && (character === ',' || character === '}')) return at;
    else if (character === '}' || character === ')') depth--;
  }
  return text.length;
}

/** Where the quote stands that ends a string. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** In the order in which they are printed; node selectors came with v3.32. */
const sources: readonly ConfigSource[] = [
  'default FelixConfiguration',
  'FelixConfiguration with a node selector',
  'FelixConfiguration of the node',
  'file',
  'environment',
];
const sourcesBeforeSelectors = sources.filter(
  (source) => source !== 'FelixConfiguration with a node selector',
);

function readSources(text: string): EffectiveConfig['sources'] {
  const maps = [...readFields(bodyOf(text)).values()].map((value) => readFields(bodyOf(value)));
  const order = [sources, sourcesBeforeSelectors].find(({ length }) => length === maps.length) ?? [];
  return new Map(
    order.map((source, index) => [
      source,
      new Map([...(maps[index] ?? [])].map(([name, value]) => [name, unquote(value)])),
    ]),
  );
}

/** What stands in the braces of `map[…]…{…}`. */
function bodyOf(text: string): string {
  return text.slice(text.indexOf('{') + 1);
}

function unquote(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return text;
  return text.slice(1, -1).replaceAll(/\\(["\\])/g, '$1');
}
