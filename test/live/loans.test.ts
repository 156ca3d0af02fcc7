import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { createInterface } from 'node:readline';
import { specOf } from '../../src/cluster/changes.ts';
import { Journal, type Loan } from '../../src/cluster/journal.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { giveBack, planLoan, takeLoan } from '../../src/cluster/loans.ts';
import type { KubernetesObject } from '../../src/core/objects/object.ts';
import { checkFails } from '../cluster/contract.ts';
import { startCluster } from './cluster.ts';
import { startFaultyProxy } from './faultyProxy.ts';

const server = await startCluster();
const proxy = await startFaultyProxy(server.port, server.certificates);
const kubeconfig = await server.writeKubeconfig('loans', { port: proxy.port, token: 'root-token' });
const signal = new AbortController().signal;
const path = '/apis/crd.projectcalico.org/v1/felixconfigurations';
const resource = 'felixconfigurations.crd.projectcalico.org';
const cluster = await openKubernetes(
  { kubeconfig, silenceMs: 1000, patience: { attempts: 2, firstDelayMs: 5, longestDelayMs: 20 } },
  signal,
);
const folder = await mkdtemp(join(server.folder, 'journal-'));
const journal = new Journal(folder);

after(async () => {
  journal.close();
  await cluster.close();
  await proxy.stop();
  await server.stop();
});

beforeEach(async () => {
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Off', bpfLogFilters: null } });
});
afterEach(async () => {
  proxy.heal();
  assert.deepEqual(await readdir(folder), [], 'the journal is empty in the end');
});

const read = async (name = 'default') => cluster.read({ resource, name }, signal);
const spec = async (name = 'default') => specOf(await read(name));

async function plan(values: Readonly<Record<string, unknown>>, name = 'default') {
  const request = { apiVersion: 'crd.projectcalico.org/v1', kind: 'FelixConfiguration', values };
  const planning = await planLoan(cluster, { ref: { resource, name }, ...request }, signal);
  assert.ok(planning.kind === 'planned', JSON.stringify(planning));
  return planning.change;
}

const debug = { bpfLogLevel: 'Debug', bpfLogFilters: { all: 'host 10.0.0.1' } };

async function take(name = 'default'): Promise<Loan> {
  const taken = await takeLoan(cluster, await plan(debug, name), { journal, purpose: 'a test' }, signal);
  assert.ok(taken.kind === 'taken');
  return taken.loan;
}

test('what was borrowed is put back exactly; what was not set is not set again', async () => {
  const before = await spec();
  const loan = await take();
  assert.deepEqual(await spec(), { ...before, ...debug });
  const given = await giveBack(cluster, loan, journal, signal);
  assert.deepEqual(given, { restored: ['bpfLogFilters', 'bpfLogLevel'], kept: [] });
  assert.deepEqual(await spec(), before);
});

test('an object that was made for a loan goes with it', async () => {
  const loan = await take('node.node-a');
  assert.equal((await spec('node.node-a'))['bpfLogLevel'], 'Debug');
  await giveBack(cluster, loan, journal, signal);
  assert.equal(await read('node.node-a'), undefined);
});

test('an object that was made for a loan stays when somebody else has set something in it', async () => {
  const loan = await take('node.node-a');
  await server.admin.patch(`${path}/node.node-a`, { spec: { bpfEnabled: true } });
  await giveBack(cluster, loan, journal, signal);
  assert.deepEqual(await spec('node.node-a'), { bpfEnabled: true, nftablesMode: 'Auto' });
  await server.admin.delete(`${path}/node.node-a`);
});

test('what somebody else changed meanwhile is kept, and told', async () => {
  const loan = await take();
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Info', vxlanEnabled: false } });
  assert.deepEqual(await giveBack(cluster, loan, journal, signal), {
    restored: ['bpfLogFilters'],
    kept: ['bpfLogLevel'],
  });
  const { bpfLogLevel, bpfLogFilters, vxlanEnabled } = await spec();
  assert.deepEqual([bpfLogLevel, bpfLogFilters, vxlanEnabled], ['Info', undefined, false]);
  await server.admin.patch(`${path}/default`, { spec: { vxlanEnabled: true } });
});

test('an edit in the middle of putting back is not overwritten', async () => {
  const loan = await take();
  let edits = 0;
  const meddled = Object.create(cluster) as typeof cluster;
  meddled.read = async (ref, own) => {
    const found = await cluster.read(ref, own);
    if (edits++ < 3)
      await server.admin.patch(`${path}/default`, { spec: { reportingInterval: `${edits}s` } });
    return found;
  };
  Object.defineProperty(meddled, 'info', { value: cluster.info });
  meddled.write = (order, own) => cluster.write(order, own);
  await giveBack(meddled, loan, journal, signal);
  const { bpfLogLevel, reportingInterval } = await spec();
  assert.deepEqual([bpfLogLevel, reportingInterval], ['Off', '3s']);
  await server.admin.patch(`${path}/default`, { spec: { reportingInterval: '0s' } });
});

test('a loan that cannot be put back now stays in the journal, and is put back later', async () => {
  const loan = await take();
  proxy.fail({ match: /^PUT /, kind: 'refuse', status: 503, times: 1 });
  await checkFails(giveBack(cluster, loan, journal, signal), /503/, 'unreachable');
  assert.equal((await readdir(folder)).length, 1);
  await giveBack(cluster, loan, journal, signal);
  assert.equal((await spec())['bpfLogLevel'], 'Off');
});

test('a loan of another cluster is not put back here', async () => {
  const loan = await take();
  await checkFails(
    giveBack(cluster, { ...loan, server: 'https://elsewhere' }, journal, signal),
    /not on shop/,
    'unsupported',
  );
  await giveBack(cluster, loan, journal, signal);
});

test('a change that is refused leaves nothing in the journal', async () => {
  const change = await plan(debug);
  await server.admin.patch(`${path}/default`, { spec: { reportingInterval: '9s' } });
  const taken = await takeLoan(cluster, change, { journal, purpose: 'a test' }, signal);
  assert.equal(taken.kind, 'outdated');
});

/** Runs a process that takes a loan, and kills it when it is at a step. */
async function killAt(step: string, name: string): Promise<void> {
  const program = join(import.meta.dirname, 'borrower.ts');
  const child = spawn(process.execPath, [program, kubeconfig, folder, name, step], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) if (line === step) break;
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** How often a process is killed at each step, on each of two objects. */
const rounds = Number(process.env['CALICO_EBPF_TEST_KILLS'] ?? 1);

for (const step of ['opened', 'planned', 'noted', 'sent', 'taken', 'returned', 'forgotten']) {
  test(`whoever is killed when it has ${step} leaves nothing that the next start does not put back`, async () => {
    for (const name of Array.from({ length: rounds }, () => ['default', 'node.node-a']).flat()) {
      const before = await read(name);
      await killAt(step, name);
      const wasNoted = ['noted', 'sent', 'taken', 'returned'].includes(step);
      const next = new Journal(folder);
      const abandoned = await next.abandoned();
      assert.equal(abandoned.length, wasNoted ? 1 : 0);
      for (const loan of abandoned) await giveBack(cluster, loan, next, signal);
      const after: KubernetesObject | undefined = await read(name);
      assert.deepEqual(specOf(after), specOf(before), name);
      assert.equal(after === undefined, before === undefined);
    }
  });
}
