/**
 * What the checks find in recordings whose faults are known (recall), what else they find (precision), how long each
 * check takes, and how a diagnosis grows with the cluster.
 */
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { openSnapshot } from '../../src/cluster/snapshot/snapshotCluster.ts';
import { checks } from '../../src/core/diagnose/checks.ts';
import { diagnose } from '../../src/session/diagnose.ts';
import { recordingNames, recordingsFolder } from '../support/recordings.ts';
import { expectedFindings, spell } from '../core/diagnose/expected.ts';
import { edited } from '../support/edited.ts';
import { madeCases } from './diagnose/made.ts';
import { syntheticCluster } from './diagnose/synthetic.ts';
import { median, report, round, type Row } from './report.ts';

const { signal } = new AbortController();

await recordings();
await made();
await perCheck();
await growth();

/** Recall and precision over errors and warnings. */
async function recordings(): Promise<void> {
  const rows: Row[] = [];
  const total = { expected: 0, found: 0, right: 0 };
  for (const name of recordingNames) {
    const cluster = await openSnapshot(join(recordingsFolder, `${name}.tar.gz`), {}, signal);
    const start = performance.now();
    const { findings } = await diagnose(cluster, {}, signal);
    const time = performance.now() - start;
    const found = findings.filter(({ severity }) => severity !== 'information').map(spell);
    const expected = expectedFindings(name);
    const right = found.filter((each) => expected.includes(each)).length;
    total.expected += expected.length;
    total.found += found.length;
    total.right += right;
    rows.push({
      recording: name,
      expected: expected.length,
      found: found.length,
      right,
      recall: round(right / expected.length, 2),
      precision: round(right / found.length, 2),
      information: findings.length - found.length,
      ms: round(time),
    });
    await cluster.close();
  }
  const { expected, found, right } = total;
  rows.push({
    recording: 'all',
    expected,
    found,
    right,
    recall: round(right / expected, 2),
    precision: round(right / found, 2),
    information: '',
    ms: '',
  });
  report('diagnose', rows);
}

/** Faults that are put into recordings, and clusters that are made otherwise and have none. */
async function made(): Promise<void> {
  const rows: Row[] = [];
  for (const { group, cases } of madeCases()) {
    const total = { expected: 0, found: 0, right: 0 };
    const cluster = await openRecordings(cases.map(({ recording }) => recording));
    for (const { recording, edits, expected } of cases) {
      const { findings } = await diagnose(edited(cluster(recording), edits), {}, signal);
      const found = findings.filter(({ severity }) => severity !== 'information').map(spell);
      total.expected += expected.length;
      total.found += found.length;
      total.right += found.filter((each) => expected.includes(each)).length;
    }
    const { expected, found, right } = total;
    rows.push({
      'put into recordings': group,
      clusters: cases.length,
      expected,
      found,
      right,
      recall: round(right / expected, 3),
      precision: round(right / found, 3),
    });
  }
  report('diagnose.made', rows);
}

async function openRecordings(names: readonly string[]): Promise<(name: string) => Cluster> {
  const opened = new Map<string, Cluster>();
  for (const name of new Set(names))
    opened.set(name, await openSnapshot(join(recordingsFolder, `${name}.tar.gz`), {}, signal));
  return (name) => {
    const cluster = opened.get(name);
    if (cluster === undefined) throw new Error(`There is no recording ${name}.`);
    return cluster;
  };
}

/** The time of each check by itself on a recording; what all need is asked and read each time. */
async function perCheck(): Promise<void> {
  const cluster = await openSnapshot(join(recordingsFolder, 'v3.32.1-healthy.tar.gz'), {}, signal);
  const time = async (work: () => Promise<unknown>) => {
    const times: number[] = [];
    for (let run = 0; run < 5; run++) {
      const start = performance.now();
      await work();
      times.push(performance.now() - start);
    }
    return median(times);
  };
  const rows: Row[] = [];
  for (const check of checks) {
    rows.push({
      check: check.id,
      rules: check.rules.length,
      ms: round(await time(() => diagnose(cluster, { checks: [check] }, signal))),
    });
  }
  rows.push({
    check: 'all',
    rules: checks.reduce((sum, { rules }) => sum + rules.length, 0),
    ms: round(await time(() => diagnose(cluster, {}, signal))),
  });
  await cluster.close();
  report('diagnose.checks', rows);
}

/** Clusters with 5,000 services and 50,000 endpoints on more and more nodes. */
async function growth(): Promise<void> {
  const rows: Row[] = [];
  for (const nodes of [10, 100, 1000]) {
    const cluster = syntheticCluster({ nodes, services: 5000, endpoints: 50_000 });
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let peak = before;
    const lag = monitorEventLoopDelay({ resolution: 5 });
    lag.enable();
    const start = performance.now();
    const cpu = process.cpuUsage();
    const { findings } = await diagnose(
      cluster,
      { onProgress: () => (peak = Math.max(peak, process.memoryUsage().rss)) },
      signal,
    );
    const time = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    lag.disable();
    rows.push({
      nodes,
      services: 5000,
      endpoints: 50_000,
      findings: findings.length,
      s: round(time / 1000, 2),
      'CPU s': round((user + system) / 1e6, 2),
      'ms a node': round(time / nodes, 1),
      'more memory MB': round((peak - before) / 1e6),
      'lag p99 ms': round(lag.percentile(99) / 1e6),
      'lag max ms': round(lag.max / 1e6),
    });
  }
  report('diagnose.growth', rows);
}
