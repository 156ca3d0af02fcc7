import { allOf } from '../expectation.ts';
import { existsIn, fields, type Field } from '../fields.ts';
import type { FelixFinding } from '../findings.ts';
import { variableOf } from '../environment.ts';
import type { NodeFacts } from '../cluster.ts';
import { scopeOf, type Scope } from '../names.ts';
import { about, isSet, settingOf, type Configuration, type Rule } from './configuration.ts';

/** Whether what is written holds at all, given where else the same is said. */
export const placeRules: readonly Rule[] = [masked, overridden, deprecated, neverRead];

/** The image of calico/node ships a felix.cfg, which outranks the resource; a node may tell of its own. */
function masked(configuration: Configuration): readonly FelixFinding[] {
  if (nodesFor(configuration).some(({ file }) => file !== undefined)) return [];
  return keysOf(configuration).flatMap((field) => {
    const mask = field.setBy.find(({ by, masks }) => masks === true && by.startsWith('felix.cfg'));
    if (mask === undefined) return [];
    const message = `In the calico/node image a felix.cfg sets this to ${mask.value}, which outranks the resource.`;
    return [about(field.name, 'no-effect', 'advice', message, { at: 'key' })];
  });
}

/** What on the open cluster wins over this object: the environment, felix.cfg, and objects for fewer nodes. */
function overridden(configuration: Configuration): readonly FelixFinding[] {
  const nodes = nodesFor(configuration);
  return keysOf(configuration).flatMap((field) => {
    const parameter = field.parameter?.toLowerCase() ?? '';
    const said =
      outrankedOn(nodes, ({ environment }) => environment.get(variableOf(field) ?? ''), variableOf(field)) ??
      outrankedOn(nodes, ({ file }) => file?.get(parameter), `${field.parameter} in felix.cfg`);
    if (said !== undefined) return [about(field.name, 'no-effect', 'ignored', said, { at: 'key' })];
    const others = objectsAbove(configuration, field.name);
    if (others.length === 0) return [];
    const [sets, wins] = others.length === 1 ? ['sets', 'wins'] : ['set', 'win'];
    const message = `${allOf(others)} ${sets} this too and ${wins} there.`;
    return [about(field.name, 'no-effect', 'advice', message, { at: 'key' })];
  });
}

function outrankedOn(
  nodes: readonly NodeFacts[],
  valueOn: (node: NodeFacts) => string | undefined,
  what: string | undefined,
): string | undefined {
  const found = nodes.map(valueOn).filter((value) => value !== undefined && value !== '');
  if (found.length === 0) return undefined;
  return `On ${found.length} of ${nodes.length} nodes ${what}=${found[0]} outranks this.`;
}

const ranks: Readonly<Record<Scope, number>> = { cluster: 0, selector: 1, node: 2 };

/** The objects that set a key and are nearer to some of the nodes. */
function objectsAbove({ cluster, name }: Configuration, key: string): readonly string[] {
  if (cluster === undefined || name === undefined) return [];
  return [...cluster.configurations]
    .filter(
      ([other, { keys, nodes }]) =>
        keys.has(key) && nodes.length > 0 && ranks[scopeOf(other)] > ranks[scopeOf(name)],
    )
    .map(([other]) => other);
}

/** The nodes of the open cluster that the object is for, as far as its name tells. */
function nodesFor({ cluster, name }: Configuration): readonly NodeFacts[] {
  const nodes = cluster?.nodes ?? [];
  if (name === undefined || scopeOf(name) !== 'node') return nodes;
  return nodes.filter((node) => `node.${node.name}` === name);
}

function deprecated(configuration: Configuration): readonly FelixFinding[] {
  return keysOf(configuration).flatMap((field) => {
    const { name, replacement } = field;
    const instead = replacement === undefined ? undefined : fields.get(replacement);
    // Before its replacement came, a key was not deprecated.
    if (instead !== undefined && !existsIn(instead, configuration.version)) return [];
    const value = settingOf(configuration, name);
    const word = Object.keys(field.deprecatedValues).find((one) => one.toLowerCase() === value);
    if (word !== undefined && configuration.version.minor >= 33)
      return [about(name, 'deprecated', 'advice', `${word} is deprecated: ${field.deprecatedValues[word]}.`)];
    if (!field.deprecated || name === 'bpfConnectTimeLoadBalancingEnabled') return [];
    const use = replacement === undefined ? '' : ` Use ${replacement} instead.`;
    return [about(name, 'deprecated', 'advice', `${name} is deprecated.${use}`, { at: 'key' })];
  });
}

const unread: Readonly<Record<string, string>> = {
  cgroupV2Path: 'Felix does not read it; the environment variable CALICO_CGROUP_PATH is what counts.',
  featureGates: 'No part of Felix asks for a feature gate.',
};

function neverRead(configuration: Configuration): readonly FelixFinding[] {
  return Object.entries(unread)
    .filter(([key]) => isSet(configuration, key))
    .map(([key, why]) => about(key, 'no-effect', 'advice', why, { at: 'key' }));
}

function keysOf(configuration: Configuration): readonly Field[] {
  return configuration.spec.entries.flatMap(({ key }) => {
    const field = isSet(configuration, key) ? fields.get(key) : undefined;
    return field === undefined ? [] : [field];
  });
}
