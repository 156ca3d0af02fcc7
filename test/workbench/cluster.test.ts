import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  expand,
  hoverText,
  openForTests,
  quickPickRow,
  row,
  rowShows,
  runCommand,
  showContainer,
  takePicture,
  tokenColours,
} from './workbench.ts';

const workbench = await openForTests();

test('the welcome text of the empty view opens the sample cluster', async () => {
  const { page } = workbench;
  await showContainer(page);
  const button = page.locator('.sidebar .welcome-view-content .monaco-button', {
    hasText: 'Open Sample Cluster',
  });
  await button.waitFor();
  await takePicture(page, 'welcome');
  await button.click();
  await row(page, 'node-a').waitFor();
  await rowShows(page, 'shop', /sample/);
});

test('a node tells that eBPF is on and which Calico it runs', async () => {
  await rowShows(workbench.page, 'node-a', /eBPF on · v3\.32\.1/);
});

test('expanding a node shows its interfaces with their pods, its maps with their entries, its policies', async () => {
  const { page } = workbench;
  await expand(row(page, 'node-a'));
  await expand(row(page, 'Interfaces'));
  await rowShows(page, 'cali8cb945225b4', /shop\/cart/);
  await row(page, 'Interfaces').locator('.monaco-tl-twistie').click();
  await expand(row(page, 'BPF maps'));
  await rowShows(page, 'Conntrack', /of 512,000/);
  await rowShows(page, 'NAT', /1 without backends/);
  await expand(row(page, 'Policies'));
  await row(page, 'shop/loadgen').waitFor();
  await takePicture(page, 'tree');
});

test('selecting a map opens its dump, in colour', async () => {
  const { page } = workbench;
  await row(page, 'NAT').click();
  await page.locator('.view-line', { hasText: '10.96.0.10' }).first().waitFor();
  const colours = await tokenColours(page);
  assert.ok(colours.size >= 3, `only ${[...colours].join(', ')}`);
});

test('hovering an address in a dump tells who it is', async () => {
  const { page } = workbench;
  const text = await hoverText(page, '10.96.0.10');
  assert.match(text, /service/);
  assert.match(text, /kube-system\/kube-dns/);
  await takePicture(page, 'nat-dump');
});

test('refreshing keeps what is expanded', async () => {
  const { page } = workbench;
  await runCommand(page, 'Calico eBPF: Refresh Cluster');
  await row(page, 'Conntrack').waitFor();
  await row(page, 'shop/loadgen').waitFor();
});

test('the palette opens a map after asking for node and map', async () => {
  const { page } = workbench;
  await runCommand(page, 'Calico eBPF: Open Map');
  await quickPickRow(page, 'node-b').click();
  await quickPickRow(page, 'Routes').first().click();
  await page.locator('.view-line', { hasText: '10.244.218.65/32' }).first().waitFor();
  assert.ok((await tokenColours(page)).size >= 3);
  await takePicture(page, 'routes-dump');
});

test('a policy opens under its pod’s name, with its outline', async () => {
  const { page } = workbench;
  await row(page, 'shop/cart').click();
  await page.locator('.view-line', { hasText: 'cart-from-frontend' }).first().waitFor();
  const text = await hoverText(page, '0x27e6ff21d0b1479c');
  assert.match(text, /empty/);
  await takePicture(page, 'policy-dump');
});
