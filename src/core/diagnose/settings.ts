import { defaultIn, fields } from '../felix/fields.ts';
import { variableOf } from '../felix/environment.ts';
import type { EffectiveConfig } from '../nodes/effectiveConfig.ts';
import { indexOnce } from '../objects/indexOnce.ts';
import { field } from '../objects/object.ts';
import type { Evidence } from './finding.ts';
import { findObject, objectEvidence, type KnownCluster } from './knownCluster.ts';
import type { KnownNode } from './knownNode.ts';

/** What Felix works with, and who says so. */
export interface Setting {
  /** As it was written; `undefined` where nothing is said and there is no plain default. */
  readonly value: string | undefined;
  /** `FelixConfiguration node.node-b`, `env FELIX_BPFENABLED of calico-node`, `default`. */
  readonly source: string;
}

/**
 * A setting of a node by its key in FelixConfiguration. Felix’s log tells best, as it names every source; else the
 * objects do, the environment before the node’s FelixConfiguration before the default one.
 */
export function settingOn(node: KnownNode, cluster: KnownCluster, key: string): Setting {
  const parameter = fields.get(key)?.parameter ?? key;
  const config = node.config();
  const said =
    config === undefined ? fromObjects(node.name, cluster, key) : fromLog(config, parameter, node.name);
  return said ?? { value: defaultOf(cluster, key), source: 'default' };
}

function fromLog(config: EffectiveConfig, parameter: string, node: string): Setting | undefined {
  const found = rawSettings(config).get(parameter.toLowerCase());
  return found && { value: found.value, source: spellSource(found.source, parameter, node) };
}

/** What Felix was asked for, the winning value of each parameter, by its name in lower case. */
export const rawSettings = indexOnce(
  ({ sources }: EffectiveConfig): ReadonlyMap<string, { readonly value: string; readonly source: string }> =>
    new Map(
      [...sources].flatMap(([source, values]) =>
        [...values].map(([name, value]) => [name.toLowerCase(), { value, source }] as const),
      ),
    ),
);

function spellSource(source: string, parameter: string, node: string): string {
  if (source === 'environment') return `env FELIX_${parameter.toUpperCase()} of calico-node`;
  if (source === 'default FelixConfiguration') return 'FelixConfiguration default';
  return source === 'FelixConfiguration of the node' ? `FelixConfiguration node.${node}` : source;
}

/** What the objects say now, whatever Felix has heard of it. */
export function fromObjects(node: string, cluster: KnownCluster, key: string): Setting | undefined {
  const known = fields.get(key);
  const variable = known && variableOf(known);
  const fromEnvironment = variable && cluster.environmentOn(node, variable);
  if (fromEnvironment !== undefined)
    return { value: fromEnvironment, source: `env ${variable} of calico-node` };
  for (const name of [`node.${node}`, 'default']) {
    const value = field(findObject(cluster, 'felixconfigurations', name), 'spec', key);
    if (value === undefined || value === null) continue;
    return { value: plainText(value) ?? JSON.stringify(value), source: `FelixConfiguration ${name}` };
  }
  return undefined;
}

/** The FelixConfiguration that a setting is from; nothing where it is from elsewhere. */
export function settingEvidence(
  cluster: KnownCluster,
  key: string,
  { value, source }: Setting,
): readonly Evidence[] {
  const resource = 'felixconfigurations';
  const object = findObject(cluster, resource, source.replace('FelixConfiguration ', ''));
  if (object === undefined) return [];
  const shows = `What FelixConfiguration ${object.metadata.name} asks for.`;
  return [objectEvidence(cluster, { resource, object, shows, value: `${key}: ${value ?? ''}` })];
}

/** A value of an object as a word; `undefined` for a list or a map. */
export function plainText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : undefined;
}

function defaultOf({ version }: KnownCluster, key: string): string | undefined {
  const known = fields.get(key);
  const standard = known === undefined ? undefined : defaultIn(known, version);
  return plainText(standard);
}

/** Whether a setting says yes, in any of the words that Felix takes for it. */
export function isOn({ value }: Setting): boolean {
  return /^(?:true|1|yes|y|t|enabled)$/i.test(value ?? '');
}
