import type { FelixFinding } from '../findings.ts';
import type { Configuration, Rule } from './configuration.ts';
import { dataplaneRules } from './dataplane.ts';
import { interfaceRules } from './interfaces.ts';
import { loggingRules } from './logging.ts';
import { mapRules } from './maps.ts';
import { flowLogsOff, lonelyKeys, unmetNeeds } from './needs.ts';
import { modeRules } from './modes.ts';
import { placeRules } from './place.ts';
import { serviceRules } from './services.ts';

const rules: readonly Rule[] = [
  ...loggingRules,
  ...serviceRules,
  ...mapRules,
  ...interfaceRules,
  ...dataplaneRules,
  ...modeRules,
  ...placeRules,
  unmetNeeds,
  lonelyKeys,
  flowLogsOff,
];

/** What the values of a spec mean together, and to a cluster. */
export function judgeMeaning(configuration: Configuration): readonly FelixFinding[] {
  return rules.flatMap((rule) => rule(configuration));
}
