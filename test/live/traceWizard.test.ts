import { startRecorder } from '../support/recorder.ts';
import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Uri } from '../support/vscodeValues.ts';
import { startCluster } from './cluster.ts';
import { startNode } from './node.ts';
import { until } from './objects.ts';

const { openKubernetes } = await import('../../src/cluster/kubernetes/kubernetesCluster.ts');
const { GrowingFiles } = await import('../../src/host/growingFiles.ts');
const { createLog } = await import('../../src/host/log.ts');
const { createSession } = await import('../../src/session/create.ts');
const { Tracer } = await import('../../src/tracing/tracer.ts');

const signal = new AbortController().signal;
const server = await startCluster();
const node = await startNode(server, 'node-a', 'calico-node-x4k2p');
const storage = Uri.file(await mkdtemp(join(server.folder, 'storage-')));
const path = '/apis/crd.projectcalico.org/v1/felixconfigurations';
const rbac = '/apis/rbac.authorization.k8s.io/v1';

after(async () => {
  await node.stop();
  await server.stop();
});

beforeEach(async () => {
  Object.assign(editor, { picks: [], answers: [], messages: [], documents: [], shown: [], asked: [] });
  editor.settings.set('calicoBpf.trace.timeLimit', 120);
  editor.settings.set('calicoBpf.trace.channelSize', 15);
  editor.settings.set('calicoBpf.trace.folder', '');
  editor.settings.set('calicoBpf.trace.debugImage', '');
  editor.settings.set('calicoBpf.changes', 'ask');
  await node.program('bpftool', 'echo begun; sleep 1000');
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Off' } });
});

const openAs = async (user: string) =>
  createSession(
    await openKubernetes(
      { kubeconfig: await server.writeKubeconfig(user, { token: `${user}-token` }) },
      signal,
    ),
    { info() {}, warn() {} },
  );

async function tracerOf(user: string) {
  const session = await openAs(user);
  const tracing: boolean[] = [];
  const growing = new GrowingFiles();
  const tracer = new Tracer({
    log: createLog(),
    storage: storage as never,
    growing,
    setTracing: (isTracing) => void tracing.push(isTracing),
    startRecorder,
    openContext: () => openAs(user),
  });
  return { session, tracer, tracing, growing };
}

/** May read everything and exec, and change nothing. */
async function allowReading(user: string): Promise<void> {
  const metadata = { name: user };
  const rules = [
    { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
  ];
  const subjects = [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }];
  const roleRef = { kind: 'ClusterRole', name: user, apiGroup: 'rbac.authorization.k8s.io' };
  await server.admin.post(`${rbac}/clusterroles`, { metadata, rules });
  await server.admin.post(`${rbac}/clusterrolebindings`, { metadata, subjects, roleRef });
}

test('without the right to change anything the YAML is handed out, and the trace goes on', async () => {
  await allowReading('viewer');
  const { session, tracer, tracing } = await tracerOf('viewer');
  editor.picks = ['node-a', '2 minutes'];
  editor.answers = ['Show the YAML'];
  const run = tracer.start(session, { node: 'node-a', expression: 'host 10.0.0.1' });
  await until(async () => assert.deepEqual(tracing, [true]));
  const [document] = editor.documents as readonly { readonly content: string }[];
  assert.match(document?.content ?? '', /kind: FelixConfiguration\nmetadata:\n  name: node\.node-a\n/);
  assert.match(document?.content ?? '', /bpfLogLevel: Debug/);
  assert.match(document?.content ?? '', /all: host 10\.0\.0\.1/);
  await tracer.stop();
  await run;
  assert.deepEqual(tracing, [true, false]);
  await until(async () => assert.deepEqual(await server.processes(), []));
  await session.cluster.close();
});

test('what is not agreed to changes nothing and begins nothing', async () => {
  const { session, tracer, tracing } = await tracerOf('root');
  editor.picks = ['node-a', '2 minutes'];
  await tracer.start(session, { node: 'node-a', expression: 'host 10.0.0.1' });
  assert.match(editor.messages.join(), /Trace node-a for 2 minutes\?/);
  assert.deepEqual(tracing, []);
  await assert.rejects(server.admin.get(`${path}/node.node-a`), /404/);
  await session.cluster.close();
});

test('a filter that is none ends the trace, is put back, and is told', async () => {
  const failure =
    '            curl-21034   [003] b.s1.  7712.104512: bpf_trace_printk: tc_preamble iface eth0 failed to call log filter 3';
  await node.program('bpftool', `echo "${failure}"; sleep 1000`);
  const { session, tracer } = await tracerOf('root');
  editor.picks = ['node-a', '2 minutes'];
  editor.answers = ['Start Trace'];
  await tracer.start(session, { node: 'node-a', expression: 'host 10.0.0.1' });
  assert.match(editor.messages.join('\n'), /the expression is no filter.*Everything is put back/);
  await assert.rejects(server.admin.get(`${path}/node.node-a`), /404/);
  await until(async () => assert.deepEqual(await server.processes(), []));
  await session.cluster.close();
});

test('events that the kernel lost are told at the end', async () => {
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Debug' } });
  await node.program('bpftool', 'echo "CPU:3 [LOST 1234 EVENTS]"; sleep 1000');
  const { session, tracer } = await tracerOf('root');
  editor.picks = ['node-a', '2 minutes'];
  const run = tracer.start(session, { node: 'node-a', expression: 'host 10.0.0.1' });
  await until(async () => assert.match(editor.statusItem.text, /1,234 lost/));
  await tracer.stop();
  await run;
  assert.match(editor.messages.join('\n'), /1,234 lost.*What is lost the kernel could not keep/);
  await session.cluster.close();
});

test('where nothing comes of a node, its trace says why; the banner of a reader is nothing', async () => {
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Debug' } });
  await node.program('bpftool', 'echo "Running! Hang up with ^C!"; sleep 1000');
  const { session, tracer, growing } = await tracerOf('root');
  editor.picks = ['node-a', '2 minutes'];
  const run = tracer.start(session, { node: 'node-a', expression: 'host 10.0.0.1' });
  await until(async () => assert.ok(growing.latest !== undefined));
  const file = growing.latest ?? '';
  await until(async () => assert.match(await readFile(file, 'utf8'), /^Running!.*\n-- Nothing comes/m));
  assert.match(
    await readFile(file, 'utf8'),
    /^-- Nothing comes yet: .*no packet on node-a matches “host 10\.0\.0\.1”/m,
  );
  await tracer.stop();
  await run;
  await until(async () => assert.deepEqual(await server.processes(), []));
  await session.cluster.close();
});

test('a trace that has said something is not asked why it is silent', async () => {
  const line =
    '            curl-21034   [003] b.s1.  7712.104512: bpf_trace_printk: eth0------------I: New packet at ifindex=2; mark=0';
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Debug' } });
  await node.program('bpftool', `echo "${line}"; sleep 1000`);
  const { session, tracer, growing } = await tracerOf('root');
  editor.picks = ['node-a', '2 minutes'];
  const run = tracer.start(session, { node: 'node-a', expression: 'host 10.0.0.1' });
  await until(async () => assert.ok(growing.latest !== undefined));
  const file = growing.latest ?? '';
  await delay(14_000);
  assert.doesNotMatch(await readFile(file, 'utf8'), /Nothing comes/);
  await tracer.stop();
  await run;
  await session.cluster.close();
});
