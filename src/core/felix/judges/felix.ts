import { defaultIn, felixParserIn, type FelixParser } from '../fields.ts';
import { finding, within, type FelixFinding } from '../findings.ts';
import { parseDuration } from '../syntax/duration.ts';
import { compareVersions, parseVersion } from '../versions.ts';
import { entryOf, type YamlList, type YamlMap, type YamlValue } from '../yamlValue.ts';
import { parameterError } from './parameter.ts';
import type { Judged } from './server.ts';

/** What Felix makes of a value that it can read: it takes it, uses its default instead, or stops. */
export function judgeByFelix(value: YamlValue, judged: Judged): readonly FelixFinding[] {
  const parser = parserOf(judged);
  const text = parser === undefined ? '' : toParameter(value, parser);
  // An empty text counts as nothing said.
  if (parser === undefined || text === '') return [];
  if (text.toLowerCase() === 'none') return parser.nonZero === true ? [noneRefused(judged)] : [];
  const wrong = parameterError(parser, text);
  if (wrong === undefined) return [];
  if (judged.field.type === 'port range list') return [lostInConversion(judged)];
  if (value.kind === 'map' && judged.field.type === 'map of strings')
    return commaFindings(value, wrong, judged);
  const tell = (what: string) => (parser.dieOnFail === true ? stops(what) : replaced(what, judged));
  return [(value.kind === 'list' ? atItem(value, parser, tell) : undefined) ?? tell(wrong)];
}

/** The same at the first item that is wrong by itself; `undefined` when only all together are. */
function atItem(
  { items }: YamlList,
  parser: FelixParser,
  tell: (wrong: string) => FelixFinding,
): FelixFinding | undefined {
  for (const [index, item] of items.entries()) {
    const wrong = parameterError(parser, listParameter([item], parser));
    if (wrong !== undefined) return within(index, tell(wrong));
  }
  return undefined;
}

/** The parser of that version: a value that Felix learnt later is none of its options yet. */
function parserOf({ field, version }: Judged): FelixParser | undefined {
  const parser = felixParserIn(field, version);
  const later = field.values.filter((value) => {
    const since = parseVersion(value.felixSince ?? value.since ?? '');
    return since !== undefined && compareVersions(since, version) > 0;
  });
  if (parser?.options === undefined || later.length === 0) return parser;
  const unknown = new Set(later.map(({ value }) => value.toLowerCase()));
  return { ...parser, options: parser.options.filter((option) => !unknown.has(option.toLowerCase())) };
}

/**
 * The text that a value of the resource becomes on its way to Felix
 * (libcalico-go/lib/backend/syncersv1/updateprocessors/configurationprocessor.go and felixconfigprocessor.go).
 */
function toParameter(value: YamlValue, parser: FelixParser): string {
  switch (value.kind) {
    case 'null':
      return '';
    case 'bool':
    case 'int':
    case 'float':
      return String(value.value);
    case 'string':
      return parser.kind === 'seconds' || parser.kind === 'millis'
        ? String((parseDuration(value.value) ?? 0) / (parser.kind === 'seconds' ? 1e9 : 1e6))
        : value.value;
    case 'list':
      return listParameter(value.items, parser);
    case 'map':
      return parser.kind === 'route-table-range'
        ? `${textOf(value, 'min')}-${textOf(value, 'max')}`
        : value.entries.map((entry) => `${entry.key}=${scalarText(entry.value)},`).join('');
  }
}

function listParameter(items: readonly YamlValue[], parser: FelixParser): string {
  switch (parser.kind) {
    case 'port-list':
      return items.length === 0 ? 'none' : items.map(failsafeText).join(',');
    case 'route-table-ranges':
      return items
        .map((item) => (item.kind === 'map' ? `${textOf(item, 'min')}-${textOf(item, 'max')}` : ''))
        .join(',');
    case 'keydurationlist':
      return items
        .map((item) => (item.kind === 'map' ? `${textOf(item, 'name')}=${textOf(item, 'timeout')}` : ''))
        .join(',');
    case 'portrange-list':
      // No converter knows this list, so Go's own way to print it is what Felix gets.
      return `[${items.map(scalarText).join(' ')}]`;
    default:
      return items.map(scalarText).join(',');
  }
}

function failsafeText(item: YamlValue): string {
  if (item.kind !== 'map') return '';
  const net = textOf(item, 'net');
  const protocol = textOf(item, 'protocol').toLowerCase();
  const middle = net === '' ? '' : `${net.includes(':') ? `[${net}]` : net}:`;
  return `${protocol}:${middle}${textOf(item, 'port')}`;
}

function textOf(map: YamlMap, key: string): string {
  const value = entryOf(map, key);
  return value === undefined ? '' : scalarText(value);
}

function scalarText(value: YamlValue): string {
  return value.kind === 'list' || value.kind === 'map' || value.kind === 'null' ? '' : String(value.value);
}

function replaced(wrong: string, { field, version }: Judged): FelixFinding {
  const standard = defaultIn(field, version);
  const instead =
    standard === undefined || standard === null ? 'its default' : `its default ${asText(standard)}`;
  const message = `Felix does not use this value: ${wrong}. It warns and uses ${instead} instead.`;
  return finding({ code: 'unusable', verdict: 'replaced', message });
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A map becomes one line of `key=value,` pairs, which a comma in a value breaks. */
function commaFindings(map: YamlMap, wrong: string, judged: Judged): readonly FelixFinding[] {
  const culprit = map.entries.find(({ value }) => scalarText(value).includes(','));
  if (culprit === undefined) return [replaced(wrong, judged)];
  return [within(culprit.key, replaced('a comma ends the value on its way to Felix', judged))];
}

function stops(wrong: string): FelixFinding {
  const message = `Felix cannot start with this value: ${wrong}. The API server accepts it all the same.`;
  return finding({ code: 'unusable', verdict: 'error', message });
}

function noneRefused({ field }: Judged): FelixFinding {
  const message = `Felix cannot start with this value: ${field.name} cannot be switched off with “none”.`;
  return finding({ code: 'unusable', verdict: 'error', message });
}

function lostInConversion({ field, version }: Judged): FelixFinding {
  const standard = asText(defaultIn(field, version));
  const message =
    `Felix never sees this list: it is lost on the way from the resource to Felix, which warns and uses ${standard}. ` +
    `Set the environment variable FELIX_${(field.parameter ?? '').toUpperCase()} of calico-node instead.`;
  return finding({ code: 'unusable', verdict: 'replaced', message });
}
