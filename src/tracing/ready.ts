import { setTimeout as delay } from 'node:timers/promises';
import { isClusterError, type LiveCluster } from '../cluster/cluster.ts';
import { readEffectiveConfig, type EffectiveConfig } from '../core/nodes/effectiveConfig.ts';
import { sameValue } from '../cluster/changes.ts';
import { printedText } from '../core/text/printed.ts';
import { parseKeyValues } from '../core/felix/syntax/keyValues.ts';

/** How a node's Felix took a change. */
export type Taken =
  | { readonly kind: 'ready' }
  /** It has not restarted, or is not ready, within the time. */
  | { readonly kind: 'waiting'; readonly why: string };

export interface ReadyRequest {
  readonly node: string;
  /** What its FelixConfiguration says now. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly intervalMs?: number;
}

/** Waits until Felix on a node has started with new values, and says that it is ready. @throws ClusterError */
export async function waitForFelix(
  cluster: LiveCluster,
  { node, values, timeoutMs, intervalMs = 1500 }: ReadyRequest,
  signal: AbortSignal,
): Promise<Taken> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const why = await whyNotReady(cluster, node, values, signal);
    if (why === undefined) return { kind: 'ready' };
    if (performance.now() > until) return { kind: 'waiting', why };
    await delay(intervalMs, undefined, { signal });
  }
}

async function whyNotReady(
  cluster: LiveCluster,
  node: string,
  values: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const log = await cluster.probe({ node, probe: 'felix.log.recent' }, signal);
    const config = readEffectiveConfig(await printedText(log.stdout));
    if (config === undefined || !asksFor(config, values))
      return 'Felix has not restarted with the new values';
    const { exitCode, stderr } = await cluster.probe({ node, probe: 'readiness' }, signal);
    if (exitCode === 0) return undefined;
    return new TextDecoder().decode(stderr).trim().split('\n').at(-1) ?? 'Felix is not ready';
  } catch (error) {
    if (!isClusterError(error)) throw error;
    return error.message; // A restart is no good time to ask; the next try tells.
  }
}

/** Whether some FelixConfiguration that Felix read at its start has these values. */
function asksFor({ sources }: EffectiveConfig, values: Readonly<Record<string, unknown>>): boolean {
  const given = [...sources].filter(([source]) => source !== 'environment' && source !== 'file');
  return Object.entries(values).every(([key, value]) => {
    const found = given.flatMap(([, raw]) => {
      const pair = [...raw].find(([parameter]) => parameter.toLowerCase() === key.toLowerCase());
      return pair === undefined ? [] : [pair[1]];
    });
    if (value === undefined) return true;
    return found.some((raw) => raw === value || isSameMap(raw, value));
  });
}

/** `all=host 1.2.3.4,eth0=…`, as Felix writes a map of texts. */
function isSameMap(raw: string, value: unknown): boolean {
  return typeof value === 'object' && sameValue(Object.fromEntries(parseKeyValues(raw) ?? []), value);
}
