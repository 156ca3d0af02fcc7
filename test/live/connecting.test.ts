import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { LiveCluster } from '../../src/cluster/cluster.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { checkFails, testClusterContract } from '../cluster/contract.ts';
import { testAnyCluster } from './anyCluster.ts';
import { startCluster } from './cluster.ts';
import { createAll } from './objects.ts';
import { freePorts, listenOnLoopback } from './processes.ts';

const server = await startCluster();
after(() => server.stop());

const signal = new AbortController().signal;

testClusterContract('live', async () => {
  const cluster = await openKubernetes({ kubeconfig: server.kubeconfig }, signal);
  return { cluster, close: () => cluster.close() };
});

testAnyCluster(server.kubeconfig);

interface KubeconfigFile {
  readonly clusters: readonly [{ readonly cluster: Record<string, unknown> }];
  readonly users: [{ user: Record<string, unknown> }];
}

/** A kubeconfig of the administrator with something changed. */
async function writeChanged(name: string, change: (config: KubeconfigFile) => void): Promise<string> {
  const config = JSON.parse(await readFile(server.kubeconfig, 'utf8')) as KubeconfigFile;
  change(config);
  const path = join(server.folder, `${name}.kubeconfig`);
  await writeFile(path, JSON.stringify(config));
  return path;
}

/** Checks that lists and execs go through. */
async function checkWorks(cluster: LiveCluster): Promise<void> {
  assert.equal((await cluster.list('nodes', signal)).length, 3);
  const { exitCode } = await cluster.probe({ node: 'node-b', probe: 'routes.dump' }, signal);
  assert.equal(exitCode, 0);
  await cluster.close();
}

test('what a cluster is stands in its info', async () => {
  const cluster = await openKubernetes({ kubeconfig: server.kubeconfig, context: 'shop' }, signal);
  const { name, kind, origin, kubernetesVersion, calicoVersion, notices } = cluster.info;
  assert.deepEqual(
    { name, kind, origin, calicoVersion, notices },
    {
      name: 'shop',
      kind: 'live',
      origin: `https://127.0.0.1:${server.port}`,
      calicoVersion: 'v3.32.1',
      notices: [],
    },
  );
  assert.match(kubernetesVersion ?? '', /^v1\.\d+\.\d+$/);
  await cluster.close();
});

test('a server that is not there is named, with what is wrong', async () => {
  const [port = 0] = await freePorts(1);
  const path = await server.writeKubeconfig('nowhere', { port });
  await checkFails(
    openKubernetes({ kubeconfig: path }, signal),
    /Connecting to shop .*connection refused/,
    'unreachable',
  );
});

test('a server whose certificate is of another authority is not spoken to', async () => {
  const authority = server.certificates.tokens.certificate;
  const path = await server.writeKubeconfig('stranger', { authority });
  await checkFails(
    openKubernetes({ kubeconfig: path }, signal),
    /certificate is not of the kubeconfig’s authority/,
    'unreachable',
  );
});

test('credentials that are not accepted are said to be', async () => {
  const path = await server.writeKubeconfig('expired', { token: 'of-yesterday' });
  await checkFails(openKubernetes({ kubeconfig: path }, signal), /401.*Log in again/, 'forbidden');
});

test('a port that speaks no TLS is no API server', async () => {
  const plain = createServer((_request, response) => response.end('hello'));
  const port = await listenOnLoopback(plain);
  const path = await server.writeKubeconfig('plain', { port });
  await checkFails(openKubernetes({ kubeconfig: path }, signal), /Connecting to shop/, 'unreachable');
  const http = await writeChanged('http', ({ clusters }) => {
    clusters[0].cluster['server'] = `http://127.0.0.1:${port}`;
  });
  await checkFails(
    openKubernetes({ kubeconfig: http }, signal),
    /answers, but not as an API server does: "hello"/,
    'unreadable',
  );
  plain.close();
});

test('credentials come from a plugin, once for all who need them', async () => {
  const calls = join(server.folder, 'calls');
  const plugin = join(server.folder, 'plugin');
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'root-token', expirationTimestamp: new Date(Date.now() + 3_600_000).toISOString() },
  };
  const script = `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >> ${calls}\necho '${JSON.stringify(credential)}'\n`;
  await writeFile(plugin, script, { mode: 0o755 });
  const kubeconfig = await writeChanged('plugin', ({ users }) => {
    users[0].user = {
      exec: { apiVersion: credential.apiVersion, command: plugin, interactiveMode: 'Never' },
    };
  });
  const cluster = await openKubernetes({ kubeconfig }, signal);
  await Promise.all([1, 2, 3].map(() => cluster.list('nodes', signal)));
  await checkWorks(cluster);
  const told = (await readFile(calls, 'utf8')).trim().split('\n');
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /client\.authentication\.k8s\.io\/v1/);
});

test('a plugin that fails says so itself', async () => {
  const kubeconfig = await writeChanged('broken', ({ users }) => {
    const args = ['-c', 'echo please log in >&2; exit 1'];
    users[0].user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args } };
  });
  await checkFails(
    openKubernetes({ kubeconfig }, signal),
    /credentials of context “shop” cannot be had: please log in/,
    'unreachable',
  );
});

test('requests and execs go through the proxy of the kubeconfig', async () => {
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, client) => {
    tunnels.push(request.url ?? '');
    const upstream = connect(server.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connected\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  const port = await listenOnLoopback(proxy);
  const kubeconfig = await writeChanged('proxy', ({ clusters }) => {
    clusters[0].cluster['server'] = 'https://localhost:1';
    clusters[0].cluster['proxy-url'] = `http://127.0.0.1:${port}`;
  });
  await checkWorks(await openKubernetes({ kubeconfig }, signal));
  assert.ok(tunnels.length >= 2);
  assert.deepEqual([...new Set(tunnels)], ['localhost:1']);
  proxy.close();
  proxy.closeAllConnections();
});

test('a server is checked by the name that the kubeconfig gives it', async () => {
  const withName = (name: string) =>
    writeChanged(name, ({ clusters }) => {
      clusters[0].cluster['tls-server-name'] = name;
    });
  await checkWorks(await openKubernetes({ kubeconfig: await withName('localhost') }, signal));
  await checkFails(
    openKubernetes({ kubeconfig: await withName('elsewhere') }, signal),
    /certificate is for another name/,
    'unreachable',
  );
});

test('a server below a path, as behind a gateway, is asked below it', async () => {
  const asked: string[] = [];
  const gateway = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('{}');
  });
  const port = await listenOnLoopback(gateway);
  const kubeconfig = await writeChanged('below', ({ clusters }) => {
    clusters[0].cluster['server'] = `http://127.0.0.1:${port}/clusters/one/`;
  });
  await (await openKubernetes({ kubeconfig }, signal)).close();
  assert.equal(asked[0], '/clusters/one/version');
  assert.ok(asked.every((path) => path.startsWith('/clusters/one/')));
  gateway.close();
  gateway.closeAllConnections();
});

test('a cluster without Calico says which network it has instead', async () => {
  const nodes = ['calico-node-x4k2p', 'calico-node-h7q9d', 'calico-node-m3zt8'];
  const pods = '/api/v1/namespaces/calico-system/pods';
  for (const name of nodes) await server.admin.delete(`${pods}/${name}?gracePeriodSeconds=0`);
  const labels = { app: 'cilium' };
  const containers = [{ name: 'agent', image: 'cilium' }];
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'cilium', namespace: 'kube-system' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
  await createAll(server.admin, 'daemonsets.apps', [daemonSet]);
  const cluster = await openKubernetes({ kubeconfig: server.kubeconfig }, signal);
  assert.deepEqual(cluster.info.notices, [
    { what: 'Calico', why: 'there is no calico-node pod in this cluster; its network is Cilium' },
  ]);
  await cluster.close();
});
