import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { recordingsFolder } from '../support/recordings.ts';
import {
  expand,
  keepPictureOfFailures,
  openWorkbench,
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
