import { controlFaults } from './control.ts';
import { pathFaults } from './paths.ts';
import { fieldFaults } from './field.ts';
import { ipv6Faults } from './ipv6.ts';
import { installFaults } from './elsewhere/installs.ts';
import { networkFaults } from './elsewhere/networks.ts';
import { spreadFaults } from './elsewhere/spread.ts';
import { elsewhereRules } from './near/elsewhere.ts';
import { fieldNearMisses } from './near/field.ts';
import { pathNearMisses } from './near/paths.ts';
import { nodeNearMisses } from './near/nodes.ts';
import { serviceNearMisses } from './near/services.ts';
import { stateNearMisses } from './near/states.ts';
import { nodeFaults } from './nodes.ts';
import { serviceFaults } from './services.ts';
import { sceneNearMisses } from './scenes/near.ts';
import { stateFaults } from './states.ts';
import { partialFaults } from './elsewhere/partial.ts';
import { logFaults } from './reported/logs.ts';
import { pluginFaults } from './reported/plugins.ts';
import { contradictions } from './reported/contradictions.ts';
import { routeFaults } from './reported/routes.ts';
import { deviceFaults } from './reported/devices.ts';
import { moreFaults } from './reported/more.ts';
import { reportedNearMisses } from './reported/near.ts';
import { serviceFaults as reportedServices } from './reported/services.ts';
import type { Reported } from './reported/reported.ts';
import type { Elsewhere } from './elsewhere/elsewhere.ts';
import type { Fault, NearMiss } from './fault.ts';

/** Faults that are put into the recordings of healthy clusters of several versions. */
export const faults: readonly Fault[] = [
  ...serviceFaults,
  ...nodeFaults,
  ...stateFaults,
  ...ipv6Faults,
  ...fieldFaults,
  ...pathFaults,
  ...controlFaults,
];

/** Faults of clusters that are made otherwise, spread over nodes otherwise, or seen only in part. */
export const elsewhereFaults: readonly Elsewhere[] = [
  ...spreadFaults,
  ...networkFaults,
  ...installFaults,
  ...partialFaults,
];

/** Faults that people have reported in public. */
export const reportedFaults: readonly Reported[] = [
  ...logFaults,
  ...reportedServices,
  ...deviceFaults,
  ...routeFaults,
  ...contradictions,
  ...moreFaults,
  ...pluginFaults,
];

export const nearMisses: readonly NearMiss[] = [
  ...serviceNearMisses,
  ...nodeNearMisses,
  ...stateNearMisses,
  ...fieldNearMisses,
  ...pathNearMisses,
  ...elsewhereRules,
  ...reportedNearMisses,
  ...sceneNearMisses,
];
