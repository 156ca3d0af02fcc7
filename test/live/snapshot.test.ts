import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { openSnapshot } from '../../src/cluster/snapshot/snapshotCluster.ts';
import { runCli } from '../../src/cli/main.ts';
import { createSession } from '../../src/session/create.ts';
import { startCluster } from './cluster.ts';

const server = await startCluster();
const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-test-'));
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const signal = new AbortController().signal;
const silent = { info() {}, warn() {} };

async function cli(args: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const status = await runCli(args, {
    stdin: (async function* () {})(),
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
  });
  return { status, ...written };
}

test('a snapshot of a live cluster gives the answers that the cluster gave', async () => {
  const out = join(folder, 'shop.tar.gz');
  const { status, stderr } = await cli([
    'snapshot',
    'take',
    '--kubeconfig',
    server.kubeconfig,
    '--context',
    'shop',
    '--out',
    out,
  ]);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^\[3\/3\] node-\w: \d+ probes/m);
  const live = await openKubernetes({ kubeconfig: server.kubeconfig }, signal);
  const copy = await openSnapshot(out, {}, signal);
  assert.deepEqual(
    [copy.info.name, copy.info.calicoVersion, copy.info.kubernetesVersion],
    [live.info.name, live.info.calicoVersion, live.info.kubernetesVersion],
  );
  const [of, as] = [createSession(copy, silent), createSession(live, silent)];
  assert.deepEqual(await of.nodes(signal), await as.nodes(signal));
  for (const node of ['node-a', 'node-b', 'node-c']) {
    assert.deepEqual(await of.interfaces(node, signal), await as.interfaces(node, signal));
    for (const map of ['nat', 'conntrack', 'routes', 'counters'] as const) {
      const target = { node, map, family: 'IPv4' } as const;
      assert.deepEqual(await of.map(target, signal), await as.map(target, signal));
    }
  }
  await Promise.all([live.close(), copy.close()]);
});

test('a user who may only browse gets a snapshot of what they may see, with the reasons for the rest', async () => {
  const kubeconfig = await server.writeKubeconfig('nobody', { token: 'nobody-token' });
  const out = join(folder, 'little');
  const { status, stderr } = await cli(['snapshot', 'take', '--kubeconfig', kubeconfig, '--out', out]);
  assert.equal(status, 0);
  assert.match(stderr, /incomplete: bgp.* and \d+ more: .*“list \w+\S*” in the whole cluster/);
  const copy = await openSnapshot(out, {}, signal);
  assert.ok(copy.info.notices.some(({ why }) => why.includes('you lack the permission')));
});

test('an interrupted snapshot is kept with what it has, and says so', async () => {
  const out = join(folder, 'interrupted.tar.gz');
  const program = join(import.meta.dirname, '..', '..', 'src', 'cli', 'program.ts');
  const args = [program, 'snapshot', 'take', '--kubeconfig', server.kubeconfig, '--out', out];
  const { code, stderr } = await new Promise<{ code: number | null; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, args, () => {});
    let stderr = '';
    child.stderr?.on('data', (chunk: string) => {
      if (stderr === '') child.kill('SIGINT');
      stderr += chunk;
    });
    child.once('close', (code) => resolve({ code, stderr }));
  });
  assert.equal(code, 2, stderr);
  assert.match(stderr, /it was stopped on its way/);
  assert.ok((await (await openSnapshot(out, {}, signal)).list('nodes', signal)).length === 3);
});
