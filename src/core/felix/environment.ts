import { defaultIn, existsIn, felixParserIn, fields, type Field } from './fields.ts';
import { finding, type FelixFinding } from './findings.ts';
import { parameterError } from './judges/parameter.ts';
import { replaceBy } from './judges/server.ts';
import { findNearest } from './nearest.ts';
import { parseDuration } from './syntax/duration.ts';
import { formatVersion, type CalicoVersion } from './versions.ts';

const prefix = /^FELIX_/i;

const byParameter: ReadonlyMap<string, Field> = new Map(
  [...fields.values()].flatMap((field) =>
    field.parameter === undefined ? [] : [[field.parameter.toLowerCase(), field] as const],
  ),
);

/** Parameters that no FelixConfiguration can set: where the datastore and Typha are, and how to reach them. */
const localParameters: ReadonlySet<string> = new Set(
  (
    'datastoretype felixhostname etcdaddr etcdscheme etcdkeyfile etcdcertfile etcdcafile etcdendpoints typhaaddr ' +
    'typhak8snamespace typhak8sservicename typhareadtimeout typhawritetimeout typhakeyfile typhacertfile typhacafile ' +
    'typhacn typhaurisan loadclientconfigfromenvironment debugbpfcgroupv2 debugbpfmaprepinenabled ' +
    'debugpanicafter debugsimulatedataraceonerror kubemasqueradebit enablenflogsize'
  ).split(' '),
);

/** The key of a parameter by Felix's own name of it, in any case. */
export function fieldOfParameter(parameter: string): Field | undefined {
  return byParameter.get(parameter.toLowerCase());
}

/** The key that a `FELIX_…` environment variable sets; case does not matter (felix/config/env_var_loader.go). */
export function fieldOfVariable(name: string): Field | undefined {
  return prefix.test(name) ? fieldOfParameter(name.replace(prefix, '')) : undefined;
}

/** The usual spelling of a key's environment variable: `FELIX_BPFENABLED`. */
export function variableOf(field: Field): string | undefined {
  return field.parameter === undefined ? undefined : `FELIX_${field.parameter.toUpperCase()}`;
}

/** Judges an environment variable of a calico-node container, whose syntax is not that of YAML. */
export function judgeEnvironment(
  name: string,
  value: string,
  version: CalicoVersion,
): readonly FelixFinding[] {
  if (!prefix.test(name)) return [];
  const field = fieldOfVariable(name);
  if (field === undefined) return unknownVariable(name);
  if (!existsIn(field, version)) {
    const message = `Calico ${formatVersion(version)} does not know ${field.name}, so Felix ignores this variable.`;
    return [finding({ code: 'no-effect', verdict: 'ignored', message, at: 'key' })];
  }
  const parser = felixParserIn(field, version);
  if (parser === undefined || value === '') return [];
  if (value.toLowerCase() === 'none')
    return parser.nonZero === true ? [stops(`${field.name} cannot be switched off with “none”`)] : [];
  const wrong = parameterError(parser, value);
  if (wrong === undefined) return [];
  return [parser.dieOnFail === true ? stops(wrong) : replaced(field, wrong, { value, version })];
}

function unknownVariable(name: string): readonly FelixFinding[] {
  const field = nearestParameter(name.replace(prefix, ''));
  const variable = field === undefined ? undefined : variableOf(field);
  if (variable === undefined) return [];
  const message = `Felix has no parameter of this name; ${variable} is near.`;
  const fix = { kind: 'rename', title: `Rename to ${variable}`, key: variable } as const;
  return [finding({ code: 'unknown-key', verdict: 'ignored', message, at: 'key', fix })];
}

/** The key that a parameter's name may mean which Felix does not know. */
export function nearestParameter(parameter: string): Field | undefined {
  if (localParameters.has(parameter.toLowerCase())) return undefined;
  const meant = findNearest(parameter.toLowerCase(), byParameter.keys());
  return meant === undefined ? undefined : byParameter.get(meant);
}

function stops(wrong: string): FelixFinding {
  return finding({
    code: 'unusable',
    verdict: 'error',
    message: `Felix cannot start with this value: ${wrong}.`,
  });
}

interface Written {
  readonly value: string;
  readonly version: CalicoVersion;
}

function replaced(field: Field, wrong: string, { value, version }: Written): FelixFinding {
  const standard = defaultIn(field, version);
  const instead =
    standard === undefined || standard === null
      ? 'the default'
      : `the default ${typeof standard === 'string' ? standard : JSON.stringify(standard)}`;
  const hint = hintFor(field, value);
  const message = `Felix does not use this value: ${wrong}.${hint?.message ?? ''} It uses ${instead}.`;
  return finding({ code: 'unusable', verdict: 'replaced', message, fix: hint?.fix });
}

interface Hint {
  readonly message: string;
  readonly fix: FelixFinding['fix'];
}

/** Durations are plain numbers here, unlike in the resource, and booleans are fewer words than in YAML. */
function hintFor(field: Field, value: string): Hint | undefined {
  if (field.type === 'boolean') {
    const word = booleans.get(value.toLowerCase());
    return word === undefined ? undefined : { message: '', fix: replaceBy(word) };
  }
  if (field.type !== 'duration') return undefined;
  const isSeconds = field.felix?.kind === 'seconds';
  const nanoseconds = parseDuration(value);
  const number = nanoseconds === undefined ? undefined : String(nanoseconds / (isSeconds ? 1e9 : 1e6));
  const message = ` In the environment it is a number of ${isSeconds ? 'seconds' : 'milliseconds'}`;
  if (number === undefined) return { message: `${message}.`, fix: undefined };
  return { message: `${message}: ${number}.`, fix: replaceBy(number) };
}

const booleans: ReadonlyMap<string, string> = new Map([
  ['on', 'true'],
  ['enabled', 'true'],
  ['off', 'false'],
  ['disabled', 'false'],
]);
