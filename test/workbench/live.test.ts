import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type TestCluster } from '../live/cluster.ts';
import {
  expand,
  keepPictureOfFailures,
  openWorkbench,
  quickPickRow,
  row,
  runCommand,
  showContainer,
  takePicture,
  type Workbench,
} from './workbench.ts';

let server: TestCluster;
let workbench: Workbench;

before(async () => {
  server = await startCluster();
  workbench = await openWorkbench({ settings: { 'calicoBpf.kubeconfig': server.kubeconfig } });
});

after(async () => {
  await workbench?.close();
  await server.stop();
});

keepPictureOfFailures(() => workbench);

test('a context of the kubeconfig is selected and its nodes are browsed', async () => {
  const { page } = workbench;
  await showContainer(page);
  await runCommand(page, 'Calico eBPF: Select Cluster');
  await quickPickRow(page, 'current context').click();
  await expand(row(page, 'node-a'));
  assert.match((await row(page, 'node-a').getAttribute('aria-label')) ?? '', /eBPF on.*v3\.32\.1/);
  await expand(row(page, 'BPF maps'));
  assert.match(await row(page, 'NAT').innerText(), /33.*1 without backends/s);
  await takePicture(page, 'live-cluster');
});

test('a dump of a live node opens as a document', async () => {
  const { page } = workbench;
  await row(page, 'Routes').click();
  await page.locator('.view-line', { hasText: '10.244.174.129/32' }).first().waitFor();
});
