import type { FelixFinding } from '../findings.ts';
import type { Configuration, Rule } from './configuration.ts';
import { dataplaneRules } from './dataplane.ts';
import { interfaceRules } from './interfaces.ts';
import { loggingRules } from './logging.ts';
import { mapRules } from './maps.ts';
import { lonelyKeys, unmetNeeds } from './needs.ts';
import { placeRules } from './place.ts';
import { serviceRules } from './services.ts';

const rules: readonly Rule[] = [
  ...loggingRules,
  ...serviceRules,
  ...mapRules,
  ...interfaceRules,
  ...dataplaneRules,
  ...placeRules,
  unmetNeeds,
  lonelyKeys,
];

/** What the values of a spec mean together, and to a cluster. */
export function judgeMeaning(configuration: Configuration): readonly FelixFinding[] {
  return rules.flatMap((rule) => rule(configuration));
}
