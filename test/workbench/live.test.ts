import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';
import { startCluster } from '../live/cluster.ts';
import {
  answerPath,
  expand,
  openForTests,
  quickPickRow,
  row,
  rowShows,
  runCommand,
  showContainer,
  takePicture,
} from './workbench.ts';

const server = await startCluster();
const workbench = await openForTests({ settings: { 'calicoBpf.kubeconfig': server.kubeconfig } });

after(() => server.stop());

test('a context of the kubeconfig is selected and its nodes are browsed', async () => {
  const { page } = workbench;
  await showContainer(page);
  await runCommand(page, 'Calico eBPF: Select Cluster');
  await quickPickRow(page, 'current context').click();
  await expand(row(page, 'node-a'));
  // The nodes are shown before they have answered.
  await row(page, 'node-a, ready, eBPF on · v3.32.1').waitFor();
  await expand(row(page, 'BPF maps'));
  await rowShows(page, 'NAT', /33.*1 without backends/s);
  await takePicture(page, 'live-cluster');
});

test('a dump of a live node opens as a document', async () => {
  const { page } = workbench;
  await row(page, 'Routes').click();
  await page.locator('.view-line', { hasText: '10.244.174.129/32' }).first().waitFor();
});

test('the status bar and the title of the view name the cluster', async () => {
  const { page } = workbench;
  const item = page.locator('.statusbar-item', { hasText: 'shop' });
  await item.waitFor();
  assert.match((await item.getAttribute('aria-label')) ?? '', /live cluster, https:\/\/127\.0\.0\.1/);
  assert.match(
    await page.locator('.sidebar .pane-header', { hasText: 'Cluster' }).first().innerText(),
    /shop/,
  );
});

test('a change of the cluster shows by itself, and what is expanded stays', async () => {
  const { page } = workbench;
  const condition = {
    type: 'Ready',
    status: 'False',
    reason: 'KubeletNotReady',
    message: 'The runtime is down.',
  };
  const node = (await server.admin.get('/api/v1/nodes/node-b')) as { status: object };
  await server.admin.patch('/api/v1/nodes/node-b/status', {
    status: { ...node.status, conditions: [condition] },
  });
  await page.locator('.sidebar .monaco-list-row[aria-label^="node-b, not ready"]').waitFor();
  await row(page, 'NAT').waitFor();
  await takePicture(page, 'live-change');
});

test('nodes are filtered by words', async () => {
  const { page } = workbench;
  await runCommand(page, 'Calico eBPF: Filter Nodes');
  await page.locator('.quick-input-widget input.input').fill('node-b');
  await page.keyboard.press('Enter');
  await page.locator('.sidebar', { hasText: 'Only nodes that match “node-b” are shown.' }).waitFor();
  await row(page, 'node-a').waitFor({ state: 'detached' });
  await runCommand(page, 'Calico eBPF: Show All Nodes');
  await row(page, 'node-a').waitFor();
});

test('the role for what is wanted opens as a document', async () => {
  const { page } = workbench;
  await runCommand(page, 'Calico eBPF: Copy Role');
  await quickPickRow(page, 'Read dumps of nodes').waitFor();
  await takePicture(page, 'copy-role');
  await page.keyboard.press('Enter');
  await quickPickRow(page, 'Open as Document').click();
  await page.locator('.view-line', { hasText: 'pods/exec' }).first().waitFor();
  await page.locator('.view-line', { hasText: 'ClusterRole' }).first().waitFor();
});

test('a snapshot is taken from the palette, and opens', async () => {
  const { page, folder } = workbench;
  await runCommand(page, 'Calico eBPF: Take Snapshot');
  await quickPickRow(page, 'node-c').waitFor();
  await takePicture(page, 'take-snapshot');
  await page.keyboard.press('Enter');
  const path = `${folder}/taken.tar.gz`;
  await answerPath(page, { start: '.tar.gz', path, button: 'OK' });
  const said = `The snapshot of 3 nodes is in ${path}.`;
  await page.locator('.notification-toast .notification-list-item-message', { hasText: said }).waitFor();
  assert.ok(existsSync(path));
  await page.locator('.notification-toast .monaco-button', { hasText: 'Open Snapshot' }).click();
  await page.locator('.statusbar-item', { hasText: 'shop, just now' }).waitFor();
  await page.locator('.sidebar .monaco-list-row', { hasText: 'snapshot, just now' }).waitFor();
  await expand(row(page, 'node-a'));
  await expand(row(page, 'BPF maps'));
  await rowShows(page, 'NAT', /33.*1 without backends/s);
  await takePicture(page, 'snapshot-taken');
});
