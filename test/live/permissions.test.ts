import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import type { Cluster, LiveCluster } from '../../src/cluster/cluster.ts';
import { checkFails } from '../cluster/contract.ts';
import { startCluster } from './cluster.ts';
import { until } from './objects.ts';

const server = await startCluster();
after(() => server.stop());

const signal = new AbortController().signal;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const readPods: Rule = { apiGroups: [''], resources: ['pods'], verbs: ['list'] };
const execWith = (...verbs: string[]): Rule => ({ apiGroups: [''], resources: ['pods/exec'], verbs });
const rbac = '/apis/rbac.authorization.k8s.io/v1';

/** Lets a user do what the rules say, in the whole cluster or in one namespace, until what it answers is called. */
async function allow(user: string, rules: readonly Rule[], namespace?: string): Promise<() => Promise<void>> {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const path = namespace === undefined ? rbac : `${rbac}/namespaces/${namespace}`;
  const resource = kind.toLowerCase();
  const metadata = { name: user };
  const subjects = [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }];
  const roleRef = { kind, name: user, apiGroup: 'rbac.authorization.k8s.io' };
  await server.admin.post(`${path}/${resource}s`, { metadata, rules });
  await server.admin.post(`${path}/${resource}bindings`, { metadata, subjects, roleRef });
  return async () => {
    await server.admin.delete(`${path}/${resource}bindings/${user}`);
    await server.admin.delete(`${path}/${resource}s/${user}`);
  };
}

async function openAs(user: string): Promise<LiveCluster> {
  const kubeconfig = await server.writeKubeconfig(user, { token: `${user}-token` });
  return openKubernetes({ kubeconfig }, signal);
}

const probe = (cluster: Cluster) => cluster.probe({ node: 'node-a', probe: 'routes.dump' }, signal);

test('a user without permissions connects, and every refusal names what is missing', async () => {
  const cluster = await openAs('nobody');
  assert.equal(cluster.info.calicoVersion, undefined);
  await checkFails(
    cluster.list('nodes', signal),
    /you lack the permission “list nodes” in the whole cluster/i,
    'forbidden',
  );
  await checkFails(
    cluster.list('felixconfigurations.crd.projectcalico.org', signal),
    /“list felixconfigurations.crd.projectcalico.org”/,
    'forbidden',
  );
  await checkFails(cluster.probedNodes(signal), /“list pods”/, 'forbidden');
  await checkFails(probe(cluster), /“list pods”/, 'forbidden');
  await cluster.close();
});

test('a user who may not exec is told which permission that takes', async () => {
  const deny = await allow('viewer', [readPods]);
  const cluster = await openAs('viewer');
  await until(async () => assert.ok((await cluster.probedNodes(signal)).length > 0));
  await checkFails(probe(cluster), /“\w+ pods\/exec” in namespace calico-system/, 'forbidden');
  await checkFails(
    cluster.probe({ node: 'node-a', probe: 'felix.log' }, signal),
    /“get pods\/log” in namespace calico-system/,
    'forbidden',
  );
  await deny();
  await cluster.close();
});

for (const verbs of [['create'], ['get']]) {
  test(`exec with ${verbs.join()} alone is refused with the permission that is missing`, async () => {
    const deny = await allow('viewer', [readPods, execWith(...verbs)]);
    const cluster = await openAs('viewer');
    await until(async () => assert.ok((await cluster.probedNodes(signal)).length > 0));
    const missing = verbs.includes('get') ? 'create' : 'get';
    await until(() => checkFails(probe(cluster), new RegExp(`“${missing} pods/exec”`), 'forbidden'));
    await deny();
    await cluster.close();
  });
}

test('a user who may see the Calico namespace alone has its dumps', async () => {
  await allow('operator', [readPods, execWith('get', 'create')], 'calico-system');
  const cluster = await openAs('operator');
  await until(async () => assert.equal((await probe(cluster)).exitCode, 0));
  await checkFails(cluster.list('pods', signal), /“list pods” in the whole cluster/, 'forbidden');
  await cluster.close();
});

test('what a user lacks is known before they try', async () => {
  const cluster = await openAs('operator');
  const access = new Map((await cluster.checkAccess(signal)).map((one) => [one.feature, one.missing]));
  assert.deepEqual(access.get('dumps'), [
    { verbs: ['get'], group: '', resource: 'pods/log', namespace: 'calico-system' },
  ]);
  assert.equal(access.get('browse')?.[0]?.resource, 'nodes');
  assert.deepEqual(access.get('changes'), [
    {
      verbs: ['get', 'create', 'update', 'patch', 'delete'],
      group: 'crd.projectcalico.org',
      resource: 'felixconfigurations',
      namespace: undefined,
    },
  ]);
  await cluster.close();
});

for (const feature of ['browse', 'dumps', 'traces', 'changes', 'debugPods'] as const) {
  test(`the role for ${feature} allows that, and nothing that only others need`, async () => {
    const root = await openAs('root');
    const undo: (() => Promise<void>)[] = [];
    for (const document of parseAllDocuments(await root.roleYaml([feature], signal))) {
      const role = document.toJS() as { kind: string; rules: Rule[]; metadata: { namespace?: string } };
      undo.push(await allow('trainee', role.rules, role.metadata.namespace));
    }
    const cluster = await openAs('trainee');
    await until(async () => {
      const access = await cluster.checkAccess(signal);
      const allowed = access.filter(({ missing }) => missing.length === 0).map((one) => one.feature);
      assert.deepEqual(allowed, feature === 'traces' ? ['dumps', 'traces', 'changes'] : [feature]);
    });
    for (const take of undo) await take();
    await Promise.all([root.close(), cluster.close()]);
  });
}

test('secrets are never asked for', async () => {
  const kubeconfig = server.kubeconfig;
  const cluster = await openKubernetes({ kubeconfig }, signal);
  await checkFails(cluster.list('secrets', signal), /Secrets are never read/, 'forbidden');
  await cluster.close();
});
