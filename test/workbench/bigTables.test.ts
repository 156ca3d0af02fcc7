import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bigDump } from '../bench/parse/bigDumps.ts';
import { readPacked, recordingsFolder } from '../support/recordings.ts';
import {
  chooseFromMenu,
  expand,
  openSnapshot,
  openForTests,
  quickPickRow,
  row,
  runCommand,
  showContainer,
  takePicture,
  webview,
} from './workbench.ts';

/** As many entries as the map holds. */
const fullCount = 512_000;
const full = 'conntrack.dump.full.out';

const workbench = await openForTests({
  files: {
    'conntrack.dump.out': readPacked('big.conntrack.dump.out.gz'),
    [full]: [...bigDump('conntrack.dump', fullCount)].join(''),
  },
  // Else the editor asks first whether it shall open so large a text.
  settings: {
    'workbench.editorAssociations': { [full]: 'calicoBpf.table' },
    'workbench.editorLargeFileConfirmation': 1024,
  },
});
const name = 'v3.32.1-iface-pattern.tar.gz';
copyFileSync(join(recordingsFolder, name), join(workbench.folder, name));

const table = () => webview(workbench.page);
const filter = () => table().getByRole('combobox', { name: 'Filter' });
const count = (text: RegExp) => table().locator('.count', { hasText: text });
const title = (name: string) => table().getByRole('columnheader', { name });
const titleButton = (name: string) =>
  workbench.page.locator(`.editor-actions .action-label[aria-label^=${JSON.stringify(name)}]`);

test('a file of 50,000 connections is opened as a table by the button of its text, and back', async () => {
  const { page } = workbench;
  await page.keyboard.press('Control+P');
  await page.locator('.quick-input-widget input.input').fill('conntrack.dump.out');
  await quickPickRow(page, 'conntrack.dump.out').first().click();
  await page.locator('.editor-instance .view-line').first().waitFor();
  await titleButton('Open as Table').click();
  await count(/^50,000 entries$/).waitFor();
  await titleButton('Open as Text').click();
  await page.locator('.editor-instance .view-line', { hasText: 'Active ago' }).first().waitFor();
  await titleButton('Open as Table').click();
  await count(/^50,000 entries$/).waitFor();
});

test('it is sorted, and scrolled to its end, where the largest is', async () => {
  const { page } = workbench;
  await title('Idle').click();
  await table().locator('[role=columnheader][aria-sort=ascending]', { hasText: 'Idle' }).waitFor();
  await table().locator('#row-0').click();
  await page.keyboard.press('Control+End');
  const last = table().locator('#row-49999');
  await last.locator('.cell.duration', { hasText: /\d/ }).waitFor();
  assert.equal(await last.getAttribute('aria-rowindex'), '50001');
  await takePicture(page, 'table-big-end');
});

test('a window that is loaded anew shows the table with the same filter, order and columns', async () => {
  const { page } = workbench;
  await filter().fill('proto:tcp');
  await count(/ of 50,000/).waitFor();
  const before = await table().getByRole('columnheader').allInnerTexts();
  const counted = await table().locator('.count').innerText();
  // Unlike a reload by the browser, the command has VS Code keep the state of its editors first.
  const loaded = page.waitForEvent('load');
  await runCommand(page, 'Developer: Reload Window');
  await loaded;
  await page.locator('.activitybar .action-label').first().waitFor();
  await count(/ of 50,000/).waitFor();
  assert.equal(await table().locator('.count').innerText(), counted);
  assert.equal(await filter().inputValue(), 'proto:tcp');
  assert.deepEqual(await table().getByRole('columnheader').allInnerTexts(), before);
  await table().locator('[role=columnheader][aria-sort=ascending]', { hasText: 'Idle' }).waitFor();
});

test('in a theme of high contrast it stays readable', async () => {
  const { page } = workbench;
  await runCommand(page, 'Preferences: Color Theme');
  await page.locator('.quick-input-widget input.input').fill('Dark High Contrast');
  await quickPickRow(page, 'Dark High Contrast').first().click();
  await page.locator('.monaco-workbench.hc-black').waitFor();
  await table().locator('body.vscode-high-contrast').waitFor();
  await takePicture(page, 'table-high-contrast');
});

test('two nodes of a faulty cluster differ in the fault and in nothing else, as a table and as text', async () => {
  const { page } = workbench;
  await showContainer(page);
  await openSnapshot(workbench, 'Archive', 'v3.32.1-iface-pattern.tar.gz');
  await row(page, 'node-a').waitFor();
  await expand(row(page, 'node-a'));
  await expand(row(page, 'BPF maps'));
  await row(page, 'Interface state').click({ button: 'right' });
  await chooseFromMenu(page, 'Compare Map With…');
  await quickPickRow(page, 'node-b').click();
  await count(/^1 difference/).waitFor();
  await table().locator('#row-0 [role=gridcell]', { hasText: 'v4Ready' }).waitFor();
  const cells = await table().locator('#row-0 [role=gridcell]').allInnerTexts();
  assert.ok(cells.includes('changed') && cells.includes('eth0'), cells.join());
  assert.ok(cells.includes('v4Ready host → notmanaged'), cells.join());
  await takePicture(page, 'comparison-fault');
  await titleButton('Show Differences as Text').click();
  const changed = page.locator('.monaco-diff-editor .line-insert');
  await changed.first().waitFor();
  await page.locator('.monaco-diff-editor .modified .view-line', { hasText: 'eth0' }).first().waitFor();
  await takePicture(page, 'comparison-text');
});

test('what follows from connections stands in their rows with its rule, and is filtered for', async () => {
  const { page } = workbench;
  await row(page, 'Conntrack').click();
  await count(/^\d+ entries$/).waitFor();
  await filter().fill('fact:conntrack-unanswered');
  await count(/^\d+ of \d+/).waitFor();
  const why = table().getByRole('gridcell', { name: /had no answer for 3 s or more/ });
  await why.first().waitFor();
  assert.match((await row(page, 'Conntrack').getAttribute('aria-label')) ?? '', /facts?\b/);
  await takePicture(page, 'table-facts');
});

test('512,000 connections are sorted, filtered, scrolled to their end, and lead to their lines in the text', async () => {
  const { page } = workbench;
  await page.keyboard.press('Control+P');
  await page.locator('.quick-input-widget input.input').fill(full);
  await quickPickRow(page, full).first().click();
  await count(/^512,000 entries$/).waitFor();
  await title('Idle').click();
  await table().locator('[role=columnheader][aria-sort=ascending]', { hasText: 'Idle' }).waitFor();
  await table()
    .locator('#row-0 .cell.duration', { hasText: /^1\d\d(?:\.\d+)?ms$/ })
    .waitFor();
  await filter().fill('state:syn-sent idle>60s');
  await count(/^[\d,]+ of 512,000 entries$/).waitFor();
  await table().locator('#row-0 [role=gridcell]', { hasText: 'SYN-SENT' }).waitFor();
  await filter().fill('');
  await count(/^512,000 entries$/).waitFor();
  await table().locator('#row-0').click();
  await page.keyboard.press('Control+End');
  const last = table().locator('#row-511999');
  await last.locator('.cell.duration', { hasText: '1m29s' }).waitFor();
  assert.equal(await last.getAttribute('aria-rowindex'), '512001');
  await takePicture(page, 'table-full-end');
  const [source = ''] = await last.locator('.cell.endpoint').allInnerTexts();
  await page.keyboard.press('Enter');
  await page.locator('.editor-instance .view-line', { hasText: source }).waitFor();
  await takePicture(page, 'table-full-line');
});
