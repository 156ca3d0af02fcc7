import { variableOf } from '../core/felix/environment.ts';
import { defaultIn } from '../core/felix/fields.ts';
import type { Field } from '../core/felix/fields.ts';
import type { CalicoVersion } from '../core/felix/versions.ts';
import type { ClusterAnswer, NodeAnswer } from './protocol.ts';

/** The value of a key that Felix uses on some nodes, and where it comes from. */
export interface EffectiveValue {
  readonly value: string;
  readonly origin: string;
  readonly nodes: readonly string[];
}

/**
 * What Felix uses for a key, by node: the environment wins, then the node's own FelixConfiguration, then `default`,
 * then what is built in. The configuration file and selector-scoped objects are not seen here.
 */
export function effectiveValues(
  field: Field,
  { nodes, configurations }: ClusterAnswer,
  version: CalicoVersion,
): readonly EffectiveValue[] {
  const specs = new Map(configurations.map(({ name, spec }) => [name, spec]));
  const found = new Map<string, { value: string; origin: string; nodes: string[] }>();
  for (const node of nodes) {
    const { value, origin } = valueOn(field, node, specs, version);
    const known = found.get(`${origin} ${value}`) ?? { value, origin, nodes: [] };
    known.nodes.push(node.name);
    found.set(`${origin} ${value}`, known);
  }
  return [...found.values()];
}

function valueOn(
  field: Field,
  node: NodeAnswer,
  specs: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  version: CalicoVersion,
): { readonly value: string; readonly origin: string } {
  const variable = variableOf(field);
  const set = Object.entries(node.environment).find(([name]) => name.toUpperCase() === variable);
  if (set !== undefined && set[1] !== '') return { value: set[1], origin: `the environment (${set[0]})` };
  for (const name of [`node.${node.name}`, 'default']) {
    const value = specs.get(name)?.[field.name];
    if (value !== undefined && value !== '')
      return { value: show(value), origin: `FelixConfiguration ${name}` };
  }
  return { value: show(defaultIn(field, version)), origin: 'the default' };
}

/** A value as one writes it in YAML's flow style. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'unset';
  return typeof value === 'string' ? value || '""' : JSON.stringify(value);
}
