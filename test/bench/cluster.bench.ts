/**
 * The live backend against a real API server, beside kubectl of the same Kubernetes: throughput and memory of an
 * exec, and a cluster of 1,000 nodes.
 */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '../../src/cluster/kubernetes/connection.ts';
import { exec } from '../../src/cluster/kubernetes/exec.ts';
import { loadKubeconfig } from '../../src/cluster/kubernetes/kubeconfig.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { diagnose } from '../../src/session/diagnose.ts';
import { startCluster } from '../live/cluster.ts';
import { openTree, startAndCancel, timeOfChanges, timeOfReconnects } from './clusterTree.ts';
import { cpuTime, spellCpuTime } from './cpuTime.ts';
import { createNodes } from '../live/manyNodes.ts';
import { startNode } from '../live/node.ts';
import { writeDump } from './parse/bigDumps.ts';
import { peakOf, peakRuns } from './parse/peakOf.ts';
import { report, round, type Row } from './report.ts';

const server = await startCluster();
const signal = new AbortController().signal;
const target = { namespace: 'calico-system', pod: 'calico-node-x4k2p', container: 'calico-node' };
const nodeCount = 1000;
const mebibyte = 1024 * 1024;
const folders = (process.env['CALICO_EBPF_TEST_PROGRAMS'] ?? '').split(delimiter);
const kubectl =
  folders.map((folder) => join(folder, 'kubectl')).find((path) => existsSync(path)) ?? 'kubectl';

try {
  report('cluster', [
    ...(await measureExec()),
    ...(await measureCycles()),
    ...(await measureChanges()),
    ...(await measureDumps()),
    ...(await measureManyNodes()),
  ]);
} finally {
  await server.stop();
}

/** Milliseconds, and how much memory this process took more at its height. */
async function measure(what: string, work: () => unknown): Promise<Row> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 10);
  const start = performance.now();
  await work();
  const time = performance.now() - start;
  clearInterval(timer);
  const more = (Math.max(most, process.memoryUsage().rss) - before) / mebibyte;
  return { what, 'time (ms)': Math.round(time), 'memory (MiB more)': Math.round(more) };
}

async function measureExec(): Promise<readonly Row[]> {
  const load = () => loadKubeconfig({ path: server.kubeconfig, context: undefined });
  const connection = new Connection({ load, silenceMs: 30_000 });
  const big = ['head', '-c', '100000000', '/dev/zero'];
  const runKubectl = (argv: readonly string[]) =>
    spawnSync(
      kubectl,
      ['--kubeconfig', server.kubeconfig, 'exec', '-n', target.namespace, target.pod, '--', ...argv],
      { stdio: 'ignore' },
    );
  const run = (argv: readonly string[], pauseEvery = 0) => {
    let pieces = 0;
    const stdout = () => {
      pieces += 1;
      return pauseEvery > 0 && pieces % pauseEvery === 0 ? delay(5) : undefined;
    };
    return exec(connection, target, argv, { stdout, stderr: () => {} }, signal);
  };
  await run(['true']);
  const rows = [
    await measure('kubectl exec, 100 MB', () => runKubectl(big)),
    await measure('our exec, 100 MB', () => run(big)),
    await measure('our exec, 100 MB, slow reader', () => run(big, 16)),
    await measure('kubectl exec, nothing', () => runKubectl(['true'])),
    await measure('our exec, nothing', () => run(['true'])),
  ];
  connection.close();
  return rows;
}

async function measureCycles(): Promise<readonly Row[]> {
  const cluster = await openKubernetes(
    { kubeconfig: server.kubeconfig, limits: { perNode: 10, concurrency: 10 } },
    signal,
  );
  await startAndCancel(server, cluster, 100);
  let left = { processes: 0, sockets: 0 };
  const row = await measure('', async () => (left = await startAndCancel(server, cluster, 1000)));
  await cluster.close();
  const what = `1,000 starts and cancels: ${left.processes} processes, ${left.sockets} more sockets left`;
  return [{ ...row, what }];
}

async function measureChanges(): Promise<readonly Row[]> {
  const row = (what: string, time: number) => ({
    what,
    'time (ms)': Math.round(time),
    'memory (MiB more)': '',
  });
  return [
    row('a change of a node → the tree shows it', await timeOfChanges(server, 15)),
    row('a cut connection → changes are heard of again', await timeOfReconnects(server, 7)),
  ];
}

/** How much memory a table of a large dump takes that a node prints, its thread included. */
async function measureDumps(): Promise<readonly Row[]> {
  const node = await startNode(server, 'node-a', target.pod);
  const rows = (['conntrack.dump', 'conntrack.dump.json', 'conntrack.dump.raw'] as const).map(
    async (form) => {
      const file = join(server.folder, form);
      writeDump(file, form, 512_000);
      return { form, file, text: (await stat(file)).size / 1e6 };
    },
  );
  const measured: Row[] = [];
  for (const { form, file, text } of await Promise.all(rows)) {
    await node.program(
      'calico-node',
      `[ "$2" = version ] && { echo "Version: v3.32.1"; exit; }\n[ "$2" = conntrack ] && exec cat ${file}`,
    );
    const start = performance.now();
    const peak = await peakOf(form, file, server.kubeconfig);
    measured.push({
      what: `${form} of 512,000 entries as a table: ${round(peak / text, 2)} times its ${round(text)} MB`,
      'time (ms)': Math.round((performance.now() - start) / peakRuns),
      'memory (MiB more)': Math.round((peak * 1e6) / mebibyte),
    });
  }
  await node.stop();
  await server.record({ [`${target.namespace}/${target.pod}`]: server.recordingOf('node-a') });
  return measured;
}

async function measureManyNodes(): Promise<readonly Row[]> {
  await createNodes(server, nodeCount);
  const rows: Row[] = [];
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    let answer: T | undefined;
    rows.push(await measure(what, async () => (answer = await work())));
    return answer;
  };
  const cluster = await timed('connect', () => openKubernetes({ kubeconfig: server.kubeconfig }, signal));
  if (cluster === undefined) return rows;
  await timed(`list ${nodeCount} nodes and their pods`, () =>
    Promise.all([cluster.list('nodes', signal), cluster.list('pods', signal)]),
  );
  const nodes = await cluster.probedNodes(signal);
  const askAll = (probes: readonly string[]) =>
    Promise.all(nodes.flatMap((node) => probes.map((probe) => cluster.probe({ node, probe }, signal))));
  await timed(`one dump of each of ${nodes.length} nodes`, () => askAll(['routes.dump']));
  await timed(`five dumps of each of ${nodes.length} nodes`, () =>
    askAll(['routes.dump', 'nat.dump', 'ifstate.dump', 'ipsets.dump', 'conntrack.stats']),
  );
  await cluster.close();
  rows.push(await measureDiagnosis());
  const opened = await timed(`first tree of ${nodeCount} nodes, from nothing`, async () => {
    const view = await openTree(server.kubeconfig);
    return { view, groups: await view.rootChildren() };
  });
  if (opened === undefined) return rows;
  const { view, groups } = opened;
  await timed('one group of it is opened, and its nodes have answered', async () => {
    await view.tree.getChildren(groups.find(({ kind }) => kind === 'nodeGroup'));
    await view.answered();
  });
  await timed('all groups are opened, and all nodes have answered', async () => {
    for (const group of groups.filter(({ kind }) => kind === 'nodeGroup')) await view.tree.getChildren(group);
    await view.answered();
  });
  await view.close();
  return rows;
}

/** All checks on all nodes, from nothing, and how long others had to wait meanwhile. */
async function measureDiagnosis(): Promise<Row> {
  const lag = monitorEventLoopDelay({ resolution: 5 });
  let found = 0;
  const before = cpuTime();
  const row = await measure('', async () => {
    const cluster = await openKubernetes({ kubeconfig: server.kubeconfig }, signal);
    lag.enable();
    found = (await diagnose(cluster, {}, signal)).findings.length;
    lag.disable();
    await cluster.close();
  });
  const [p99, max] = [lag.percentile(99), lag.max].map((time) => Math.round(time / 1e6));
  const what = `diagnose ${nodeCount} nodes: ${found} findings, lag p99 ${p99} ms, max ${max} ms; ${spellCpuTime(before)}`;
  return { ...row, what };
}
