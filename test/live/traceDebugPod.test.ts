import { startRecorder } from '../support/recorder.ts';
import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { Journal } from '../../src/cluster/journal.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { giveBack } from '../../src/cluster/loans.ts';
import { field, type KubernetesObject } from '../../src/core/objects/object.ts';
import type { DebugPodOffer } from '../../src/tracing/debugPod.ts';
import { runTrace, type RunRequest } from '../../src/tracing/run.ts';
import { Uri } from '../support/vscodeValues.ts';
import { startCluster } from './cluster.ts';
import { startFaultyProxy } from './faultyProxy.ts';
import { startNode } from './node.ts';
import { until } from './objects.ts';
import { debugPods, listDebugPods, startPodKeeper } from './podKeeper.ts';

const { GrowingFiles } = await import('../../src/host/growingFiles.ts');
const { createLog } = await import('../../src/host/log.ts');
const { createSession } = await import('../../src/session/create.ts');
const { Tracer } = await import('../../src/tracing/tracer.ts');

const server = await startCluster();
const proxy = await startFaultyProxy(server.port, server.certificates);
const node = await startNode(server, 'node-a', 'calico-node-x4k2p');
await node.program('bpftool', 'exit 1');
await node.program('tc', 'echo "Cannot find tracefs" >&2; exit 1');
const programs = join(server.folder, 'debug-pod');
await mkdir(join(programs, 'bin'), { recursive: true });
await writeFile(join(programs, 'probes.json'), '[]');
const plainReader = 'echo begun; sleep 1000';
await setReader(plainReader);
const keeper = startPodKeeper(server, programs);
const signal = new AbortController().signal;
const cluster = await openKubernetes({ kubeconfig: server.kubeconfig }, signal);
const folder = await mkdtemp(join(server.folder, 'journal-'));
const journal = new Journal(folder);

after(async () => {
  await keeper.stop();
  journal.close();
  await node.stop();
  await cluster.close();
  await proxy.stop();
  await server.stop();
});

afterEach(async () => {
  proxy.heal();
  await setReader(plainReader);
  assert.deepEqual(await readdir(folder), [], 'nothing is left in the journal');
  await until(async () => assert.deepEqual(await listDebugPods(server), []));
  await until(async () => assert.deepEqual(await server.processes(), []));
});

/** What reads the trace in the debug pods. */
async function setReader(script: string): Promise<void> {
  const path = join(programs, 'bin', 'bpftool');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

function start(options: Partial<RunRequest> = {}, isAgreed = true) {
  const stop = new AbortController();
  const heard = { text: '', remarks: [] as string[], offers: [] as DebugPodOffer[] };
  const agree = async (offer: DebugPodOffer) => {
    heard.offers.push(offer);
    return isAgreed;
  };
  const debugPods = { image: '', agree };
  const request = { cluster, nodes: ['node-a'], seconds: 60, changes: [], journal, readyTimeoutMs: 30_000 };
  const run = runTrace(
    { ...request, debugPods, ...options },
    {
      doing: () => undefined,
      remark: (_node, words) => heard.remarks.push(words),
      bytes: async (_node, bytes) => void (heard.text += Buffer.from(bytes).toString()),
    },
    stop.signal,
  );
  return { run, stop, heard };
}

const untilBegun = (heard: { readonly text: string; readonly remarks: readonly string[] }) =>
  until(async () => assert.ok(heard.text.includes('begun\n'), heard.remarks.join('\n')));

test('where calico-node has no way to the trace, a debug pod reads it, and is removed at the end', async () => {
  const { run, stop, heard } = start();
  await untilBegun(heard);
  const [pod] = await listDebugPods(server);
  const name = pod?.metadata.name ?? '';
  assert.deepEqual(heard.offers, [
    {
      node: 'node-a',
      why: 'It ended with status 1. (Cannot find tracefs)',
      namespace: 'calico-system',
      name,
      image: 'calico/node:v3.32.1',
      seconds: 120,
    },
  ]);
  assert.equal(field(pod, 'spec', 'nodeName'), 'node-a');
  assert.equal(field(pod, 'spec', 'activeDeadlineSeconds'), 120);
  assert.match(heard.remarks.join('\n'), new RegExp(`read in the debug pod calico-system/${name}`));
  stop.abort();
  assert.deepEqual(await run, { failures: [], owed: [], kept: [] });
});

test('a debug pod goes with the time limit of the trace', async () => {
  const { run, heard } = start({ seconds: 3 });
  assert.deepEqual(await run, { failures: [], owed: [], kept: [] });
  assert.equal(heard.offers.length, 1);
});

test('no debug pod is made when the user does not agree', async () => {
  const { failures } = await start({}, false).run;
  assert.match(failures[0]?.why ?? '', /^calico-node has no way to the trace: .*Cannot find tracefs/);
});

test('no debug pod is offered where changes are switched off', async () => {
  const { run, heard } = start({ debugPods: undefined });
  assert.equal((await run).failures.length, 1);
  assert.deepEqual(heard.offers, []);
});

test('a question that nobody answers does not outlast the trace', async () => {
  const agree = () => new Promise<boolean>(() => undefined);
  const { run, stop, heard } = start({ debugPods: { image: '', agree } });
  await until(async () => assert.equal(heard.remarks.length, 1));
  stop.abort();
  assert.deepEqual((await run).owed, []);
});

/** A cluster behind a network that fails as it is told to. */
const openBadly = async () =>
  openKubernetes(
    {
      kubeconfig: await server.writeKubeconfig('badly', { port: proxy.port, token: 'root-token' }),
      silenceMs: 1000,
      patience: { attempts: 2, firstDelayMs: 5, longestDelayMs: 20 },
    },
    signal,
  );

for (const kind of ['reset', 'cut', 'stall'] as const) {
  test(`a connection to a debug pod that is lost (${kind}) is marked from when to when, and the trace goes on in it`, async () => {
    const cluster = await openBadly();
    proxy.fail({ match: /\/calico-ebpf-trace-\w+\/exec\?/, kind, afterBytes: 600, times: 1 });
    const line = 'head -c 500 /dev/zero | tr "\\0" x; echo; sleep 0.02';
    await setReader(`for i in 1 2 3 4 5 6 7 8; do ${line}; done; echo begun; sleep 1000`);
    const { run, stop, heard } = start({ cluster });
    await until(async () => assert.ok(heard.remarks.some((words) => words.startsWith('Goes on'))));
    const [lost = '', goesOn = ''] = heard.remarks.slice(-2);
    assert.match(lost, /^Lost at \d\d:\d\d:\d\d\.\d{3}: /);
    const since = /^Lost at ([\d:.]+): /.exec(lost)?.[1] ?? '';
    assert.ok(goesOn.endsWith(`; nothing was seen from ${since} on.`), goesOn);
    await untilBegun(heard);
    // It is the same pod, and nobody was asked again.
    assert.equal(heard.offers.length, 1);
    assert.deepEqual(
      (await listDebugPods(server)).map(({ metadata }) => metadata.name),
      heard.offers.map(({ name }) => name),
    );
    stop.abort();
    assert.deepEqual(await run, { failures: [], owed: [], kept: [] });
    await cluster.close();
  });
}

test('a debug pod is removed though the answer to its making was lost', async () => {
  const cluster = await openBadly();
  proxy.fail({ match: /^POST \S*\/pods(?!\S*(?:dryRun|exec))/, kind: 'reset', afterBytes: 0, times: 1 });
  const { run, stop, heard } = start({ cluster });
  await until(async () => assert.equal(heard.offers.length, 1));
  await until(async () => assert.equal(proxy.failures, 1));
  // Either it is found to be made, and read, or the trace fails: what counts is what stays.
  await Promise.race([run.catch(() => undefined), untilBegun(heard)]);
  stop.abort();
  assert.deepEqual((await run).owed, []);
  await cluster.close();
});

test('a debug pod that somebody deletes ends its trace, and leaves nothing', async () => {
  const { run, stop, heard } = start();
  await untilBegun(heard);
  const [pod] = await listDebugPods(server);
  await server.admin.delete(`${debugPods}/${pod?.metadata.name ?? ''}`);
  await until(async () => assert.deepEqual(await listDebugPods(server), []));
  stop.abort();
  assert.deepEqual((await run).owed, []);
});

/** What the window does of a trace, to where the user has chosen it. */
async function startInWindow() {
  Object.assign(editor, { picks: ['node-a', '2 minutes'], answers: ['Create Debug Pod'], messages: [] });
  editor.settings.set('calicoBpf.trace.timeLimit', 120);
  editor.settings.set('calicoBpf.trace.channelSize', 15);
  editor.settings.set('calicoBpf.trace.folder', '');
  editor.settings.set('calicoBpf.trace.debugImage', '');
  editor.settings.set('calicoBpf.changes', 'ask');
  await server.admin.patch('/apis/crd.projectcalico.org/v1/felixconfigurations/default', {
    spec: { bpfLogLevel: 'Debug' },
  });
  const storage = await mkdtemp(join(server.folder, 'storage-'));
  const open = async () =>
    createSession(await openKubernetes({ kubeconfig: server.kubeconfig }, signal), { info() {}, warn() {} });
  const tracing: boolean[] = [];
  const tracer = new Tracer({
    log: createLog(),
    storage: Uri.file(storage) as never,
    growing: new GrowingFiles(),
    setTracing: (isTracing) => void tracing.push(isTracing),
    startRecorder,
    openContext: open,
  });
  const session = await open();
  const run = tracer.start(session, { node: 'node-a', expression: 'host 10.0.0.1' });
  const close = async () => {
    await run;
    await session.cluster.close();
    assert.deepEqual(tracing, [true, false]);
    assert.deepEqual(
      await readdir(join(storage, 'loans')),
      [],
      'nothing is left in the journal of the window',
    );
  };
  const text = async () => {
    const [file = ''] = await readdir(join(storage, 'traces')).catch(() => []);
    return file === '' ? '' : readFile(join(storage, 'traces', file), 'utf8');
  };
  return { tracer, close, text };
}

test('the window’s closing removes the debug pod of its trace, whose file says where it was read', async () => {
  const { tracer, close, text } = await startInWindow();
  await until(async () => assert.match(await text(), /^begun$/m));
  const [pod] = await listDebugPods(server);
  await tracer.stop();
  // Not later: nobody waits for more than this when a window closes.
  assert.deepEqual((await listDebugPods(server)).filter(isStaying), []);
  await close();
  assert.match(await text(), new RegExp(`read in the debug pod calico-system/${pod?.metadata.name ?? ''}`));
});

test('the window’s closing removes a debug pod that has only just been made', async () => {
  const { tracer, close } = await startInWindow();
  await until(async () => assert.equal((await listDebugPods(server)).length, 1));
  await tracer.stop();
  assert.deepEqual((await listDebugPods(server)).filter(isStaying), []);
  await close();
});

const isStaying = (pod: KubernetesObject) => field(pod, 'metadata', 'deletionTimestamp') === undefined;

/** Gives a user what the role for features allows. */
async function allow(user: string, rules: unknown, namespace: string): Promise<void> {
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const metadata = { name: user };
  const subjects = [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }];
  const roleRef = { kind: 'Role', name: user, apiGroup: 'rbac.authorization.k8s.io' };
  await server.admin.post(`${path}/roles`, { metadata, rules });
  await server.admin.post(`${path}/rolebindings`, { metadata, subjects, roleRef });
}

const openAs = async (user: string) =>
  openKubernetes({ kubeconfig: await server.writeKubeconfig(user, { token: `${user}-token` }) }, signal);

test('who may not make pods is told which permission that takes', async () => {
  const rules = [
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
    { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
  ];
  await allow('viewer', rules, 'calico-system');
  const limited = await openAs('viewer');
  await until(async () => assert.ok((await limited.probedNodes(signal)).length > 0));
  const { failures } = await start({ cluster: limited }).run;
  assert.match(failures[0]?.why ?? '', /“create pods” in namespace calico-system/);
  await limited.close();
});

test('the role for debug pods is enough for a trace in one', async () => {
  const [document] = parseAllDocuments(await cluster.roleYaml(['debugPods'], signal));
  const role = document?.toJS() as KubernetesObject;
  await allow('trainee', role['rules'], role.metadata.namespace ?? '');
  const limited = await openAs('trainee');
  await until(async () => assert.ok((await limited.probedNodes(signal)).length > 0));
  const { run, stop, heard } = start({ cluster: limited });
  await untilBegun(heard);
  stop.abort();
  assert.deepEqual(await run, { failures: [], owed: [], kept: [] });
  await limited.close();
});

for (const step of ['asked', 'noted', 'made', 'read']) {
  test(`whoever is killed when a debug pod is ${step} leaves nothing that the next start does not remove`, async () => {
    const program = join(import.meta.dirname, 'traceRunner.ts');
    const child = spawn(process.execPath, [program, server.kubeconfig, folder, step], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) if (line === step) break;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const next = new Journal(folder);
    const abandoned = await next.abandoned();
    assert.equal(abandoned.length, step === 'asked' ? 0 : 1);
    for (const loan of abandoned) await giveBack(cluster, loan, next, signal);
  });
}
