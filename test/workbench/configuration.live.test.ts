import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { specOf } from '../../src/cluster/changes.ts';
import type { KubernetesObject } from '../../src/core/objects/object.ts';
import { until } from '../live/objects.ts';
import { startCluster } from '../live/cluster.ts';
import {
  expand,
  hoverText,
  openForTests,
  quickPickRow,
  row,
  runCommand,
  showContainer,
  showView,
  takePicture,
} from './workbench.ts';

const path = '/apis/crd.projectcalico.org/v1/felixconfigurations/default';
const file = `# Quiet again.
apiVersion: crd.projectcalico.org/v1
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfEnabled: true
  bpfLogLevel: "Off"
  vxlanEnabled: true
`;

const server = await startCluster();
const workbench = await openForTests({
  settings: { 'calicoBpf.kubeconfig': server.kubeconfig },
  files: { 'felix.yaml': file },
});

before(async () => {
  const { page } = workbench;
  await showContainer(page);
  await runCommand(page, 'Calico eBPF: Select Cluster');
  await quickPickRow(page, 'current context').click();
});

after(() => server.stop());

const spec = async () => specOf((await server.admin.get(path)) as KubernetesObject);

/** Opens a file of the folder by its name. */
async function openFile(name: string): Promise<void> {
  const { page } = workbench;
  await page.keyboard.press('Control+P');
  await page.locator('.quick-input-widget input.input').fill(name);
  await quickPickRow(page, name).first().click();
  await page.locator('.tab.active', { hasText: name }).waitFor();
}

test('the FelixConfiguration of a live cluster opens from the tree, explained on hover', async () => {
  const { page } = workbench;
  await showView(page, 'Configuration');
  await expand(row(page, 'default, 7 keys'));
  await row(page, 'bpfLogLevel, Debug').click();
  await page.locator('.view-line', { hasText: 'bpfLogLevel' }).first().waitFor();
  assert.match(await hoverText(page, 'bpfLogLevel'), /How much the BPF programs/i);
  await takePicture(page, 'configuration');
});

test('a file is compared with the cluster, and only what differs shows', async () => {
  const { page } = workbench;
  await openFile('felix.yaml');
  await runCommand(page, 'Calico eBPF: Compare FelixConfiguration with Cluster');
  const there = page.locator('.editor.original .view-line');
  await there.filter({ hasText: 'bpfLogLevel: "Debug"' }).waitFor();
  await page.locator('.editor.modified .view-line', { hasText: 'bpfLogLevel: "Off"' }).waitFor();
  assert.equal(await there.filter({ hasText: '# Quiet again.' }).count(), 1);
  await takePicture(page, 'compare-with-cluster');
});

test('a file is applied after it was shown what that does, and only then', async () => {
  const { page } = workbench;
  await openFile('felix.yaml');
  await runCommand(page, 'Calico eBPF: Apply FelixConfiguration');
  const dialog = page.locator('.monaco-dialog-box');
  await dialog.waitFor();
  const words = await dialog.innerText();
  assert.match(words, /bpfLogLevel: Debug → Off/);
  assert.match(words, /Felix restarts on 3 of 3 nodes/);
  await takePicture(page, 'apply');
  assert.equal((await spec())['bpfLogLevel'], 'Debug');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await until(async () => assert.equal((await spec())['bpfLogLevel'], 'Off'));
  assert.equal((await spec())['floatingIPs'], 'Disabled');
});

test('a copy of the live object is edited; what is refused is said, and changes nothing', async () => {
  const { page } = workbench;
  const before = await spec();
  await runCommand(page, 'Calico eBPF: Edit FelixConfiguration');
  await page.locator('.view-line', { hasText: 'resourceVersion' }).first().waitFor();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('  bpfLogLevels: Loud');
  await runCommand(page, 'Calico eBPF: Apply FelixConfiguration');
  const notification = page.locator('.notification-list-item', { hasText: 'does not take' }).first();
  await notification.waitFor();
  assert.match(await notification.innerText(), /spec\.bpfLogLevels/);
  assert.deepEqual(await spec(), before);
});
