/** All ways in which a cluster may be made otherwise and be as healthy. */
import { addresses } from './addresses.ts';
import { environments } from './environments.ts';
import { hosts } from './hosts.ts';
import { installs } from './installs.ts';
import { lifecycle } from './lifecycle.ts';
import { networks } from './networks.ts';
import { releases } from './releases.ts';
import { services } from './services.ts';
import type { Healthy } from './healthy.ts';

export const variants: readonly Healthy[] = [
  ...networks,
  ...addresses,
  ...hosts,
  ...installs,
  ...services,
  ...lifecycle,
  ...releases,
  ...environments,
];
