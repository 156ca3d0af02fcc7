import { schemaIn, type Field } from './fields.ts';
import { finding, inItems, within, type FelixFinding, type Fix, type Path } from './findings.ts';
import { judgeByCelRules } from './judges/cel.ts';
import { judgeByDecoding } from './judges/decode.ts';
import { judgeByFelix } from './judges/felix.ts';
import { judgeByServer, replaceBy, type Judged } from './judges/server.ts';
import { judgeByValidator } from './judges/validator.ts';
import { isPartedList, judgePartedList } from './longLists.ts';
import { readReplacement, replacedAt } from './replacement.ts';
import type { Schema } from './schema.ts';
import { compareVersions, formatVersion, parseVersion, type CalicoVersion } from './versions.ts';
import type { YamlValue } from './yamlValue.ts';

/**
 * What becomes of one key's value: first the API server with the CRD of that version, then Calico's Go types,
 * Felix's parser and the validator of calicoctl. The first that stumbles is told, with paths into the value.
 */
export function judgeValue(field: Field, value: YamlValue, version: CalicoVersion): readonly FelixFinding[] {
  const judged: Judged = { field, version };
  const schema = schemaIn(field, version);
  if (schema === undefined) return [notInVersion(judged)];
  const judge = (part: YamlValue) =>
    judgeBySteps(schema, part, judged).map((each) => withSoundFix(each, part, { schema, judged }));
  return isPartedList(value, schema, field, version) ? judgePartedList(value, judged, judge) : judge(value);
}

function judgeBySteps(schema: Schema, value: YamlValue, judged: Judged): readonly FelixFinding[] {
  // The server drops a null of a key.
  if (value.kind === 'null') return [];
  const steps = [
    () => judgeByServer(schema, value, judged),
    () => judgeByCelRules(value, judged),
    () => judgeByDecoding(judged.field, value),
    () => judgeByFelix(value, judged),
    () => judgeByValidator(value, judged),
  ];
  for (const step of steps) {
    const findings = step();
    if (findings.length > 0) return findings;
  }
  return octals(value);
}

/** Leaves out a fix that would only lead to the next complaint about the value. */
function withSoundFix(
  found: FelixFinding,
  value: YamlValue,
  { schema, judged }: { readonly schema: Schema; readonly judged: Judged },
): FelixFinding {
  const { fix, path } = found;
  if (fix?.kind !== 'replace') return found;
  const replacement = readReplacement(fix.replacement);
  if (replacement === undefined) return { ...found, fix: undefined };
  const [step, ...below] = path;
  const item = value.kind === 'list' && typeof step === 'number' ? value.items[step] : undefined;
  // Of a list only the item is judged again: there may be as many fixes as items.
  const around = item === undefined ? value : ({ kind: 'list', items: [item] } as const);
  const at = item === undefined ? path : [0, ...below];
  const left = judgeBySteps(schema, replacedAt(around, at, replacement), judged);
  const isSound = left.every((each) => each.verdict === 'advice' || !areNested(each.path, at));
  return isSound ? found : { ...found, fix: undefined };
}

function areNested(a: Path, b: Path): boolean {
  return a.every((step, index) => index >= b.length || step === b[index]);
}

/** Numbers that YAML 1.1 reads in another base than most people do. */
function octals(value: YamlValue): readonly FelixFinding[] {
  if (value.kind === 'list') return inItems(value.items, octals);
  if (value.kind === 'map')
    return value.entries.flatMap((entry) => octals(entry.value).map((inner) => within(entry.key, inner)));
  if (value.kind !== 'int' || !/^[-+]?0\d/.test(value.source)) return [];
  const decimal = value.source.replace(/^([-+]?)0+(?=\d)/, '$1');
  if (String(value.value) === decimal.replace('+', '')) return [];
  const message = `Kubernetes reads \`${value.source}\`, because of the 0 in front, as the octal number ${value.value}.`;
  return [finding({ code: 'yaml-number', verdict: 'advice', message, fix: replaceBy(decimal) })];
}

/** The key exists, and not in this version. */
function notInVersion({ field, version }: Judged): FelixFinding {
  const { name, removedAfter, since, replacement } = field;
  const last = removedAfter === undefined ? undefined : parseVersion(removedAfter);
  const gone = last !== undefined && compareVersions(last, version) < 0;
  const instead = replacement === undefined ? '' : ` Use ${replacement} instead.`;
  const message = gone
    ? `${removedAfter} was the last Calico with ${name}; ${formatVersion(version)} refuses it.${instead}`
    : `${name} comes with Calico ${since}; ${formatVersion(version)} refuses it.`;
  return finding({
    code: gone ? 'removed' : 'not-yet',
    verdict: 'refused',
    message,
    at: 'key',
    fix: otherKey(field, gone),
  });
}

/** What a version no longer has can only go, unless another key took its place. */
function otherKey({ name, replacement }: Field, gone: boolean): Fix | undefined {
  if (replacement !== undefined)
    return { kind: 'rename', title: `Rename to ${replacement}`, key: replacement };
  return gone ? { kind: 'remove', title: `Remove ${name}` } : undefined;
}
