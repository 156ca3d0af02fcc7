/** A trace as it streams: the whole way to file, channel and packets; what the host feels of it; how soon it begins. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Journal } from '../../src/cluster/journal.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { planAll } from '../../src/tracing/plan.ts';
import { Recording } from '../../src/tracing/recording.ts';
import { runTrace } from '../../src/tracing/run.ts';
import { planScope } from '../../src/tracing/scope.ts';
import { readLoggingState } from '../../src/tracing/state.ts';
import { startRecorder } from '../support/recorder.ts';
import { startCluster } from '../live/cluster.ts';
import { startNode } from '../live/node.ts';
import { round } from './report.ts';

const chunkSize = 65_536;
const channelSize = 15_000_000;

/** What a channel of VS Code does is its own: it is handed the text, and holds it. */
function newRecording(folder: string) {
  const channel = { length: 0, most: 0 };
  const noteMost = () => (channel.most = Math.max(channel.most, channel.length));
  const recording = Recording.begin({
    cluster: 'bench',
    nodes: ['node-a'],
    folder,
    output: {
      append: (text) => {
        channel.length += text.length;
        noteMost();
      },
      replace: (text) => {
        channel.length = text.length;
        noteMost();
      },
    },
    channelSize,
    startThread: startRecorder,
    filter: undefined,
    doing: () => undefined,
    badFilter: () => undefined,
  });
  return { recording, channel };
}

/** Bytes to file, channel and packets, as fast as they go: lines a second by the clock and by processor time. */
export async function pipeline(bytes: Uint8Array, rounds: number, folder: string) {
  const { recording: beginning, channel } = newRecording(folder);
  const recording = await beginning;
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let pass = 0; pass < rounds; pass++) {
    for (let at = 0; at < bytes.length; at += chunkSize)
      await recording.bytes('node-a', bytes.subarray(at, at + chunkSize));
  }
  await recording.close();
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return {
    lines: recording.counts.lines,
    milliseconds,
    processor: (user + system) / 1e3,
    channel: channel.most,
  };
}

/** The delay of the event loop while so many lines come in each second, 20 times a second. */
export async function lagWhileStreaming(
  bytes: Uint8Array,
  { linesPerSecond, seconds, folder }: { linesPerSecond: number; seconds: number; folder: string },
) {
  const recording = await newRecording(folder).recording;
  const lineSize = bytes.length / countLines(bytes);
  const size = Math.round((linesPerSecond * lineSize) / 20);
  const resolution = 5;
  const lag = monitorEventLoopDelay({ resolution });
  lag.enable();
  const start = performance.now();
  for (let tick = 0, at = 0; tick < seconds * 20; tick++, at = (at + size) % bytes.length) {
    await recording.bytes('node-a', bytes.subarray(at, at + size));
    await delay(Math.max(0, start + (tick + 1) * 50 - performance.now()));
  }
  lag.disable();
  const lines = recording.counts.lines;
  await recording.close();
  const milliseconds = (nanoseconds: number) => round(Math.max(0, nanoseconds / 1e6 - resolution));
  return { lines, p99: milliseconds(lag.percentile(99)), most: milliseconds(lag.max) };
}

function countLines(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 0);
}

/** Milliseconds from the start of a trace to its first byte, without a change and with a restart of Felix. */
export async function timeToFirstLine(): Promise<{ readonly plain: number; readonly changed: number }> {
  const server = await startCluster();
  const node = await startNode(server, 'node-a', 'calico-node-x4k2p');
  const signal = new AbortController().signal;
  const cluster = await openKubernetes({ kubeconfig: server.kubeconfig, silenceMs: 10_000 }, signal);
  const journal = new Journal(await mkdtemp(join(server.folder, 'journal-')));
  const path = '/apis/crd.projectcalico.org/v1/felixconfigurations/default';
  await node.program('bpftool', 'echo begun; sleep 1000');
  const measure = async (bpfLogLevel: string) => {
    await server.admin.patch(path, { spec: { bpfLogLevel } });
    const wish = { nodes: ['node-a'], expression: 'host 10.0.0.1' };
    const start = performance.now();
    const state = await readLoggingState(cluster, signal);
    const changes = await planAll(cluster, planScope(wish, state).loans, state, wish.nodes, signal);
    const stop = new AbortController();
    let first = Number.NaN;
    const bytes = async () => {
      if (Number.isNaN(first)) first = performance.now() - start;
      stop.abort();
    };
    const terms = { seconds: 60, changes, journal, readyTimeoutMs: 10_000, debugPods: undefined };
    const request = { cluster, nodes: wish.nodes, ...terms };
    await runTrace(request, { doing: () => undefined, remark: () => undefined, bytes }, stop.signal);
    return Math.round(first);
  };
  try {
    await measure('Debug');
    return { plain: await measure('Debug'), changed: await measure('Off') };
  } finally {
    journal.close();
    await node.stop();
    await cluster.close();
    await server.stop();
  }
}
