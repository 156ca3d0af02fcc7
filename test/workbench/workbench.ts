/**
 * A real VS Code with the packaged extension in it, driven as a person would: through a browser page. The editor,
 * the browser and the vsix are those that `npm test` provides.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, afterEach, type TestContext } from 'node:test';
import { chromium, type Browser, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { serveEditor, type ServedEditor } from '../../scripts/editorServer.mjs';

const root = join(import.meta.dirname, '..', '..');

/** What a test starts with. */
export interface WorkbenchOptions {
  /** Files of the opened folder, by path in it. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface Workbench {
  readonly page: Page;
  /** The folder that is open. */
  readonly folder: string;
  /** The process that runs extensions. */
  extensionHostPid(): number;
  /** Ends it, as a crash does. */
  killExtensionHost(): void;
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
      env: { ...process.env, NODE_COMPILE_CACHE: undefined },
      main: required('CALICO_EBPF_EDITOR'),
      vsix: required('CALICO_EBPF_VSIX'),
      folder: base,
      settings,
    });
    browser = await chromium.launch({ executablePath: required('CALICO_EBPF_BROWSER'), args: chromiumFlags });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    // A bound for what never comes, far above what a slow machine takes.
    page.setDefaultTimeout(60_000);
    await page.goto(`http://127.0.0.1:${server.port}/?folder=${encodeURIComponent(folder)}`);
    await page.locator('.activitybar .action-label').first().waitFor();
    const { pid } = server;
    const extensionHostPid = () => findExtensionHost(pid);
    const killExtensionHost = () => void process.kill(extensionHostPid(), 'SIGKILL');
    return { page, folder, close, extensionHostPid, killExtensionHost };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The editor that the tests of a file share: closed after them; of each that fails a picture is kept, `failed: <name>.png`. */
export async function openForTests(options?: WorkbenchOptions): Promise<Workbench> {
  const workbench = await openWorkbench(options);
  after(() => workbench.close());
  afterEach(async (context) => {
    // Node 24 tells whether the test passed; the types are those of Node 22.
    const { name, passed } = context as TestContext & { readonly passed?: boolean };
    if (passed === false) await takePicture(workbench.page, `failed: ${name.replaceAll('/', ' ')}`);
  });
  return workbench;
}

/** The extension host among what a process has started. */
function findExtensionHost(ancestor: number | undefined): number {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const processes = lines.flatMap((line) => {
    const [, pid, parent, args = ''] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
  const ours = new Set([ancestor]);
  // A process has a higher number than its parent, except after a wrap: twice is enough for either.
  for (const { pid, parent } of [...processes, ...processes]) if (ours.has(parent)) ours.add(pid);
  const host = processes.find(({ pid, args }) => ours.has(pid) && args.includes('--type=extensionHost'));
  if (host === undefined) throw new Error('No extension host runs.');
  return host.pid;
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

/** Runs a command by its title, without the dots at its end, from the palette. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const input = page.locator('.quick-input-widget input.input');
  await page.keyboard.press('F1');
  await input.waitFor();
  await input.fill(`>${title}`);
  const label = page.locator('.label-name', { hasText: new RegExp(`^${title}…?$`) });
  await page.locator('.quick-input-list .monaco-list-row', { has: label }).click();
}

/** Opens one of the container's views, if it is not open already. */
export async function showView(page: Page, name: string): Promise<void> {
  const header = page.locator(`.sidebar .pane-header[aria-label^=${JSON.stringify(name)}]`);
  if ((await header.getAttribute('aria-expanded')) !== 'true') await header.click();
}

/** Chooses from the open context menu. Enter, not a click: VS Code ignores the mouse for as long as a menu is new. */
export async function chooseFromMenu(page: Page, text: string): Promise<void> {
  const item = page.locator('.monaco-menu .action-item', { hasText: text });
  await item.hover();
  await item.and(page.locator('.focused')).waitFor();
  await page.keyboard.press('Enter');
}

/**
 * Follows a link in the text of an editor. The editor draws it anew when Ctrl goes down over it, which a click on the
 * element would take for its end, and try again where the link has long been followed.
 */
export async function followLink(page: Page, link: Locator): Promise<void> {
  await link.hover();
  const box = await link.boundingBox();
  if (box === null) throw new Error('The link is out of sight.');
  const active = page.locator('.view-line .detected-link-active').first();
  await page.keyboard.down('ControlOrMeta');
  // What the editor missed at one move, because it was about to draw, it shows at the next.
  for (const offset of Array.from({ length: 20 }, (_, index) => index % 2)) {
    await page.mouse.move(box.x + box.width / 2 + offset, box.y + box.height / 2);
    if (await becomesVisible(active)) break;
  }
  await page.mouse.down();
  await page.mouse.up();
  await page.keyboard.up('ControlOrMeta');
}

export interface PathAnswer {
  /** The end of what the dialog shows first: typed before, the path would be mixed with that. */
  readonly start: string;
  readonly path: string;
  /** What the dialog lists once it has followed the path; nothing for a file that is not there yet. */
  readonly item?: string;
  readonly button: string;
}

/** Answers the dialog that asks for a path. */
export async function answerPath(page: Page, { start, path, item, button }: PathAnswer): Promise<void> {
  const widget = page.locator('.quick-input-widget');
  await page.waitForFunction((end) => {
    const element = document.querySelector('.quick-input-widget input.input');
    return element instanceof HTMLInputElement && element.value.endsWith(end);
  }, start);
  await widget.locator('input.input').fill(path);
  if (item !== undefined) await quickPickRow(page, item).waitFor();
  await widget.locator('.monaco-button', { hasText: button }).click();
}

/** Answers the questions of “Open Snapshot…”. */
export async function openSnapshot(
  { page, folder }: Workbench,
  kind: 'Archive' | 'Folder',
  path: string,
): Promise<void> {
  await runCommand(page, 'Calico eBPF: Open Snapshot');
  await quickPickRow(page, kind).first().click();
  await answerPath(page, {
    start: '/workspace/',
    path: join(folder, path),
    item: basename(path),
    button: 'Open Snapshot',
  });
}

/** The row of the open quick pick that shows a text. */
export function quickPickRow(page: Page, text: string): Locator {
  return page.locator('.quick-input-list .monaco-list-row', { hasText: text });
}

/** The row of the tree that a screen reader would call so, to begin with. */
export function row(page: Page, name: string): Locator {
  const labels = [name, `${name},`, `${name}-`].map((start) => `[aria-label^=${JSON.stringify(start)}]`);
  return page.locator(`.sidebar .monaco-list-row:is(${labels.join(', ')})`).first();
}

/** Waits until a row of the tree shows a text. */
export async function rowShows(page: Page, name: string, text: RegExp): Promise<void> {
  await row(page, name).filter({ hasText: text }).waitFor();
}

/** Expands a row of a tree, if it is not expanded already. */
export async function expand(treeRow: Locator): Promise<void> {
  await treeRow.waitFor();
  if ((await treeRow.getAttribute('aria-expanded')) === 'true') return;
  await treeRow.locator('.monaco-tl-twistie').click();
  await treeRow.and(treeRow.page().locator('[aria-expanded="true"]')).waitFor();
}

/** Hovers a text of the active editor and answers what the hover says. */
export async function hoverText(page: Page, text: string): Promise<string> {
  const token = page.locator('.editor-instance .view-line span span', { hasText: text }).first();
  const hover = page.locator('.monaco-hover:visible .hover-contents').first();
  // A hand is never quite still: what the editor missed at one move, because it was about to draw, it shows at the next.
  const moves = Array.from({ length: 20 }, (_, index) => ({ x: 2 + (index % 2), y: 5 }));
  for (const position of moves) {
    await token.hover({ position });
    if (await becomesVisible(hover)) break;
  }
  await page.locator('.monaco-hover:visible', { hasNotText: 'Loading' }).first().waitFor();
  return page.locator('.monaco-hover:visible').first().innerText();
}

async function becomesVisible(hover: Locator): Promise<boolean> {
  try {
    await hover.waitFor({ timeout: 3000 });
    return true;
  } catch {
    return false;
  }
}

/** What the webview of the active editor holds. */
export function webview(page: Page): FrameLocator {
  return page.frameLocator('iframe.webview').frameLocator('#active-frame');
}

/** The colours in which the active editor shows its tokens, once it has coloured them. */
export async function tokenColours(page: Page): Promise<ReadonlySet<string>> {
  // A text that is not coloured yet has one class for all of it.
  await page.waitForFunction(() => {
    const spans = document.querySelectorAll('.editor-instance .view-line span span');
    return new Set([...spans].map((span) => span.className)).size > 1;
  });
  const spans = page.locator('.editor-instance .view-line span span');
  return new Set(
    await spans.evaluateAll((elements) => elements.map((element) => getComputedStyle(element).color)),
  );
}

/** Saves a picture of the page as `test-results/screenshots/<name>.png`. */
export async function takePicture(page: Page, name: string): Promise<void> {
  // What fades in is shown when it has; a cursor blinks for ever.
  await page.evaluate(async () => {
    const passing = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(passing.map(({ finished }) => finished));
  });
  await page.screenshot({ path: join(root, 'test-results', 'screenshots', `${name}.png`) });
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: run the workbench tests by \`npm test -- workbench\`.`);
  return value;
}
