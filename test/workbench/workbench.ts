/**
 * A real VS Code with the packaged extension in it, driven as a person would: through a browser page. The editor,
 * the browser and the vsix are those that `npm test` provides.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { serveEditor, type ServedEditor } from '../../scripts/editorServer.mjs';

const root = join(import.meta.dirname, '..', '..');
export const sampleSnapshot = join(root, 'media', 'sample-snapshot');

/** What a test starts with. */
export interface WorkbenchOptions {
  /** Files of the opened folder, by path in it. */
  readonly files?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface Workbench {
  readonly page: Page;
  /** The folder that is open. */
  readonly folder: string;
  close(): Promise<void>;
}

const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openWorkbench({
  files = {},
  settings = {},
}: WorkbenchOptions = {}): Promise<Workbench> {
  const base = mkdtempSync(join(tmpdir(), 'calico-ebpf-workbench-'));
  const folder = join(base, 'workspace');
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  let server: ServedEditor | undefined;
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await server?.stop();
    rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    server = await serveEditor({
      program: process.execPath,
      env: process.env,
      main: required('CALICO_EBPF_EDITOR'),
      vsix: required('CALICO_EBPF_VSIX'),
      folder: base,
      settings,
    });
    browser = await chromium.launch({ executablePath: required('CALICO_EBPF_BROWSER'), args: chromiumFlags });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`http://127.0.0.1:${server.port}/?folder=${encodeURIComponent(folder)}`);
    await page.locator('.activitybar .action-label').first().waitFor({ timeout: 60_000 });
    return { page, folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Copies the sample into a folder, so that a test may damage it. */
export function copySample(target: string): void {
  cpSync(sampleSnapshot, target, { recursive: true });
}

/** Shows the extension's view container. */
export async function showContainer(page: Page): Promise<void> {
  const icon = page.locator('.activitybar .action-label[aria-label^="Calico eBPF"]');
  await icon.waitFor();
  const isShown =
    (await icon.getAttribute('aria-expanded')) === 'true' ||
    (await icon.getAttribute('aria-checked')) === 'true';
  if (!isShown) await icon.click();
  await page.locator('.sidebar .composite.title', { hasText: 'Calico eBPF' }).waitFor();
}

/** Runs a command by its title, from the palette. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const input = page.locator('.quick-input-widget input.input');
  await page.keyboard.press('F1');
  await input.waitFor();
  await input.fill(`>${title}`);
  await quickPickRow(page, title).first().click();
}

/** The row of the open quick pick that shows a text. */
export function quickPickRow(page: Page, text: string): Locator {
  return page.locator('.quick-input-list .monaco-list-row', { hasText: text });
}

/** The row of a tree that shows a text. */
export function treeRow(page: Page, text: string | RegExp): Locator {
  return page.locator('.sidebar .monaco-list-row', { hasText: text });
}

/** Expands a row of a tree, if it is not expanded already. */
export async function expand(row: Locator): Promise<void> {
  await row.waitFor();
  if ((await row.getAttribute('aria-expanded')) === 'true') return;
  await row.locator('.monaco-tl-twistie').click();
  await row.and(row.page().locator('[aria-expanded="true"]')).waitFor();
}

/** Saves a picture of the page as `test-results/screenshots/<name>.png`. */
export async function takePicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(root, 'test-results', 'screenshots', `${name}.png`) });
}

/** The colour in which a text of the active editor is shown. */
export async function colourOf(page: Page, text: string): Promise<string> {
  const span = page.locator('.editor-instance .view-line span span', { hasText: text }).first();
  await span.waitFor();
  return span.evaluate((element) => getComputedStyle(element).color);
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: run the workbench tests by \`npm test -- workbench\`.`);
  return value;
}
