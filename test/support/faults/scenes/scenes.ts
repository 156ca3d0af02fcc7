import { felixScenes } from './felix.ts';
import { networkScenes } from './network.ts';
import type { Scene } from './scene.ts';
import { unharmedScenes } from './unharmed.ts';

export const scenes: readonly Scene[] = [...felixScenes, ...networkScenes, ...unharmedScenes];
