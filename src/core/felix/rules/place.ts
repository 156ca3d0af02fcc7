import { existsIn, fields, type Field } from '../fields.ts';
import type { FelixFinding } from '../findings.ts';
import { variableOf } from '../environment.ts';
import { about, isSet, settingOf, type Configuration, type Rule } from './configuration.ts';

/** Whether what is written holds at all, given where else the same is said. */
export const placeRules: readonly Rule[] = [masked, overridden, deprecated, neverRead];

/** The image of calico/node ships a felix.cfg, which outranks the resource. */
function masked(configuration: Configuration): readonly FelixFinding[] {
  return keysOf(configuration).flatMap((field) => {
    const mask = field.setBy.find(({ by, masks }) => masks === true && by.startsWith('felix.cfg'));
    if (mask === undefined) return [];
    const message = `In the calico/node image a felix.cfg sets this to ${mask.value}, which outranks the resource.`;
    return [about(field.name, 'no-effect', 'advice', message, { at: 'key' })];
  });
}

function overridden(configuration: Configuration): readonly FelixFinding[] {
  const { cluster, name } = configuration;
  if (cluster === undefined) return [];
  return keysOf(configuration).flatMap((field) => {
    const variable = variableOf(field);
    const byEnvironment = cluster.nodes.filter(
      ({ environment }) => variable !== undefined && environment.has(variable),
    );
    const [first] = byEnvironment;
    if (first !== undefined && variable !== undefined) {
      const message = `On ${byEnvironment.length} of ${cluster.nodes.length} nodes ${variable}=${first.environment.get(variable)} outranks this.`;
      return [about(field.name, 'no-effect', 'ignored', message, { at: 'key' })];
    }
    const byNode = [...cluster.configurations]
      .filter(([other, keys]) => name === 'default' && other.startsWith('node.') && keys.has(field.name))
      .map(([other]) => other);
    if (byNode.length === 0) return [];
    return [
      about(field.name, 'no-effect', 'advice', `${byNode.join(', ')} sets this too and wins there.`, {
        at: 'key',
      }),
    ];
  });
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
      return [
        about(name, 'deprecated', 'advice', `${word} is on its way out: ${field.deprecatedValues[word]}.`),
      ];
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
