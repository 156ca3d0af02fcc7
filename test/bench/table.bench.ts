/**
 * A conntrack dump of 512,000 entries as a table in the real editor: from choosing the file to the first rows, with how
 * long the extension host is held up meanwhile; how long sorting and filtering take until the rows are there; and the
 * time between frames while it is scrolled through, beside that of the editor's own view of a text.
 */
import type { Frame } from 'playwright-core';
import { openWorkbench, quickPickRow, webview } from '../workbench/workbench.ts';
import { bigDump } from './parse/bigDumps.ts';
import { atRest, watchHost } from './hostLag.ts';
import { report, round } from './report.ts';

const entries = 512_000;
const name = 'conntrack.dump.out';
const textName = 'plain.txt';
const workbench = await openWorkbench({
  files: {
    [name]: [...bigDump('conntrack.dump', entries)].join(''),
    [textName]: [...bigDump('conntrack.dump', 50_000)].join(''),
  },
  // As a text the editor asks first whether it shall open so large a file.
  settings: { 'workbench.editorAssociations': { [name]: 'calicoBpf.table' } },
});
const { page } = workbench;
page.setDefaultTimeout(180_000);
const table = webview(page);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function tableFrame(): Promise<Frame> {
  const element = await table.locator('body').elementHandle();
  const frame = await element?.ownerFrame();
  if (frame === null || frame === undefined) throw new Error('The table has no frame.');
  return frame;
}

/** The times between frames while the grid moves on by a page and a half with each of them. */
async function scrollFrames(): Promise<readonly number[]> {
  const frame = await tableFrame();
  return frame.evaluate(async () => {
    const grid = document.querySelector('.grid');
    if (grid === null) return [];
    const deltas: number[] = [];
    let last = performance.now();
    for (let count = 0; count < 600; count++) {
      grid.scrollTop += grid.clientHeight * 1.5;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      deltas.push(now - last);
      last = now;
    }
    return deltas;
  });
}

/** The same for the lines of a text in VS Code's own editor. */
async function scrollLines(): Promise<readonly number[]> {
  await find(textName);
  await quickPickRow(page, textName).first().click();
  await page.locator('.editor-instance .view-line', { hasText: 'ago' }).first().waitFor();
  return page.evaluate(async () => {
    const view = document.querySelector('.editor-instance .editor-scrollable');
    if (view === null) return [];
    const deltas: number[] = [];
    let last = performance.now();
    for (let count = 0; count < 600; count++) {
      const deltaY = view.clientHeight * 1.5;
      view.dispatchEvent(new WheelEvent('wheel', { deltaY, bubbles: true, cancelable: true }));
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      deltas.push(now - last);
      last = now;
    }
    return deltas;
  });
}

async function find(file: string): Promise<void> {
  await page.keyboard.press('Control+P');
  await page.locator('.quick-input-widget input.input').fill(file);
  await quickPickRow(page, file).first().waitFor();
}

/** Median and p99, in milliseconds. */
function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN);
  return `${at(0.5)}, ${at(0.99)}`;
}

try {
  await find(name);
  const askHost = await watchHost(workbench.extensionHostPid());
  const before = await atRest(askHost);
  const opened = await timed(async () => {
    await quickPickRow(page, name).first().click();
    await table.locator('#row-0 .cell.endpoint', { hasText: /\d/ }).first().waitFor();
  });
  const host = await askHost();
  const idle = table.getByRole('columnheader', { name: 'Idle' });
  const sorted = await timed(async () => {
    await idle.click();
    await table.locator('#row-0 .cell.duration', { hasText: /^1\d\d(?:\.\d+)?ms$/ }).waitFor();
  });
  const filtered = await timed(async () => {
    await table.getByRole('combobox', { name: 'Filter' }).fill('10.244.7');
    await table.locator('.count', { hasText: / of 512,000/ }).waitFor();
  });
  await table.getByRole('combobox', { name: 'Filter' }).fill('');
  await table.locator('.count', { hasText: /^512,000 entries$/ }).waitFor();
  const frames = await scrollFrames();
  const lines = await scrollLines();
  report('table', [
    { what: 'file → first rows, ms', figure: round(opened) },
    { what: 'extension host held up meanwhile, p99 ms', figure: round(host.p99) },
    { what: 'extension host held up meanwhile, longest ms', figure: round(host.max) },
    { what: 'extension host, most memory beyond that before, MB', figure: round(host.peak - before.peak) },
    { what: 'click on a title → sorted rows, ms', figure: round(sorted) },
    { what: 'filter → its rows (with the wait for the end of typing), ms', figure: round(filtered) },
    { what: 'between frames while scrolling, median and p99 ms', figure: spread(frames) },
    { what: 'the same of 50,000 lines in VS Code’s own editor', figure: spread(lines) },
  ]);
} finally {
  await workbench.close();
}
