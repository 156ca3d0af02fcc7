import data from './fields.data.json' with { type: 'json' };
import { fieldProse } from './prose/prose.ts';
import type { Schema } from './schema.ts';
import {
  changeInForce,
  compareVersions,
  oldestVersion,
  parseVersion,
  type CalicoVersion,
  type Change,
} from './versions.ts';

/**
 * One key of a FelixConfiguration's spec and all that is known of it, of every version from v3.22 to master
 * (api/pkg/apis/projectcalico/v3/felixconfig.go, the CRDs, and felix/config/config_params.go).
 */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** What it is about in a few words, short enough for the row of a completion; else what it belongs to. */
  readonly gist: string;
  /** One line: what it is. */
  readonly summary: string;
  /** What it does and what follows from it, in two sentences. */
  readonly description: string;
  /** Felix's own name of it, in environment variables, the configuration file and annotations. */
  readonly parameter: string | undefined;
  readonly category: string;
  readonly dataplanes: readonly Dataplane[];
  /** The one dataplane or table back end that reads it. */
  readonly exclusiveTo: string | undefined;
  readonly format: string | undefined;
  readonly unit: string | undefined;
  /** What Felix uses when nothing is said, in newestVersion; see defaultIn(). */
  readonly default: Json | undefined;
  /** Where the default comes from when it is not a constant: `derived`, `auto-detected`, … and how. */
  readonly defaultKind: string | undefined;
  readonly defaultHow: string | undefined;
  readonly defaultHistory: readonly DefaultChange[];
  /** What installations set it to besides, and whether that outranks the resource. */
  readonly setBy: readonly SetBy[];
  /** The allowed values of an enumeration, of all versions; see valuesIn(). */
  readonly values: readonly FieldValue[];
  /** The CRD's schema of the key by version; `false` where it is gone. */
  readonly schemas: readonly SchemaChange[];
  /** How Felix parses it; absent for what is no parameter of Felix. */
  readonly felix: FelixParser | undefined;
  readonly felixNext: FelixParser | undefined;
  /** What calicoctl and the Calico API server check besides. */
  readonly validator: FieldValidator | undefined;
  readonly validatorNext: FieldValidator | undefined;
  readonly restart: boolean;
  readonly deprecated: boolean;
  readonly deprecationNote: string | undefined;
  readonly deprecatedValues: Readonly<Record<string, string>>;
  /** The key to use instead. */
  readonly replacement: string | undefined;
  /** The first version that has it; `undefined` when it is older than v3.22. */
  readonly since: string | undefined;
  /** The last version that has it. */
  readonly removedAfter: string | undefined;
  readonly related: readonly string[];
  /** Short facts that a reader of the key wants to know. */
  readonly notes: readonly string[];
  /** The parts of an object, or of the items of a list. */
  readonly fields: readonly SubField[];
}

export type FieldType =
  | 'boolean'
  | 'enum'
  | 'string'
  | 'integer'
  | 'integer or string'
  | 'duration'
  | 'port range'
  | 'port range list'
  | 'CIDR list'
  | 'string list'
  | 'list of objects'
  | 'object'
  | 'map of strings';

export type Dataplane = 'iptables' | 'nftables' | 'bpf' | 'windows';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface DefaultChange extends Change {
  readonly old?: Json;
  readonly new?: Json;
}

export interface SchemaChange extends Change {
  readonly schema: Schema | false;
}

export interface SetBy {
  readonly by: string;
  readonly value: string;
  readonly when: string;
  readonly masks?: boolean;
}

export interface FieldValue {
  readonly value: string;
  /** What it does. */
  readonly meaning: string | undefined;
  readonly since: string | undefined;
  /** The first version whose Felix knows it, when that came after the API did. */
  readonly felixSince: string | undefined;
  /** The last version whose API lists it. */
  readonly until: string | undefined;
}

/** A parameter's tag in felix/config/config_params.go. */
export interface FelixParser {
  readonly kind: string;
  readonly default?: string;
  readonly options?: readonly string[];
  readonly nonZero?: boolean;
  /** An invalid value stops Felix; else the default takes its place. */
  readonly dieOnFail?: boolean;
  readonly min?: number;
  readonly max?: number;
}

/** A field's `validate` tag and its check in libcalico-go/lib/validator/v3/validator.go. */
export interface FieldValidator {
  readonly oneof?: readonly string[];
  /** The Go type is a pointer, so that an empty text is checked too. */
  readonly pointer?: boolean;
  readonly check?: string;
  readonly min?: number;
  readonly max?: number;
}

export interface SubField {
  readonly name: string;
  /** What it is, in a sentence. */
  readonly description: string | undefined;
  readonly type?: string;
  readonly required?: boolean;
  readonly default?: string;
  readonly unit?: string;
  readonly values?: readonly string[];
  /** The kernel setting that `Auto` takes its value from. */
  readonly autoSysctl?: string;
  readonly notes?: readonly string[];
}

type Facts = Omit<Field, 'gist' | 'summary' | 'description' | 'values' | OptionalFact> &
  Partial<Pick<Field, OptionalFact>> & { readonly values?: readonly Omit<FieldValue, 'meaning'>[] };

type OptionalFact =
  | 'parameter'
  | 'exclusiveTo'
  | 'format'
  | 'unit'
  | 'default'
  | 'defaultKind'
  | 'defaultHow'
  | 'defaultHistory'
  | 'setBy'
  | 'felix'
  | 'felixNext'
  | 'validator'
  | 'validatorNext'
  | 'restart'
  | 'deprecated'
  | 'deprecationNote'
  | 'deprecatedValues'
  | 'replacement'
  | 'since'
  | 'removedAfter'
  | 'related'
  | 'notes'
  | 'fields';

const absent: Pick<Field, OptionalFact> = {
  parameter: undefined,
  exclusiveTo: undefined,
  format: undefined,
  unit: undefined,
  default: undefined,
  defaultKind: undefined,
  defaultHow: undefined,
  defaultHistory: [],
  setBy: [],
  felix: undefined,
  felixNext: undefined,
  validator: undefined,
  validatorNext: undefined,
  restart: true,
  deprecated: false,
  deprecationNote: undefined,
  deprecatedValues: {},
  replacement: undefined,
  since: undefined,
  removedAfter: undefined,
  related: [],
  notes: [],
  fields: [],
};

/** Every key of every version, by name. */
export const fields: ReadonlyMap<string, Field> = new Map(
  // The shape of the data is checked by test/core/felix/fields.test.ts.
  (data as unknown as readonly Facts[]).map((facts) => [facts.name, toField(facts)]),
);

/** The page that documents the keys. */
export const documentationUrl = 'https://docs.tigera.io/calico/latest/reference/resources/felixconfig';

/** The schema that the CRD of a version has for a key; `undefined` where that version does not know the key. */
export function schemaIn(field: Field, version: CalicoVersion): Schema | undefined {
  return changeInForce(field.schemas, atLeastOldest(version))?.schema || undefined;
}

export function existsIn(field: Field, version: CalicoVersion): boolean {
  return schemaIn(field, version) !== undefined;
}

/** The keys that a version has, in the order of the alphabet. */
export function fieldsIn(version: CalicoVersion): readonly Field[] {
  return [...fields.values()].filter((field) => existsIn(field, version));
}

/** What Felix uses in a version when nothing is said. */
export function defaultIn(field: Field, version: CalicoVersion): Json | undefined {
  const change = changeInForce(field.defaultHistory, version);
  if (change !== undefined) return change.new;
  const first = field.defaultHistory[0];
  return first === undefined ? field.default : first.old;
}

/** The allowed values that the API or Felix knows in a version. */
export function valuesIn(field: Field, version: CalicoVersion): readonly FieldValue[] {
  return field.values.filter(({ since, until }) => {
    const from = since === undefined ? undefined : parseVersion(since);
    const to = until === undefined ? undefined : parseVersion(until);
    if (from !== undefined && compareVersions(from, version) > 0) return false;
    return to === undefined || compareVersions(to, version) >= 0;
  });
}

/** How the Felix of a version parses the key. */
export function felixParserIn(field: Field, version: CalicoVersion): FelixParser | undefined {
  return isNext(version) ? (field.felixNext ?? field.felix) : field.felix;
}

export function validatorIn(field: Field, version: CalicoVersion): FieldValidator | undefined {
  return isNext(version) ? (field.validatorNext ?? field.validator) : field.validator;
}

function isNext({ major, minor }: CalicoVersion): boolean {
  return major > 3 || (major === 3 && minor >= 33);
}

function atLeastOldest(version: CalicoVersion): CalicoVersion {
  return compareVersions(version, oldestVersion) < 0 ? oldestVersion : version;
}

function toField(facts: Facts): Field {
  const prose = fieldProse[facts.name];
  const description = prose?.text ?? '';
  return {
    ...absent,
    ...facts,
    gist: prose?.gist ?? facts.category,
    summary: firstSentence(description),
    description,
    values: (facts.values ?? []).map((value) => ({ ...value, meaning: prose?.values?.[value.value] })),
    fields: (facts.fields ?? []).map((part) => ({ ...part, description: prose?.parts?.[part.name] })),
  };
}

function firstSentence(text: string): string {
  return /^.*?[.](?= |$)/.exec(text)?.[0] ?? text;
}
