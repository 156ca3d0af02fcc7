import { variableOf } from '../core/felix/environment.ts';
import { defaultIn } from '../core/felix/fields.ts';
import type { Field } from '../core/felix/fields.ts';
import type { EffectiveValue } from '../core/felix/inEffect.ts';
import { annotationPrefix, scopeOf, selectorsCame } from '../core/felix/names.ts';
import type { Scope } from '../core/felix/names.ts';
import { nodesReached, nodesUsing } from '../core/felix/reach.ts';
import { compareVersions } from '../core/felix/versions.ts';
import type { CalicoVersion } from '../core/felix/versions.ts';
import type { KubernetesObject } from '../core/objects/object.ts';
import type { ClusterAnswer, ConfigurationAnswer, NodeAnswer } from './protocol.ts';

type Found = Omit<EffectiveValue, 'nodes'>;

/**
 * What Felix uses for a key, by node: the environment wins, then felix.cfg, then the node's own FelixConfiguration,
 * then one that selects the node, then `default`, then what is built in (felix/config/config_params.go).
 */
export function effectiveValues(
  field: Field,
  cluster: ClusterAnswer,
  version: CalicoVersion,
): readonly EffectiveValue[] {
  const { sources, values } = sourcesOf(cluster, version);
  const known = values.get(field.name) ?? valuesFrom(sources, field, version);
  values.set(field.name, known);
  return known;
}

function valuesFrom(
  nodes: readonly Sources[],
  field: Field,
  version: CalicoVersion,
): readonly EffectiveValue[] {
  const found = new Map<string, Found & { nodes: string[] }>();
  for (const sources of nodes) {
    const value = valueFrom(sources, field) ?? builtIn(field, version);
    const id = `${value.origin} ${value.value}`;
    const known = found.get(id) ?? { ...value, nodes: [] };
    known.nodes.push(sources.node);
    found.set(id, known);
  }
  return [...found.values()];
}

const builtInOrigin = 'the built-in default';

function builtIn(field: Field, version: CalicoVersion): Found {
  return { value: show(defaultIn(field, version)), origin: builtInOrigin, configuration: undefined };
}

/** Whether a value that is in effect stays so whatever the FelixConfiguration of that name says. */
export function isOutranking({ origin, configuration }: EffectiveValue, name: string): boolean {
  if (configuration === undefined) return origin !== builtInOrigin;
  return ranks[scopeOf(configuration)] < ranks[scopeOf(name)];
}

/** What sets parameters on a node. */
interface Sources {
  readonly node: string;
  readonly environment: Named;
  readonly file: Named;
  /** Those that win first. */
  readonly configurations: readonly ConfigurationAnswer[];
}

/** Values with their names as they are written, by those in lower case: Felix takes any case. */
type Named = ReadonlyMap<string, readonly [name: string, value: string]>;

function valueFrom({ environment, file, configurations }: Sources, field: Field): Found | undefined {
  const variable = environment.get(variableOf(field)?.toLowerCase() ?? '');
  if (variable !== undefined)
    return { value: variable[1], origin: `the environment (${variable[0]})`, configuration: undefined };
  const line = file.get(field.parameter?.toLowerCase() ?? '');
  if (line !== undefined) return { value: line[1], origin: 'felix.cfg', configuration: undefined };
  for (const { name, spec, annotations = {} } of configurations) {
    const annotation = toNamed(annotations).get(`${annotationPrefix}${field.parameter}`.toLowerCase());
    const value = annotation?.[1] ?? spec[field.name];
    if (value === undefined || value === null || value === '') continue;
    const where = annotation === undefined ? '' : 'an annotation of ';
    return { value: show(value), origin: `${where}FelixConfiguration ${name}`, configuration: name };
  }
  return undefined;
}

/** An empty value counts as none. */
function toNamed(values: Readonly<Record<string, string>>): Named {
  const given = Object.entries(values).filter(([, value]) => value !== '');
  return new Map(given.map(([name, value]) => [name.toLowerCase(), [name, value]]));
}

const ranks: Readonly<Record<Scope, number>> = { node: 0, selector: 1, cluster: 2 };

/** What was asked last, which is asked again at every key press. */
let last: WorkedOut | undefined;

interface WorkedOut {
  readonly cluster: ClusterAnswer;
  readonly version: CalicoVersion;
  readonly sources: readonly Sources[];
  readonly values: Map<string, readonly EffectiveValue[]>;
}

function sourcesOf(cluster: ClusterAnswer, version: CalicoVersion): WorkedOut {
  if (last?.cluster === cluster && last.version === version) return last;
  const configurations = new Map<string, ConfigurationAnswer[]>(cluster.nodes.map(({ name }) => [name, []]));
  const using = configurationsInUse(cluster, version);
  const byRank = cluster.configurations.toSorted((a, b) => ranks[scopeOf(a.name)] - ranks[scopeOf(b.name)]);
  for (const configuration of byRank)
    for (const node of using.get(configuration.name) ?? []) configurations.get(node)?.push(configuration);
  const sources = cluster.nodes.map(({ name, environment, file = {} }) => ({
    node: name,
    environment: toNamed(environment),
    file: toNamed(file),
    configurations: configurations.get(name) ?? [],
  }));
  last = { cluster, version, sources, values: new Map() };
  return last;
}

/** The nodes on which each FelixConfiguration of a cluster is used, by its name. */
export function configurationsInUse(
  { configurations, nodes }: ClusterAnswer,
  version: CalicoVersion,
): ReadonlyMap<string, readonly string[]> {
  const known = configurations.filter(({ name }) => meansSomething(name, version));
  return nodesUsing(known.map(toObject), nodes.map(toNode));
}

/** The nodes that a FelixConfiguration in a file is for. */
export function nodesMeant(
  configuration: ConfigurationAnswer,
  { nodes }: ClusterAnswer,
  version: CalicoVersion,
): readonly string[] {
  return meansSomething(configuration.name, version)
    ? nodesReached(toObject(configuration), nodes.map(toNode))
    : [];
}

/** Objects with names of their own are for nobody before v3.32. */
function meansSomething(name: string, version: CalicoVersion): boolean {
  return scopeOf(name) !== 'selector' || compareVersions(version, selectorsCame) >= 0;
}

function toObject({ name, spec, createdAt }: ConfigurationAnswer): KubernetesObject {
  return { metadata: { name, creationTimestamp: createdAt }, spec };
}

function toNode({ name, labels }: NodeAnswer): KubernetesObject {
  return { metadata: { name, labels } };
}

/** A value as one writes it in YAML's flow style. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'unset';
  return typeof value === 'string' ? value || '""' : JSON.stringify(value);
}
