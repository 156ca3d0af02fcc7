import { ClusterError, type Cluster } from '../cluster/cluster.ts';
import type { Asked } from '../core/diagnose/asked.ts';
import { whyAbsent } from '../core/diagnose/concerned.ts';
import type { Check } from '../core/diagnose/check.ts';
import { checks as allChecks, followUps, probesOf, resourcesOf } from '../core/diagnose/checks.ts';
import { Diagnosis, type Report } from '../core/diagnose/diagnosis.ts';
import type { Finding } from '../core/diagnose/finding.ts';
import { mayHaveIpv6 } from '../core/diagnose/knownCluster.ts';
import { knownNode, readAhead } from '../core/diagnose/knownNode.ts';
import { readTables } from '../core/diagnose/nodeTables.ts';
import { sourceAddresses } from '../core/diagnose/rules/sourceAddresses.ts';
import { sparedInVain, withoutSpared } from '../core/diagnose/spared.ts';
import { finishAtPace } from '../core/steps.ts';
import { collectCluster, collectNode } from './facts.ts';
import { timed } from '../core/pace.ts';

export interface DiagnoseOptions {
  readonly checks?: readonly Check[];
  /** The ids of the checks to run; all by default. */
  readonly only?: readonly string[];
  /** The ids of checks that are not to run. */
  readonly disabledChecks?: readonly string[];
  /** The nodes to ask; all by default. */
  readonly nodes?: readonly string[];
  /** A pod or a Service: what does not concern it is left out, and the ways of its clients are told. */
  readonly about?: Asked | undefined;
  /** How many nodes may be asked at once. */
  readonly concurrency?: number;
  /** Hears of each node when it is done. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What was found so far; rules that compare nodes come last. */
  readonly findings: () => readonly Finding[];
}

/** So many more nodes are looked at than asked at once: others answer while one is judged. What one has said is let go. */
const spare = 4;

/**
 * Runs checks over a cluster: asks each node once, a few at a time, and tells what they find.
 * @throws ClusterError `failed` where what is asked about is not there
 */
export async function diagnose(
  cluster: Cluster,
  {
    checks: wanted = allChecks,
    only,
    disabledChecks = [],
    nodes,
    about,
    concurrency = 8,
    onProgress,
  }: DiagnoseOptions,
  signal: AbortSignal,
): Promise<Report> {
  const asked = about === undefined ? wanted : [...wanted, sourceAddresses(about)];
  const checks = asked.filter(
    ({ id }) => !disabledChecks.includes(id) && (only === undefined || only.includes(id)),
  );
  const pace = timed();
  const known = await collectCluster(cluster, { resources: resourcesOf(checks), pace }, signal);
  const absent = about && whyAbsent(about, known);
  if (absent !== undefined) throw new ClusterError('failed', absent);
  const diagnosis = new Diagnosis(known, checks, about);
  const probes = probesOf(checks).filter((probe) => !probe.endsWith('.v6') || mayHaveIpv6(known));
  const isLive = cluster.info.kind === 'live';
  const names = known.nodeNames.filter((name) => nodes === undefined || nodes.includes(name));
  const waiting = [...names];
  let done = 0;
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const first = isLive ? withoutSpared(probes, name, known) : probes;
      const heard = new Map(await collectNode(cluster, { node: name, probes: first }, signal));
      const node = knownNode(name, { probes: heard, tables: await readTables(heard, known, pace) }, known);
      await finishAtPace(readAhead(node, known), pace);
      const more = [...followUps(checks, node, known), ...(isLive ? sparedInVain(probes, node, heard) : [])];
      const unasked = more.filter((probe) => !heard.has(probe));
      const answers = await collectNode(cluster, { node: name, probes: unasked }, signal);
      for (const [probe, answer] of answers) heard.set(probe, answer);
      signal.throwIfAborted();
      await diagnosis.add(node, pace);
      signal.throwIfAborted();
      done++;
      onProgress?.({ done, total: names.length, findings: () => diagnosis.soFar() });
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency + spare, names.length) }, work));
  signal.throwIfAborted();
  return diagnosis.finish(pace);
}
