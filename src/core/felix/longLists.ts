import { felixParserIn, type Field } from './fields.ts';
import type { FelixFinding } from './findings.ts';
import type { Schema } from './schema.ts';
import { formatVersion, type CalicoVersion } from './versions.ts';
import type { YamlList, YamlValue } from './yamlValue.ts';

/** Felix's parsers that look at each item of a list by itself (judges/parameter.ts). */
const itemByItem: ReadonlySet<string> = new Set(['cidr-list', 'iface-filter-slice', 'port-list']);

/** A key, in a version. */
interface KeyOf {
  readonly field: Field;
  readonly version: CalicoVersion;
}

type Judge = (value: YamlValue) => readonly FelixFinding[];

export type PartedList = YamlList & { readonly parts: readonly YamlList[] };

/** Whether a list can be judged by its parts: it has some, and no rule counts its items or adds them up. */
export function isPartedList(
  value: YamlValue,
  { maxItems }: Schema,
  field: Field,
  version: CalicoVersion,
): value is PartedList {
  const parser = felixParserIn(field, version)?.kind;
  if (value.kind !== 'list' || value.parts === undefined || maxItems !== undefined) return false;
  return parser === undefined || itemByItem.has(parser);
}

/** In which parts of lists nothing was found, as values of which key in which version. */
const cleanAs = new WeakMap<YamlList, Set<string>>();

/** Judges a long list without its parts in which nothing was found before: after an edit these are nearly all. */
export function judgePartedList(
  { parts, items }: PartedList,
  as: KeyOf,
  judgeWhole: Judge,
): readonly FelixFinding[] {
  const judge = items.length > 1 ? amongOthers(judgeWhole) : judgeWhole;
  const suspects: YamlValue[] = [];
  const indexes: number[] = [];
  let first = 0;
  for (const part of parts) {
    if (!isClean(part, as, judge)) {
      suspects.push(...part.items);
      indexes.push(...part.items.map((_, index) => first + index));
    }
    first += part.items.length;
  }
  if (suspects.length === 0) return [];
  return judge(listOf(suspects)).map((found) => atIndex(found, indexes));
}

type JudgeItems = (list: YamlList) => readonly FelixFinding[];

/** One item by itself may mean something else than among others, as `none` does. */
function amongOthers(judge: Judge): JudgeItems {
  return (list) => {
    const [item, ...others] = list.items;
    if (item === undefined || others.length > 0) return judge(list);
    return judge(listOf([item, item])).filter(({ path }) => path[0] !== 1);
  };
}

function listOf(items: readonly YamlValue[]): YamlList {
  return { kind: 'list', items };
}

function isClean(part: YamlList, { field, version }: KeyOf, judge: JudgeItems): boolean {
  const as = `${field.name} ${formatVersion(version)}`;
  if (cleanAs.get(part)?.has(as) === true) return true;
  const isPlain = field.type === 'CIDR list' && part.items.every(isIpv4Network);
  if (!isPlain && judge(part).length > 0) return false;
  cleanAs.set(part, (cleanAs.get(part) ?? new Set()).add(as));
  return true;
}

const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4Network = new RegExp(`^${byte}(?:\\.${byte}){3}(?:/(?:3[0-2]|[12]?\\d))?$`);

/** What every key that takes CIDRs takes, whoever judges it: long lists are mostly of these. */
function isIpv4Network(item: YamlValue): boolean {
  return item.kind === 'string' && ipv4Network.test(item.value);
}

function atIndex(found: FelixFinding, indexes: readonly number[]): FelixFinding {
  const moved = ([index, ...rest]: FelixFinding['path']) =>
    typeof index === 'number' ? [indexes[index] ?? index, ...rest] : [];
  const { path, fix } = found;
  return { ...found, path: moved(path), fix: fix?.kind === 'add' ? { ...fix, path: moved(fix.path) } : fix };
}
