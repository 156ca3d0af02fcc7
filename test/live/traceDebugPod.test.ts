import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
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
import { startCluster } from './cluster.ts';
import { startNode } from './node.ts';
import { until } from './objects.ts';
import { listDebugPods, startPodKeeper } from './podKeeper.ts';

const server = await startCluster();
const node = await startNode(server, 'node-a', 'calico-node-x4k2p');
await node.program('bpftool', 'exit 1');
await node.program('tc', 'echo "Cannot find tracefs" >&2; exit 1');
const programs = join(server.folder, 'debug-pod');
await mkdir(join(programs, 'bin'), { recursive: true });
await writeFile(join(programs, 'probes.json'), '[]');
await writeFile(join(programs, 'bin', 'bpftool'), '#!/bin/sh\necho begun; sleep 1000\n');
await chmod(join(programs, 'bin', 'bpftool'), 0o755);
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
  await server.stop();
});

afterEach(async () => {
  assert.deepEqual(await readdir(folder), [], 'nothing is left in the journal');
  await until(async () => assert.deepEqual(await listDebugPods(server), []));
  await until(async () => assert.deepEqual(await server.processes(), []));
});

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
