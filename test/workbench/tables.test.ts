import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { recordingsFolder } from '../support/recordings.ts';
import {
  expand,
  keepPictureOfFailures,
  openWorkbench,
  quickPickRow,
  row,
  runCommand,
  showContainer,
  takePicture,
  webview,
  type Workbench,
} from './workbench.ts';

let workbench: Workbench;

before(async () => {
  const packed = readFileSync(join(recordingsFolder, 'big.conntrack.dump.out.gz'));
  workbench = await openWorkbench({ files: { 'conntrack.dump.out.gz': packed } });
});

after(async () => {
  await workbench.close();
});

keepPictureOfFailures(() => workbench);

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
  assert.match(await count().innerText(), /^\d+ entries$/);
  await takePicture(page, 'table');
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
  const states = await table().locator('.body .cell.enum.trouble').allInnerTexts();
  assert.deepEqual([...new Set(states)], ['SYN-SENT']);
});

test('a filter that cannot be followed says why, and keeps the entries', async () => {
  const { page } = workbench;
  await page.keyboard.type('idle>soon');
  await table().getByRole('alert').getByText('30s, 5m or 500ms').waitFor();
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
  const first = table().locator('#row-0 .cell.duration');
  assert.match(await first.innerText(), /\d/);
  await table().locator('#row-0').click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.editor-instance .view-line', { hasText: 'Active ago' }).first().waitFor();
});

test('two nodes that do the same have the same NAT; a difference would be listed', async () => {
  const { page } = workbench;
  await row(page, 'NAT').click({ button: 'right' });
  await page.locator('.monaco-menu .action-label', { hasText: 'Compare Map With…' }).click();
  await quickPickRow(page, 'node-b').click();
  await table().locator('.message', { hasText: 'There are no differences.' }).waitFor();
  await takePicture(page, 'comparison-same');
  await page.locator('.title-actions .action-label[aria-label^="Show Differences as Text"]').click();
  await page.locator('.monaco-diff-editor .view-line', { hasText: '10.96.0.10 53 UDP' }).first().waitFor();
  await takePicture(page, 'comparison-text');
});

test('counters are a table, and their dump stays a click away', async () => {
  const { page } = workbench;
  await row(page, 'Counters').click();
  await table().getByRole('gridcell', { name: 'Dropped' }).first().waitFor();
  await filter().fill('category:dropped ingress>0');
  await table().locator('.count', { hasText: / of / }).waitFor();
  await takePicture(page, 'table-counters');
  await page.locator('.title-actions .action-label[aria-label^="Open as Text"]').click();
  await page.locator('.editor-instance .view-line', { hasText: 'CATEGORY' }).first().waitFor();
});

test('fifty thousand entries of a packed file scroll to their end, and back after a reload', async () => {
  const { page } = workbench;
  await page.locator('.activitybar .action-label[aria-label^="Explorer"]').click();
  await page
    .locator('.explorer-folders-view .monaco-list-row', { hasText: 'conntrack.dump.out.gz' })
    .click({ button: 'right' });
  await page.locator('.monaco-menu .action-label', { hasText: /^Open With/ }).click();
  await quickPickRow(page, 'Table of a BPF map').click();
  await table().locator('.count', { hasText: '50,000 entries' }).waitFor();
  await table().locator('#row-0').click();
  await page.keyboard.press('End');
  await table()
    .locator('#row-49999 .cell.enum', { hasText: /^(?:UDP|TCP|ICMP)$/ })
    .waitFor();
  assert.equal(await table().getByRole('grid').getAttribute('aria-rowcount'), '50001');
  await takePicture(page, 'table-big');
  await page.reload();
  await table()
    .locator('#row-49999 .cell.enum', { hasText: /^(?:UDP|TCP|ICMP)$/ })
    .waitFor();
});
