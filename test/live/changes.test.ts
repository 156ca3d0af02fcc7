import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { parse } from 'yaml';
import { makeChange, planChange, specOf, type PlannedChange } from '../../src/cluster/changes.ts';
import type { LiveCluster } from '../../src/cluster/cluster.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import type { KubernetesObject } from '../../src/core/objects/object.ts';
import { checkFails } from '../cluster/contract.ts';
import { startCluster } from './cluster.ts';
import { startFaultyProxy } from './faultyProxy.ts';

const server = await startCluster();
const proxy = await startFaultyProxy(server.port, server.certificates);
const signal = new AbortController().signal;
const path = '/apis/crd.projectcalico.org/v1/felixconfigurations';
const resource = 'felixconfigurations.crd.projectcalico.org';

const open = async (user = 'root'): Promise<LiveCluster> =>
  openKubernetes(
    {
      kubeconfig: await server.writeKubeconfig(`changes-${user}`, {
        port: proxy.port,
        token: `${user}-token`,
      }),
      silenceMs: 1000,
      patience: { attempts: 2, firstDelayMs: 5, longestDelayMs: 20 },
    },
    signal,
  );
const cluster = await open();
const original = (await server.admin.get(`${path}/default`)) as KubernetesObject;

after(async () => {
  await cluster.close();
  await proxy.stop();
  await server.stop();
});

beforeEach(async () => {
  await deleteIfThere('default');
  await deleteIfThere('node.node-a');
  const { name, annotations } = original.metadata;
  await server.admin.post(path, { ...original, metadata: { name, annotations } });
});
afterEach(() => proxy.heal());

async function deleteIfThere(name: string): Promise<void> {
  if ((await cluster.read({ resource, name }, signal)) !== undefined) {
    await server.admin.delete(`${path}/${name}`);
  }
}

/** A FelixConfiguration as a file holds it. */
function document(spec: string, name = 'default'): KubernetesObject {
  return parse(
    `apiVersion: crd.projectcalico.org/v1\nkind: FelixConfiguration\nmetadata: {name: ${name}}\nspec: {${spec}}`,
  ) as KubernetesObject;
}

/** The object as somebody who edits it has it before them. */
async function copy(name = 'default'): Promise<KubernetesObject> {
  const object = await cluster.read({ resource, name }, signal);
  assert.ok(object);
  return object;
}

function plan(object: KubernetesObject, by = cluster) {
  return planChange(by, { resource, name: object.metadata.name }, object, signal);
}

async function planned(object: KubernetesObject): Promise<PlannedChange> {
  const planning = await plan(object);
  assert.ok(planning.kind === 'planned', JSON.stringify(planning));
  return planning.change;
}

const spec = async (name = 'default') =>
  specOf((await server.admin.get(`${path}/${name}`)) as KubernetesObject);

test('a plan says which keys change and which stay, and changes nothing', async () => {
  const before = await server.admin.get(`${path}/default`);
  const change = await planned(document('bpfLogLevel: "Off", bpfEnabled: true'));
  assert.equal(change.way, 'apply');
  assert.deepEqual(change.changes, [{ key: 'bpfLogLevel', before: 'Debug', after: 'Off' }]);
  assert.ok(change.kept.includes('vxlanEnabled'));
  assert.deepEqual(await server.admin.get(`${path}/default`), before);
});

test('a file that is applied leaves alone what it does not name', async () => {
  const { bpfLogLevel: _level, ...others } = await spec();
  const outcome = await makeChange(cluster, await planned(document('bpfLogLevel: "Off"')), signal);
  assert.equal(outcome.kind, 'made');
  assert.deepEqual(await spec(), { ...others, bpfLogLevel: 'Off' });
});

test('an edit of the object as it is removes what it does not name, and keeps what kubectl noted', async () => {
  const object = await copy();
  const { bpfLogLevel: _level, ...left } = specOf(object);
  const { annotations: _noted, ...metadata } = object.metadata;
  const change = await planned({ ...object, metadata, spec: left });
  assert.deepEqual(change.changes, [{ key: 'bpfLogLevel', before: 'Debug', after: undefined }]);
  assert.deepEqual(change.kept, []);
  await makeChange(cluster, change, signal);
  assert.deepEqual(await spec(), left);
  assert.deepEqual((await copy()).metadata.annotations, original.metadata.annotations);
});

/** What the server adds to every FelixConfiguration. */
const serverDefaults = { nftablesMode: 'Auto' };

test('an object that is not there is created', async () => {
  const change = await planned(document('bpfLogLevel: "Off"', 'node.node-a'));
  assert.equal(change.way, 'create');
  assert.equal((await makeChange(cluster, change, signal)).kind, 'made');
  assert.deepEqual(await spec('node.node-a'), { bpfLogLevel: 'Off', ...serverDefaults });
});

test('what is so already is no change', async () => {
  await makeChange(cluster, await planned(document('bpfLogLevel: "Off", bpfEnabled: true')), signal);
  const again = document('bpfLogLevel: "Off", bpfEnabled: true');
  assert.equal((await plan(again)).kind, 'same');
  assert.equal((await plan(await copy())).kind, 'same');
});

for (const way of ['apply', 'create'] as const) {
  test(`to ${way} what the server does not take is refused with every place`, async () => {
    const name = way === 'create' ? 'node.node-a' : 'default';
    const unknown = await plan(document('bpfLogLevels: Off, bpfx: 1', name));
    assert.ok(unknown.kind === 'refused');
    assert.deepEqual(unknown.causes.map(({ field }) => field).toSorted(), ['spec.bpfLogLevels', 'spec.bpfx']);
    const wrong = await plan(document('bpfLogLevel: Loud, bpfEnabled: "yes"', name));
    assert.ok(wrong.kind === 'refused');
    assert.deepEqual(wrong.causes.map(({ field }) => field).toSorted(), [
      'spec.bpfEnabled',
      'spec.bpfLogLevel',
    ]);
  });
}

test('whose fields would be taken over is said, and who is likely to put them back', async () => {
  const labels = { 'argocd.argoproj.io/instance': 'network' };
  await server.admin.patch(`${path}/default`, { metadata: { labels } });
  const change = await planned(document('bpfLogLevel: "Off"'));
  assert.deepEqual(
    change.takenOver.map(({ field }) => field),
    ['spec.bpfLogLevel'],
  );
  assert.equal(change.keeper, 'Argo CD');
});

test('a change that somebody else made between plan and agreement is kept', async () => {
  const changes = [
    await planned(document('bpfLogLevel: "Off"')),
    await planned({ ...(await copy()), spec: {} }),
  ];
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Info' } });
  for (const change of changes) {
    assert.equal((await makeChange(cluster, change, signal)).kind, 'outdated', change.way);
    assert.equal((await spec())['bpfLogLevel'], 'Info');
  }
});

test('an object that somebody else created meanwhile is left as it is', async () => {
  const change = await planned(document('bpfLogLevel: "Off"', 'node.node-a'));
  await server.admin.post(path, document('bpfLogLevel: Debug', 'node.node-a'));
  assert.equal((await makeChange(cluster, change, signal)).kind, 'outdated');
  assert.deepEqual(await spec('node.node-a'), { bpfLogLevel: 'Debug', ...serverDefaults });
});

test('a copy of an older version is told to be outdated before anything is tried', async () => {
  const old = await copy();
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Info' } });
  const planning = await plan(old);
  assert.ok(planning.kind === 'outdated');
  assert.match(planning.message, /default was changed since this copy of it was made, last by /);
  await server.admin.delete(`${path}/default`);
  assert.match(JSON.stringify(await plan(old)), /not on the cluster any more/);
});

test('a change whose answer is lost is looked for before anything is said', async () => {
  const change = await planned(document('bpfLogLevel: "Off"'));
  proxy.fail({ match: /^PATCH \S+default\?fieldManager/, kind: 'cut', afterBytes: 20, times: 1 });
  assert.equal((await makeChange(cluster, change, signal)).kind, 'made');
  assert.equal((await spec())['bpfLogLevel'], 'Off');
});

test('a change that never arrived is told not to have been made', async () => {
  const change = await planned(document('bpfLogLevel: "Off"'));
  proxy.fail({ match: /^PATCH \S+default\?fieldManager/, kind: 'refuse', status: 503, times: 1 });
  await checkFails(makeChange(cluster, change, signal), /default was not changed/, 'unreachable');
  assert.equal((await spec())['bpfLogLevel'], 'Debug');
});

test('a user who may not change is told which permission that takes', async () => {
  const nobody = await open('nobody');
  await checkFails(plan(document('bpfLogLevel: "Off"'), nobody), /“get felixconfigurations/, 'forbidden');
  await nobody.close();
});
