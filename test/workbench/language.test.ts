import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { hoverText, openForTests, quickPickRow, runCommand, takePicture } from './workbench.ts';

const text = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfEnabled: true
  bpfLogLevel: Off
  bpfExternalServiceMode: DSR
`;

const workbench = await openForTests({
  files: {
    'felix.yaml': text,
    'pod.yaml': 'kind: Pod\n',
    'policy.yaml':
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: cart-from-frontend\n  namespace: shop\n',
    'operations.yaml': '- op: add\n  path: /spec/bpfEnabld\n  value: true\n',
    'kustomization.yaml':
      'patches:\n  - path: operations.yaml\n    target:\n      kind: FelixConfiguration\n',
  },
  settings: { 'editor.hover.delay': 100, 'files.autoSave': 'off' },
});

async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+P');
  await page.locator('.quick-input-widget input.input').fill(name);
  await quickPickRow(page, name).first().click();
  await page.locator('.tab.active', { hasText: name }).waitFor();
}

function version(page: Page): Locator {
  return page.locator('.statusbar-item', { hasText: 'Calico v' });
}

test('other YAML starts no language server', async () => {
  const { page } = workbench;
  await openFile(page, 'pod.yaml');
  assert.equal(await version(page).count(), 0);
});

test('a FelixConfiguration is checked, and the status bar says for which version', async () => {
  const { page } = workbench;
  await openFile(page, 'felix.yaml');
  await page.locator('.editor-instance .squiggly-error').first().waitFor();
  assert.match(await version(page).innerText(), /Calico v3\.\d+\.\d+/);
  await takePicture(page, 'felix-diagnostics');
});

test('hovering a key explains it', async () => {
  const { page } = workbench;
  const shown = await hoverText(page, 'bpfExternalServiceMode');
  assert.match(shown, /FELIX_BPFEXTERNALSERVICEMODE/);
  await takePicture(page, 'felix-hover');
  await page.keyboard.press('Escape');
});

test('completion offers keys and, behind the colon, values', async () => {
  const { page } = workbench;
  await page.locator('.editor-instance .view-line', { hasText: 'bpfExternalServiceMode' }).click();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type('bpfE');
  const suggestion = page.locator('.suggest-widget .monaco-list-row', { hasText: 'bpfEnforceRPF' });
  await suggestion.filter({ hasText: 'reverse path filtering' }).waitFor();
  await takePicture(page, 'felix-completion');
  await page.keyboard.type('nforceR');
  await page.locator('.suggest-widget .monaco-list-row.focused', { hasText: 'bpfEnforceRPF' }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.suggest-widget .monaco-list-row', { hasText: 'Strict' }).first().waitFor();
  await takePicture(page, 'felix-values');
  await page.keyboard.press('Escape');
});

test('one command corrects the file', async () => {
  const { page, folder } = workbench;
  await page.keyboard.press('Escape');
  await runCommand(page, 'Fix All');
  await page.locator('.editor-instance .view-line', { hasText: 'bpfLogLevel: "Off"' }).waitFor();
  await page.keyboard.press('Control+S');
  await page.locator('.tab.active:not(.dirty)').waitFor();
  assert.match(readFileSync(join(folder, 'felix.yaml'), 'utf8'), /bpfLogLevel: "Off"/);
});

test('with a cluster open, the file says how much of it is in effect there', async () => {
  const { page } = workbench;
  await runCommand(page, 'Calico eBPF: Open Sample Cluster');
  const lens = page.locator('.editor-instance .codelens-decoration', { hasText: 'nodes' });
  await lens.first().waitFor();
  assert.match(await lens.first().innerText(), /of \d+ nodes/);
  await takePicture(page, 'felix-in-effect');
});

test('a click on it shows the value on each node and where it comes from', async () => {
  const { page } = workbench;
  await page.locator('.editor-instance .codelens-decoration a', { hasText: 'nodes' }).first().click();
  await quickPickRow(page, 'comes from').first().waitFor();
  assert.match(await quickPickRow(page, 'bpfEnabled comes from').innerText(), /3 of 3 nodes/);
  await takePicture(page, 'felix-where-in-effect');
  await page.keyboard.press('Escape');
});

test('a JSON patch is checked when the kustomization beside it aims it at a FelixConfiguration', async () => {
  const { page } = workbench;
  await openFile(page, 'operations.yaml');
  await page.locator('.editor-instance .squiggly-error').first().waitFor();
  await version(page).waitFor();
  assert.match(await hoverText(page, '/spec/bpfEnabld'), /bpfEnabled/);
  await takePicture(page, 'felix-patch');
});

test('a finding is shown in the file of the object that causes it, too', async () => {
  const { page } = workbench;
  await openFile(page, 'policy.yaml');
  const name = page.locator('.editor-instance .view-line', { hasText: 'cart-from-frontend' });
  await name.waitFor();
  await runCommand(page, 'Calico eBPF: Diagnose Cluster');
  await page.locator('.editor-instance .squiggly-error').first().waitFor();
  assert.match(await hoverText(page, 'cart-from-frontend'), /allows only pods that match app=front-end/);
  await takePicture(page, 'finding-in-yaml');
});
