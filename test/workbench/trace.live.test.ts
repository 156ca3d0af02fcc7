import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../live/objects.ts';
import { startCluster } from '../live/cluster.ts';
import { startNode } from '../live/node.ts';
import {
  openForTests,
  quickPickRow,
  row,
  runCommand,
  showContainer,
  takePicture,
  webview,
} from './workbench.ts';

const path = '/apis/crd.projectcalico.org/v1/felixconfigurations';

const server = await startCluster();
const node = await startNode(server, 'node-a', 'calico-node-x4k2p');
const workbench = await openForTests({ settings: { 'calicoBpf.kubeconfig': server.kubeconfig } });

before(async () => {
  await server.admin.patch(`${path}/default`, { spec: { bpfLogLevel: 'Off' } });
  const trace = join(server.recordingOf('node-a'), 'traces', 'loadgen-to-payments.log');
  await node.program('bpftool', `cat "${trace}"; sleep 1000`);
  const { page } = workbench;
  await showContainer(page);
  await runCommand(page, 'Calico eBPF: Select Cluster');
  await quickPickRow(page, 'current context').click();
  await row(page, 'node-a').waitFor();
});

after(async () => {
  await node.stop();
  await server.stop();
});

const own = `${path}/node.node-a`;

/** Answers the wizard's questions for a pod of node-a, up to the one that must be agreed to. */
async function askForTrace() {
  const { page } = workbench;
  await runCommand(page, 'Calico eBPF: Start Trace');
  await quickPickRow(page, 'A Pod').click();
  await page.locator('.quick-input-widget input.input').fill('cart');
  await quickPickRow(page, 'shop/cart').first().click();
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'node-a' }).waitFor();
  // A table behind the question may have taken the keyboard back: a click does not need it.
  await page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).click();
  await quickPickRow(page, '2 minutes').click();
  const dialog = page.locator('.monaco-dialog-box');
  await dialog.waitFor();
  return dialog;
}

async function startTrace(): Promise<void> {
  const dialog = await askForTrace();
  await dialog.getByRole('button', { name: 'Start Trace' }).click();
  const { page } = workbench;
  await page.locator('.part.panel .view-line', { hasText: 'DENY due to policy' }).first().waitFor();
  await page.locator('.statusbar-item', { hasText: 'Tracing node-a' }).waitFor();
}

const untilPutBack = () => until(() => assert.rejects(server.admin.get(own), /404/));
const untilNothingRuns = () => until(async () => assert.deepEqual(await server.processes(), []));

test('a trace is agreed to, shown in colours, and leaves nothing behind when it is stopped', async () => {
  const { page } = workbench;
  const dialog = await askForTrace();
  const words = await dialog.innerText();
  assert.match(words, /FelixConfiguration node\.node-a is created for that time/);
  assert.match(words, /Felix restarts on 1 node \(node-a\)/);
  await takePicture(page, 'trace-agree');
  await dialog.getByRole('button', { name: 'Start Trace' }).click();
  await page.locator('.part.panel .view-line', { hasText: 'DENY due to policy' }).first().waitFor();
  await page.locator('.statusbar-item', { hasText: 'Tracing node-a' }).waitFor();
  assert.ok((await server.admin.get(own)) !== undefined);
  await takePicture(page, 'trace-live');
  await runCommand(page, 'Calico eBPF: Show Packets');
  const table = webview(page);
  await table.locator('.count', { hasText: '29 packets' }).waitFor();
  await table.getByRole('button', { name: 'Only Denied' }).click();
  await table.locator('.count', { hasText: '3 of 29 packets' }).waitFor();
  await table.locator('#row-0', { hasText: 'TCP SYN' }).waitFor();
  await takePicture(page, 'trace-live-packets');
  await page.locator('.statusbar-item', { hasText: 'Tracing node-a' }).click();
  await page.locator('.notification-list-item', { hasText: 'Trace of node-a' }).waitFor();
  await untilPutBack();
  await untilNothingRuns();
});

test('a window that closes puts back what its trace changed', async () => {
  const { page } = workbench;
  await startTrace();
  await runCommand(page, 'Developer: Reload Window');
  await untilPutBack();
  await untilNothingRuns();
});

test('what a crash leaves changed is offered to be put back at the next start', async () => {
  const { page } = workbench;
  // The window has been loaded anew.
  await row(page, 'node-a').waitFor();
  await startTrace();
  workbench.killExtensionHost();
  const offer = page.locator('.notification-list-item', { hasText: 'ended without putting back' });
  await offer.waitFor();
  await takePicture(page, 'trace-restore');
  assert.ok((await server.admin.get(own)) !== undefined);
  await offer.getByRole('button', { name: 'Put Back' }).click();
  await untilPutBack();
  await untilNothingRuns();
});
