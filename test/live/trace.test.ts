import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { specOf } from '../../src/cluster/changes.ts';
import { Journal } from '../../src/cluster/journal.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { planLoan } from '../../src/cluster/loans.ts';
import { planScope, type TraceWish } from '../../src/tracing/scope.ts';
import { readLoggingState } from '../../src/tracing/state.ts';
import { runTrace, type RunEnd, type RunRequest } from '../../src/tracing/run.ts';
import { startCluster } from './cluster.ts';
import { startFaultyProxy } from './faultyProxy.ts';
import { startNode } from './node.ts';
import { until } from './objects.ts';

const server = await startCluster();
const proxy = await startFaultyProxy(server.port, server.certificates);
const node = await startNode(server, 'node-a', 'calico-node-x4k2p');
const kubeconfig = await server.writeKubeconfig('traces', { port: proxy.port, token: 'root-token' });
const signal = new AbortController().signal;
const cluster = await openKubernetes(
  { kubeconfig, silenceMs: 1000, patience: { attempts: 2, firstDelayMs: 5, longestDelayMs: 20 } },
  signal,
);
const folder = await mkdtemp(join(server.folder, 'journal-'));
const journal = new Journal(folder);
const path = '/apis/crd.projectcalico.org/v1/felixconfigurations';
const resource = 'felixconfigurations.crd.projectcalico.org';

after(async () => {
  journal.close();
  await node.stop();
  await cluster.close();
  await proxy.stop();
  await server.stop();
});

beforeEach(async () => {
  await node.program('bpftool', 'echo begun; sleep 1000');
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Off' } });
});
afterEach(async () => {
  proxy.heal();
  assert.deepEqual(await readdir(folder), [], 'nothing is left in the journal');
  await until(async () => assert.deepEqual(await server.processes(), []));
});

const wish: TraceWish = { nodes: ['node-a'], expression: 'host 10.0.0.1' };

/** Starts a trace as the wizard does once it was agreed to. */
async function start(options: Partial<RunRequest> = {}) {
  const scope = planScope(wish, await readLoggingState(cluster, signal));
  const changes = [];
  for (const loan of scope.loans) {
    const planning = await planLoan(cluster, loan, signal);
    assert.ok(planning.kind === 'planned');
    changes.push({ change: planning.change, nodes: ['node-a'] });
  }
  const stop = new AbortController();
  const heard = { text: '', remarks: [] as string[], doing: [] as string[] };
  const decoder = new TextDecoder();
  const request = {
    cluster,
    nodes: wish.nodes,
    seconds: 60,
    changes,
    journal,
    readyTimeoutMs: 10_000,
    debugPods: undefined,
  };
  const run: Promise<RunEnd> = runTrace(
    { ...request, ...options },
    {
      doing: (words) => heard.doing.push(words),
      remark: (_node, words) => heard.remarks.push(words),
      bytes: async (_node, bytes) => void (heard.text += decoder.decode(bytes, { stream: true })),
    },
    stop.signal,
  );
  return { run, stop, heard };
}

const untilText = (heard: { readonly text: string }, words: string) =>
  until(async () => assert.ok(heard.text.includes(words)));

test('for a trace of one node only that node is told to log, and is asked no more when it is stopped', async () => {
  const before = await server.admin.get(`${path}/default`);
  const { run, stop, heard } = await start();
  await untilText(heard, 'begun\n');
  const own = await cluster.read({ resource, name: 'node.node-a' }, signal);
  assert.deepEqual(specOf(own), {
    bpfCTLBLogFilter: 'all',
    bpfLogFilters: { all: 'host 10.0.0.1' },
    bpfLogLevel: 'Debug',
    nftablesMode: 'Auto',
  });
  assert.deepEqual(await server.admin.get(`${path}/default`), before);
  stop.abort();
  assert.deepEqual(await run, { failures: [], owed: [], kept: [] });
  assert.equal(await cluster.read({ resource, name: 'node.node-a' }, signal), undefined);
  assert.ok(heard.doing.includes('Waiting until Felix is ready again'));
});

test('at the time limit a trace ends by itself and puts back what it changed', async () => {
  const { run, heard } = await start({ seconds: 3 });
  assert.deepEqual(await run, { failures: [], owed: [], kept: [] });
  assert.match(heard.text, /begun/);
  assert.equal(await cluster.read({ resource, name: 'node.node-a' }, signal), undefined);
});

test('a node that logs already is traced without a change', async () => {
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Debug' } });
  const { run, stop, heard } = await start();
  await untilText(heard, 'begun\n');
  assert.equal(await cluster.read({ resource, name: 'node.node-a' }, signal), undefined);
  stop.abort();
  await run;
});

test('stopped while Felix restarts, it puts back what it changed', async () => {
  await node.program('calico-node', '[ "$2" = version ] && { echo "Version: v3.32.1"; exit; }; exit 1');
  const { run, stop, heard } = await start();
  await until(async () => assert.ok(heard.doing.includes('Waiting until Felix is ready again')));
  stop.abort();
  assert.deepEqual((await run).owed, []);
  assert.equal(await cluster.read({ resource, name: 'node.node-a' }, signal), undefined);
  await node.program('calico-node', '[ "$2" = version ] && echo "Version: v3.32.1"; exit 0');
});

test('an edit of somebody else during a trace is kept and told', async () => {
  const { run, stop, heard } = await start();
  await untilText(heard, 'begun\n');
  await server.admin.patch(`${path}/node.node-a`, { spec: { bpfLogLevel: 'Info' } });
  stop.abort();
  assert.deepEqual((await run).kept, ['node.node-a: bpfLogLevel']);
  assert.equal(specOf(await cluster.read({ resource, name: 'node.node-a' }, signal))['bpfLogLevel'], 'Info');
  await server.admin.delete(`${path}/node.node-a`);
});

test('a connection that is lost is marked from when to when, and the trace goes on', async () => {
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Debug' } });
  proxy.fail({ match: /exec\?/, kind: 'reset', afterBytes: 600, times: 1 });
  await node.program(
    'bpftool',
    'for i in 1 2 3 4 5 6 7 8; do head -c 500 /dev/zero | tr "\\0" x; echo; sleep 0.02; done; sleep 1000',
  );
  const { run, stop, heard } = await start();
  await until(async () => assert.ok(heard.remarks.some((words) => words.startsWith('Goes on'))));
  assert.match(heard.remarks[0] ?? '', /^Lost at \d\d:\d\d:\d\d\.\d{3}: /);
  assert.match(heard.remarks[1] ?? '', /nothing was seen from \d\d:\d\d:\d\d\.\d{3} on/);
  stop.abort();
  assert.deepEqual((await run).failures, []);
});

test('a second reader that only the kernel knows is told', async () => {
  const said = 'cat: /sys/kernel/tracing/trace_pipe: Device or resource busy';
  await node.program('bpftool', `echo "${said}" >&2; exit 1`);
  await node.program('tc', `echo "${said}" >&2; exit 1`);
  const { run, heard } = await start();
  const { failures } = await run;
  assert.match(failures[0]?.why ?? '', /Somebody else reads the trace of node-a/);
  assert.match(failures[0]?.why ?? '', /none of the processes that are seen from here/);
  assert.equal(heard.remarks.length, 1);
  assert.equal(await cluster.read({ resource, name: 'node.node-a' }, signal), undefined);
});

/** Lets the container show a process that holds the trace pipe. */
async function showHolder(pidFile: string): Promise<void> {
  const link = 'lr-x------ 1 root root 64 Nov 21 10:00 3 -> /sys/kernel/tracing/trace_pipe';
  await node.program('ls', `[ -e ${pidFile} ] && echo "/proc/$(cat ${pidFile})/fd:" && echo "${link}"`);
  for (const tool of ['sed', 'grep']) await node.program(tool, `exec $(command -p -v ${tool}) "$@"`);
}

test('a second reader in the container is named, and the lines are left to it', async (t) => {
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Debug' } });
  const reader = spawn('sleep', ['1000']);
  t.after(async () => {
    reader.kill();
    await node.program('ls', 'exit 1');
  });
  const pidFile = join(server.folder, 'stranger.pid');
  await writeFile(pidFile, String(reader.pid));
  await showHolder(pidFile);
  const { run, heard } = await start();
  const { failures } = await run;
  assert.match(
    failures[0]?.why ?? '',
    new RegExp(`reads the trace of node-a already.* It is process ${reader.pid}, “sleep 1000”`),
  );
  assert.doesNotMatch(heard.text, /begun/);
});

test('after a lost connection what is left of the try before is ended, and the trace goes on', async (t) => {
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Debug' } });
  const pidFile = join(server.folder, 'reader.pid');
  t.after(() => node.program('ls', 'exit 1'));
  proxy.fail({ match: /exec\?/, kind: 'reset', afterBytes: 600, times: 1 });
  // The first try leaves a process behind, as one does whose node has not heard that the connection is gone.
  await node.program(
    'bpftool',
    `[ -e ${pidFile} ] && { echo begun again; sleep 1000; exit; }
/usr/bin/setsid sleep 999 </dev/null >/dev/null 2>&1 & echo $! > ${pidFile}
for i in 1 2 3 4 5 6 7 8; do head -c 500 /dev/zero | tr "\\0" x; echo; sleep 0.02; done; sleep 1000`,
  );
  await showHolder(pidFile);
  const { run, stop, heard } = await start();
  await untilText(heard, 'begun again\n');
  stop.abort();
  assert.deepEqual((await run).failures, []);
  assert.throws(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 0), /ESRCH/);
});
