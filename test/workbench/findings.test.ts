import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { before, test } from 'node:test';
import { sampleSnapshot } from '../cluster/snapshot/build.ts';
import { until } from '../live/objects.ts';
import { countDenials } from '../support/faults/edits.ts';
import {
  expand,
  followLink,
  openForTests,
  row,
  runCommand,
  showContainer,
  takePicture,
} from './workbench.ts';

/** All files below a folder, as files of another. */
function filesBelow(folder: string, as: string): Readonly<Record<string, Uint8Array>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.map((file) => [join(as, relative(folder, file)), readFileSync(file)]));
}

// A copy of the sample, which is opened by itself and can be changed.
const workbench = await openForTests({ files: filesBelow(sampleSnapshot, 'shop') });

before(async () => {
  await showContainer(workbench.page);
  await row(workbench.page, 'node-a').waitFor();
});

const cart = 'error, pod shop/cart-6f5b9c7d4c-m8t2l';

test('diagnosing the sample names the policy that cuts a pod off', async () => {
  const { page } = workbench;
  await runCommand(page, 'Calico eBPF: Diagnose Cluster');
  await row(page, 'Errors').waitFor();
  const label = (await row(page, cart).getAttribute('aria-label')) ?? '';
  assert.match(label, /NetworkPolicy shop\/cart-from-frontend allows only pods that match app=front-end/);
  const badge = page.locator('.activitybar .action-item', {
    has: page.locator('[aria-label^="Calico eBPF"]'),
  });
  await badge.locator('.badge-content', { hasText: /^3$/ }).first().waitFor();
});

test('the nodes that are concerned are marked in the Cluster tree', async () => {
  const { page } = workbench;
  const inTree = (name: string) =>
    page.locator(`.sidebar .monaco-list-row[aria-label^="${name},"] .label-name`).first();
  const colour = (element: Element) => getComputedStyle(element).color;
  const plain = await inTree('shop').evaluate(colour);
  // VS Code asks for decorations when it comes to it.
  await until(async () => assert.notEqual(await inTree('node-a').evaluate(colour), plain));
});

test('a finding is explained step by step from the raw lines', async () => {
  const { page } = workbench;
  await row(page, cart).click();
  await page.locator('.view-line', { hasText: '## What was seen' }).waitFor();
  await page.locator('.view-line', { hasText: 'Hit counts of KubernetesNetworkPolicy' }).waitFor();
  await expand(row(page, cart));
  await takePicture(page, 'findings');
});

test('what an explanation says it has from somewhere leads there', async () => {
  const { page } = workbench;
  await followLink(page, page.locator('.view-line .detected-link', { hasText: 'policy.dump' }).first());
  await page.locator('.tab.active', { hasText: 'policy.dump' }).waitFor();
  await page.locator('.line-numbers.active-line-number', { hasText: /^4$/ }).first().waitFor();
});

test('what an explanation is about is a click away', async () => {
  const { page } = workbench;
  await row(page, 'warning, key bpfLogLevel').click();
  await followLink(page, page.locator('.view-line .detected-link', { hasText: 'key bpfLogLevel' }).first());
  await page.locator('.tab.active', { hasText: 'default' }).waitFor();
  const shown = page.locator('.view-line', { hasText: 'bpfLogLevel' }).first();
  await shown.waitFor();
  await takePicture(page, 'findings-subject');
});

test('evidence opens the dump at its line', async () => {
  const { page } = workbench;
  await row(page, 'Evidence: cali8cb945225b4').click();
  await page.locator('.tab.active', { hasText: 'counters.dump' }).waitFor();
  await page.locator('.view-line', { hasText: 'by policy' }).first().waitFor();
  const number = await page.locator('.line-numbers.active-line-number').first().innerText();
  assert.ok(Number(number) > 100, number);
});

test('the report is shown as it reads, and its Markdown a click away', async () => {
  const { page } = workbench;
  await runCommand(page, 'Calico eBPF: Open Report');
  const shown = page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  await shown.getByRole('heading', { name: 'Calico eBPF: diagnosis of shop' }).waitFor();
  await takePicture(page, 'findings-report');
  await page
    .locator('.editor-actions')
    .getByRole('button', { name: /source/i })
    .click();
  await page.locator('.view-line', { hasText: '# Calico eBPF: diagnosis of shop' }).waitFor();
});

test('checking again says what changed since', async () => {
  const { page, folder } = workbench;
  const counters = join(folder, 'shop', 'nodes', 'node-a', 'counters.dump.out');
  await writeFile(counters, countDenials('cali8cb945225b4', 0)(await readFile(counters, 'utf8')));
  await runCommand(page, 'Calico eBPF: Check Again');
  await row(page, 'No longer found: Pod shop/cart-6f5b9c7d4c-m8t2l is cut off').waitFor();
  await page
    .locator('.notification-list-item-message', {
      hasText: '1 gone (pod shop/cart-6f5b9c7d4c-m8t2l) since the last time.',
    })
    .waitFor();
  await takePicture(page, 'findings-recheck');
});

test('a Service is diagnosed by itself, and where its clients’ addresses are kept', async () => {
  const { page } = workbench;
  await runCommand(page, 'Calico eBPF: Diagnose Pod or Service…');
  await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'shop/web-local' }).first().waitFor();
  await page.keyboard.type('shop/reports');
  await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'shop/reports' }).first().click();
  await page
    .locator('.pane-header[aria-label^="Findings"] .description', { hasText: 'service shop/reports' })
    .waitFor();
  await row(page, 'warning, service shop/reports').waitFor();
  await takePicture(page, 'findings-service');
});
