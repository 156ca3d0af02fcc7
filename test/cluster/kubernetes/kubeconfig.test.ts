import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { kubeconfigFiles, listContexts, loadKubeconfig } from '../../../src/cluster/kubernetes/kubeconfig.ts';
import { checkFails } from '../contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
const inherited = { ...process.env };
afterEach(() => {
  process.env = { ...inherited };
});
after(() => rmSync(folder, { recursive: true }));

/** A kubeconfig whose contexts and their clusters have the same names. */
function write(name: string, contexts: Readonly<Record<string, string>>, current = ''): string {
  const path = join(folder, name);
  const config = {
    'current-context': current,
    clusters: Object.entries(contexts).map(([context, server]) => ({ name: context, cluster: { server } })),
    contexts: Object.keys(contexts).map((context) => ({
      name: context,
      context: { cluster: context, user: 'me' },
    })),
    users: [
      { name: 'me', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'login' } } },
    ],
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const first = write('first', { alpha: 'https://a:1', beta: 'https://b:1' }, 'beta');
const second = write('second', { beta: 'https://other:2', gamma: 'http://localhost:8001' }, 'gamma');

test('several files are one kubeconfig, in which what comes first wins', () => {
  process.env['KUBECONFIG'] = [first, join(folder, 'missing'), second].join(delimiter);
  assert.deepEqual(
    listContexts(undefined).map(({ name, server, isCurrent }) => ({ name, server, isCurrent })),
    [
      { name: 'alpha', server: 'https://a:1', isCurrent: false },
      { name: 'beta', server: 'https://b:1', isCurrent: true },
      { name: 'gamma', server: 'http://localhost:8001', isCurrent: false },
    ],
  );
});

test('a path that was set is read instead of all others', () => {
  process.env['KUBECONFIG'] = first;
  assert.deepEqual(kubeconfigFiles(second), [second]);
  assert.equal(
    loadKubeconfig({ path: second, context: undefined }).getCurrentCluster()?.server,
    'http://localhost:8001',
  );
});

test('a context is chosen by its name', () => {
  assert.equal(loadKubeconfig({ path: first, context: 'alpha' }).getCurrentCluster()?.server, 'https://a:1');
});

test('the plain HTTP of `kubectl proxy` is allowed', () => {
  const cluster = loadKubeconfig({ path: second, context: 'gamma' }).getCurrentCluster();
  assert.equal(cluster?.skipTLSVerify, true);
  assert.equal(loadKubeconfig({ path: first, context: 'alpha' }).getCurrentCluster()?.skipTLSVerify, false);
});

test('a proxy of the environment is used, but not for the loopback', () => {
  process.env['https_proxy'] = 'proxy:3128';
  assert.equal(
    loadKubeconfig({ path: first, context: 'alpha' }).getCurrentCluster()?.proxyUrl,
    'http://proxy:3128',
  );
  process.env['no_proxy'] = 'x,a';
  assert.equal(loadKubeconfig({ path: first, context: 'alpha' }).getCurrentCluster()?.proxyUrl, undefined);
});

test('a credential plugin learns which version it is asked for', () => {
  const exec: unknown = loadKubeconfig({ path: first, context: 'alpha' }).getCurrentUser()?.exec;
  assert.match(
    JSON.stringify(exec),
    /KUBERNETES_EXEC_INFO.*client\.authentication\.k8s\.io\/v1.*interactive/,
  );
});

test('what is missing or damaged is said', async () => {
  const damaged = join(folder, 'damaged');
  writeFileSync(damaged, 'contexts: [');
  process.env['KUBECONFIG'] = join(folder, 'missing');
  const load = async (path: string | undefined, context?: string) => loadKubeconfig({ path, context });
  await checkFails(load(undefined), /There is no kubeconfig/, 'unreachable');
  await checkFails(load(damaged), /damaged cannot be read/, 'unreadable');
  await checkFails(load(join(folder, 'missing')), /missing cannot be read/, 'unreadable');
  await checkFails(load(first, 'delta'), /no context “delta”/, 'unreachable');
});
