import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  chooseFromMenu,
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
const filter = () => table().getByRole('combobox', { name: 'Filter' });
const count = () => table().locator('.count');

test('selecting conntrack in the tree opens it as a table, with names', async () => {
  const { page } = workbench;
  await showContainer(page);
  await runCommand(page, 'Calico eBPF: Open Sample Cluster');
  await expand(row(page, 'node-a'));
  await expand(row(page, 'BPF maps'));
  await row(page, 'Conntrack').click();
  await table()
    .getByRole('gridcell', { name: /^shop\/frontend/ })
    .first()
    .waitFor();
  await count()
    .filter({ hasText: /^\d+ entries$/ })
    .waitFor();
  await takePicture(page, 'table');
});

test('the keyboard alone leads to the choice of columns, to the titles and through the rows', async () => {
  const { keyboard } = workbench.page;
  const grid = (active: string) =>
    table().locator(`.grid:focus[aria-activedescendant="${active}"]`).waitFor();
  await filter().click();
  await table().locator('input:focus').waitFor();
  await keyboard.press('Tab');
  await table().locator('button:focus', { hasText: 'Columns' }).waitFor();
  await keyboard.press('Enter');
  await table().getByRole('group', { name: 'Columns' }).waitFor();
  await keyboard.press('Tab');
  await table().locator('[type=checkbox]:focus').waitFor();
  await keyboard.press('Escape');
  await table().getByRole('group', { name: 'Columns' }).waitFor({ state: 'hidden' });
  await table().locator('button:focus', { hasText: 'Columns' }).waitFor();
  await keyboard.press('Tab');
  await grid('cell-0-0');
  await keyboard.press('ArrowUp');
  await grid('head-0');
  await keyboard.press('ArrowRight');
  await grid('head-1');
  await keyboard.press('Enter');
  await table().locator('[role=columnheader][aria-sort=ascending]', { hasText: 'Protocol' }).waitFor();
  await grid('cell-0-1');
  await keyboard.press('End');
  await grid('cell-65-1');
  // There are no filters that are a click away: a group of none is not announced.
  assert.equal(await table().getByRole('group').count(), 0);
});

test('typing a filter leaves the entries that fit, and completes what is typed', async () => {
  const { page } = workbench;
  await filter().click();
  await page.keyboard.type('sta');
  await table().getByRole('option', { name: 'state:' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.type('syn');
  await table().getByRole('option', { name: 'SYN-SENT' }).waitFor();
  await takePicture(page, 'table-completion');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await table().locator('.count', { hasText: / of / }).waitFor();
  await table().locator('.body .cell.enum.trouble').first().waitFor();
  const states = await table().locator('.body .cell.enum.trouble').allInnerTexts();
  assert.deepEqual([...new Set(states)], ['SYN-SENT']);
});

test('a filter that cannot be followed says why, and its other terms hold', async () => {
  const { page } = workbench;
  await page.keyboard.type('idle>soon');
  await table().getByRole('alert').getByText('30s, 5m or 500ms').waitFor();
  await table()
    .locator('.count', { hasText: /^[1-9]\d* of / })
    .waitFor();
  await takePicture(page, 'table-problem');
  await filter().fill('');
  await table()
    .locator('.count', { hasText: /^\d+ entries$/ })
    .waitFor();
});

test('a click on a title sorts, and the keyboard leads to the raw line', async () => {
  const { page } = workbench;
  const title = table().getByRole('columnheader', { name: 'Idle' });
  await title.click();
  await title.click();
  await table().locator('[role=columnheader][aria-sort=descending]', { hasText: 'Idle' }).waitFor();
  await table().locator('#row-0 .cell.duration', { hasText: /\d/ }).waitFor();
  await table().locator('#row-0').click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.editor-instance .view-line', { hasText: 'Active ago' }).first().waitFor();
});

test('two nodes that do the same have the same NAT; a difference would be listed', async () => {
  const { page } = workbench;
  await row(page, 'NAT').click({ button: 'right' });
  await chooseFromMenu(page, 'Compare Map With…');
  await quickPickRow(page, 'node-b').click();
  await table().locator('.message', { hasText: 'There are no differences.' }).waitFor();
  await takePicture(page, 'comparison-same');
});

test('counters are a table, and their dump stays a click away', async () => {
  const { page } = workbench;
  await row(page, 'Counters').click();
  await table().getByRole('gridcell', { name: 'Dropped' }).first().waitFor();
  await filter().fill('category:dropped ingress>0');
  await table().locator('.count', { hasText: / of / }).waitFor();
  await takePicture(page, 'table-counters');
});
