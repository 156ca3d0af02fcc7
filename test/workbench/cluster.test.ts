import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  colourOf,
  expand,
  openWorkbench,
  quickPickRow,
  runCommand,
  showContainer,
  takePicture,
  treeRow,
  type Workbench,
} from './workbench.ts';

let workbench: Workbench;

before(async () => {
  workbench = await openWorkbench();
});

after(async () => {
  await workbench.close();
});

test('the welcome text of the empty view opens the sample cluster', async () => {
  const { page } = workbench;
  await showContainer(page);
  await takePicture(page, 'welcome');
  await page
    .locator('.sidebar .welcome-view-content .monaco-button', { hasText: 'Open Sample Cluster' })
    .click();
  await treeRow(page, 'node-a').waitFor();
  assert.match(await treeRow(page, 'shop').first().innerText(), /sample/);
});

test('a node tells that eBPF is on and which Calico it runs', async () => {
  const { page } = workbench;
  const label = (await treeRow(page, 'node-a').getAttribute('aria-label')) ?? '';
  assert.match(label, /eBPF on/);
  assert.match(label, /v3\.32\.1/);
});

test('expanding a node shows its interfaces with their pods, its maps with their entries, its policies', async () => {
  const { page } = workbench;
  await expand(treeRow(page, 'node-a'));
  await expand(treeRow(page, /^Interfaces/));
  await treeRow(page, 'cali8cb945225b4').waitFor();
  assert.match(await treeRow(page, 'cali8cb945225b4').innerText(), /shop\/cart/);
  await treeRow(page, /^Interfaces/)
    .locator('.monaco-tl-twistie')
    .click();
  await expand(treeRow(page, 'BPF maps'));
  await treeRow(page, /^Conntrack/)
    .first()
    .waitFor();
  assert.match(
    await treeRow(page, /^Conntrack/)
      .first()
      .innerText(),
    /of 512,000/,
  );
  await expand(treeRow(page, /^Policies/));
  await treeRow(page, 'loadgen').first().waitFor();
  await takePicture(page, 'tree');
});

test('selecting a map opens its dump, in colour', async () => {
  const { page } = workbench;
  await treeRow(page, /^NAT\b(?! affinity)/)
    .first()
    .click();
  await page.locator('.editor-instance .view-line').first().waitFor();
  await page.locator('.view-line', { hasText: 'port' }).first().waitFor();
  const address = await colourOf(page, '10.96.');
  const plain = await page
    .locator('.editor-instance .view-lines')
    .evaluate((element) => getComputedStyle(element.closest('.monaco-editor') ?? element).color);
  assert.notEqual(address, plain);
});

test('hovering an address in a dump tells who it is', async () => {
  const { page } = workbench;
  await page.locator('.editor-instance .view-line span span', { hasText: '10.96.' }).first().hover();
  const hover = page.locator('.monaco-hover:visible').first();
  await hover.waitFor();
  await hover
    .getByText(/service/i)
    .first()
    .waitFor();
  await takePicture(page, 'nat-dump');
});

test('the palette opens a map after asking for node and map', async () => {
  const { page } = workbench;
  await runCommand(page, 'Calico eBPF: Open Map');
  await quickPickRow(page, 'node-b').click();
  await quickPickRow(page, 'Routes').first().click();
  await page.locator('.tabs-container .tab', { hasText: 'routes' }).waitFor();
  await takePicture(page, 'routes-dump');
});
