import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { until } from '../live/objects.ts';
import {
  expand,
  openForTests,
  quickPickRow,
  row,
  runCommand,
  showContainer,
  takePicture,
  webview,
} from './workbench.ts';

const workbench = await openForTests();

const table = () => webview(workbench.page);
const denied = () => table().getByRole('button', { name: 'Only Denied' });

test('a captured trace is coloured text, and says above a denied packet why', async () => {
  const { page } = workbench;
  await showContainer(page);
  await runCommand(page, 'Calico eBPF: Open Sample Cluster');
  await expand(row(page, 'node-a'));
  await runCommand(page, 'Calico eBPF: Open Captured Trace');
  await quickPickRow(page, 'loadgen-to-payments').click();
  const lens = page.locator('.codelens-decoration', { hasText: 'denied by the pod’s ingress policy' });
  await page.locator('.editor-instance .view-line', { hasText: 'New packet' }).first().waitFor();
  await page.keyboard.press('Control+F');
  await page.keyboard.type('192e293c0b8-I: New packet');
  await page.keyboard.press('Escape');
  await lens.first().waitFor();
  const colours = await page
    .locator('.editor-instance .view-line span span')
    .evaluateAll((tokens) => [...new Set(tokens.map((token) => getComputedStyle(token).color))]);
  assert.ok(colours.length >= 4, `only ${colours.join(', ')}`);
  await takePicture(page, 'trace-text');
});

test('its packets are a table, with names and the hooks that each has passed', async () => {
  const { page } = workbench;
  await runCommand(page, 'Calico eBPF: Show Packets');
  await table().locator('.count', { hasText: '29 packets' }).waitFor();
  await table()
    .getByRole('gridcell', { name: /^shop\/payments/ })
    .first()
    .waitFor();
  await takePicture(page, 'trace-packets');
});

/** What a row opens to stands between it and the next. */
async function rowIsBelow(below: Locator, above: Locator): Promise<void> {
  await until(async () => {
    const [lower, upper] = [await below.boundingBox(), await above.boundingBox()];
    assert.ok(lower !== null && upper !== null && lower.y >= upper.y + upper.height - 1);
  });
}

test('a click leaves the denied packets; a row opens to its lines, its way and its links', async () => {
  const { page } = workbench;
  await denied().click();
  await table().locator('.count', { hasText: '3 of 29 packets' }).waitFor();
  await table().locator('#row-0').click();
  await page.keyboard.press('Enter');
  const details = table().getByRole('region', { name: 'Details of the row' });
  await details.getByText('DENY due to policy').waitFor();
  assert.equal(await details.locator('.details-way li').count(), 6);
  assert.match(await details.locator('.details-way .here').innerText(), /denied by the pod’s ingress policy/);
  const below = table().locator('#row-1');
  await rowIsBelow(below, details);
  await takePicture(page, 'trace-packet-details');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await rowIsBelow(table().locator('#row-2'), details);
  await rowIsBelow(details, below);
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });
  await table()
    .locator('#row-0 .cell')
    .first()
    .click({ position: { x: 12, y: 10 } });
  await rowIsBelow(below, details);
});

test('only its flow is a click away, and only its journey', async () => {
  const details = table().getByRole('region', { name: 'Details of the row' });
  await denied().click();
  await details.getByRole('button', { name: 'Only This Flow' }).click();
  await table().locator('.count', { hasText: '18 of 29 packets' }).waitFor();
  await table().locator('.row.active').waitFor();
  await details.getByRole('button', { name: 'Only This Journey' }).click();
  await table().locator('.count', { hasText: '6 of 29 packets' }).waitFor();
  await takePicture(workbench.page, 'trace-journey');
});

test('a denied packet leads to the place in the policy that denied it', async () => {
  const { page } = workbench;
  await table().getByRole('combobox', { name: 'Filter' }).fill('verdict:denied');
  await table().locator('.count', { hasText: '3 of 29 packets' }).waitFor();
  await table().locator('#row-0').click();
  await table().getByRole('button', { name: 'Show Policy Rule' }).click();
  const line = page.locator('.editor-instance .view-line', { hasText: 'End Tier: default' }).first();
  await line.waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.editor-instance .view-line span')].some((each) =>
      getComputedStyle(each, '::after').content.includes('no rule of tier default takes the packet'),
    ),
  );
  await takePicture(page, 'trace-policy-rule');
});
