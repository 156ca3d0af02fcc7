import { fieldOfParameter } from '../core/felix/environment.ts';
import {
  readEffectiveConfig,
  type ConfigSource,
  type EffectiveConfig,
} from '../core/nodes/effectiveConfig.ts';
import type { Session } from '../session/session.ts';

/** A key that something sets on a node, as Felix found it when it started. */
export interface EffectiveSetting {
  /** As a FelixConfiguration has it; Felix's own name where it has none. */
  readonly key: string;
  readonly value: string;
  readonly origin: ConfigSource;
  /** Who else sets it, and is outranked. */
  readonly outranked: readonly { readonly origin: ConfigSource; readonly value: string }[];
}

/**
 * What is set on a node and by whom; `undefined` when Felix's log does not reach back to its start.
 * @throws ClusterError
 */
export async function effectiveSettings(
  session: Session,
  node: string,
  signal: AbortSignal,
): Promise<readonly EffectiveSetting[] | undefined> {
  const { text } = await session.text({ node, probe: 'felix.log' }, signal);
  const config = readEffectiveConfig(text);
  return config && settingsOf(config);
}

/** Every parameter that some source sets, in the order of the alphabet; the last source wins. */
export function settingsOf({ sources }: EffectiveConfig): readonly EffectiveSetting[] {
  const found = new Map<string, EffectiveSetting>();
  for (const [origin, values] of sources) {
    for (const [parameter, value] of values) {
      const key = fieldOfParameter(parameter)?.name ?? parameter;
      const before = found.get(key.toLowerCase());
      const outranked = before === undefined ? [] : [before, ...before.outranked];
      found.set(key.toLowerCase(), { key, value, origin, outranked });
    }
  }
  return [...found.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}
