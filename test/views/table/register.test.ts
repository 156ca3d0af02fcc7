import { editor } from '../../support/vscode.ts';
import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { CustomReadonlyEditorProvider, Uri as VscodeUri, WebviewPanel } from 'vscode';
import { readCells, splitCells } from '../../../src/core/table/cellLines.ts';
import type { FromView, ToView } from '../../../src/webview/table/protocol.ts';
import { openSample, samplePath } from '../../support/sample.ts';
import { EventEmitter } from '../../support/vscodeEvents.ts';
import { Uri } from '../../support/vscodeValues.ts';

const { Connection } = await import('../../../src/host/connection.ts');
const { createLog } = await import('../../../src/host/log.ts');
const { MadeTexts } = await import('../../../src/documents/madeTexts.ts');
const { dumpUri } = await import('../../../src/documents/uri.ts');
const { comparisonUri } = await import('../../../src/views/table/comparison.ts');
const { registerTables } = await import('../../../src/views/table/register.ts');
const { GrowingFiles } = await import('../../../src/host/growingFiles.ts');
const { readFrom } = await import('../../../src/files.ts');
const { startTableThread } = await import('../../../src/worker/thread.ts');

const root = join(import.meta.dirname, '..', '..', '..');
const growing = new GrowingFiles();
const sample = await openSample();
const connection = new Connection({ openSession: async () => sample, findSource: async () => undefined });
await connection.open({ kind: 'sample' }, new AbortController().signal);
const memory = new Map<string, unknown>();
registerTables({
  connection,
  texts: new MadeTexts(),
  openSnapshot: async () => openSample(),
  log: createLog(),
  memory: {
    get: (key: string, fallback?: unknown) => memory.get(key) ?? fallback,
    update: async (key: string, value: unknown) => void memory.set(key, value),
  } as never,
  pages: Uri.file(join(root, 'dist')) as never,
  readFrom,
  growing,
  startThread: () => startTableThread(join(root, 'src', 'worker', 'worker.ts')),
});
const provider = editor.providers.get('customEditor') as CustomReadonlyEditorProvider;

/** The view of a table as the extension sees it: what it is told, and what it says. */
class View {
  readonly told: ToView[] = [];
  html = '';
  readonly #said = new EventEmitter<FromView>();
  readonly #disposed = new EventEmitter<void>();
  readonly #arrived = new EventEmitter<void>();

  /** The view of one of the sample's dumps. */
  static ofDump(probe: string, node = 'node-a'): View {
    const { name, takenAt } = sample.cluster.info;
    return View.of(dumpUri(name, { node, probe }, takenAt));
  }

  static of(uri: VscodeUri): View {
    return new View(uri);
  }

  private constructor(uri: VscodeUri) {
    const panel = {
      active: true,
      onDidChangeViewState: () => ({ dispose() {} }),
      onDidDispose: this.#disposed.event,
      webview: {
        cspSource: 'own:',
        asWebviewUri: (uri: Uri) => uri,
        onDidReceiveMessage: this.#said.event,
        postMessage: async (message: ToView) => {
          this.told.push(message);
          this.#arrived.fire();
        },
      },
    };
    const document = { uri, dispose: () => undefined };
    // Only what a table uses is there.
    void provider.resolveCustomEditor(document, panel as unknown as WebviewPanel, undefined as never);
    this.html = (panel.webview as unknown as { readonly html: string }).html;
  }

  say(message: FromView): void {
    this.#said.fire(message);
  }

  async ask<K extends ToView['kind']>(message: FromView, kind: K): Promise<Extract<ToView, { kind: K }>> {
    const before = this.told.length;
    this.#said.fire(message);
    return this.next(kind, before);
  }

  async next<K extends ToView['kind']>(kind: K, from: number): Promise<Extract<ToView, { kind: K }>> {
    for (;;) {
      const found = this.told.slice(from).find((message) => message.kind === kind);
      if (found !== undefined) return found as Extract<ToView, { kind: K }>;
      await new Promise<void>((resolve) => {
        const listening = this.#arrived.event(() => {
          listening.dispose();
          resolve();
        });
      });
    }
  }

  close(): void {
    this.#disposed.fire();
  }
}

let view: View;

beforeEach(() => {
  Object.assign(editor, { shown: [], errors: [], clipboard: '' });
  memory.clear();
  view = View.ofDump('conntrack.dump');
});

afterEach(() => view.close());

test('the page runs its own script and loads its own style, and nothing else', () => {
  const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(view.html) ?? [];
  const [, nonce = ''] = /nonce-([\w-]+)/.exec(policy) ?? [];
  assert.equal(policy, `default-src 'none'; style-src own:; script-src 'nonce-${nonce}'`);
  assert.match(view.html, new RegExp(`<script nonce="${nonce}" src="[^"]+/dist/table.js">`));
});

test('a table comes with its columns, and answers with its rows', async () => {
  const { columns, noun, remarks } = await view.ask({ kind: 'ready' }, 'table');
  assert.deepEqual([noun, remarks], ['entries', []]);
  assert.ok(columns.some(({ id }) => id === 'src.name'));
  const shape = { filter: 'state:syn-sent', sort: [{ id: 'src.name', direction: 'ascending' }] } as const;
  const { shown } = await view.ask({ kind: 'show', number: 1, shape }, 'shown');
  assert.equal(shown.total, 66);
  assert.ok(shown.count > 0 && shown.count < 66);
  const page = { kind: 'cells', number: 1, start: 0, end: 2, columns: ['src.name', 'state'] } as const;
  const { lines } = await view.ask(page, 'cells');
  const [first] = splitCells(lines).map(readCells);
  assert.match(first?.texts.join(' ') ?? '', /^shop\/\S+ SYN-SENT$/);
});

test('the dump is still there after a table was made of it', async () => {
  // What was unpacked has memory of its own, which a thread could take.
  const target = { node: 'node-a', probe: 'conntrack.dump.raw' };
  const { output } = await sample.output(target, new AbortController().signal);
  const own = View.ofDump(target.probe);
  await own.ask({ kind: 'ready' }, 'table');
  own.close();
  assert.ok(output.length > 0);
  assert.equal((await output.bytes()).length, output.length);
});

test('the columns that were chosen are shown the next time', async () => {
  const first = await view.ask({ kind: 'ready' }, 'table');
  assert.equal(first.chosen, undefined);
  view.say({ kind: 'columns', chosen: ['src', 'dst'] });
  const other = View.ofDump('conntrack.dump', 'node-b');
  assert.deepEqual((await other.ask({ kind: 'ready' }, 'table')).chosen, ['src', 'dst']);
  other.close();
});

test('a raw line is shown in the text, and rows are copied', async () => {
  await view.ask({ kind: 'ready' }, 'table');
  view.say({ kind: 'line', index: 3 });
  view.say({ kind: 'copy', format: 'csv', columns: ['proto'], indices: [0] });
  // Questions are answered one after the other.
  await view.ask({ kind: 'show', number: 1, shape: { filter: '', sort: [] } }, 'shown');
  assert.deepEqual(
    editor.shown.map(({ path }) => path),
    ['/shop/node-a/conntrack.dump'],
  );
  assert.equal(editor.clipboard, 'proto\r\nTCP\r\n');
});

test('a file that is no such dump, or empty, says so above the table', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-foreign-'));
  const remarksOf = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    const table = View.of(Uri.file(join(folder, name)) as never);
    const { remarks } = await table.ask({ kind: 'ready' }, 'table');
    table.close();
    return remarks.join('\n');
  };
  assert.match(await remarksOf('nat.dump.out', ''), /^This is empty: the map has no entries, /);
  assert.match(await remarksOf('counters.dump.out', ''), /^This is empty: the command always prints/);
  const page = '<!DOCTYPE html>\n<html></html>\n';
  assert.match(await remarksOf('conntrack.dump.out', page), /^This is no conntrack dump: it is an HTML/);
  const kubectl = 'Error from server (NotFound): pods "x" not found\n';
  assert.match(await remarksOf('arp.dump.out', kubectl), /^This is no ARP dump: it is an error of kubectl/);
  await rm(folder, { recursive: true });
});

test('a dump that cannot be had says why in its place', async () => {
  const empty = View.ofDump('conntrack.dump.v6');
  assert.match((await empty.ask({ kind: 'ready' }, 'failed')).message, /IPv6|no such|not/i);
  empty.close();
  assert.deepEqual(editor.errors, []);
});

test('the table is read again when the cluster is refreshed', async () => {
  await view.ask({ kind: 'ready' }, 'table');
  const before = view.told.length;
  connection.refresh();
  assert.ok((await view.next('table', before)).columns.length > 0);
});

test('two nodes are compared in a table, and as text', async () => {
  const from = { kind: 'open' } as const;
  const probe = 'ipsets.dump';
  const uri = comparisonUri('ipsets.dump: a ↔ b', {
    before: { node: 'node-a', probe, from },
    after: { node: 'node-b', probe, from },
  });
  const comparison = View.of(uri);
  const { noun } = await comparison.ask({ kind: 'ready' }, 'table');
  const { shown } = await comparison.ask(
    { kind: 'show', number: 1, shape: { filter: '', sort: [] } },
    'shown',
  );
  // Each node has the sets that its own pods want; those that both have are the same.
  assert.deepEqual([noun, shown.total], ['differences', 0]);
  await editor.commands.get('calicoBpf.table.showDiff')?.();
  assert.ok(editor.ran.includes('vscode.diff'));
  comparison.close();
});

test('a comparison with what was read in another window says so', async () => {
  const target = { node: 'node-a', probe: 'nat.dump' };
  const uri = comparisonUri('nat.dump', {
    before: { ...target, from: { kind: 'kept', number: 5 } },
    after: { ...target, from: { kind: 'open' } },
  });
  const comparison = View.of(uri);
  assert.match((await comparison.ask({ kind: 'ready' }, 'failed')).message, /earlier window/);
  comparison.close();
});

test('commands of the active table reach its view', async () => {
  editor.commands.get('calicoBpf.table.find')?.();
  editor.commands.get('calicoBpf.table.copyJson')?.();
  assert.deepEqual(view.told, [{ kind: 'focus-filter' }, { kind: 'copy', format: 'json' }]);
});

test('a packet opens to its lines, and leads to the rule that denied it', async () => {
  const trace = View.ofDump('trace.loadgen-to-payments');
  const { hasDetails, quickFilters } = await trace.ask({ kind: 'ready' }, 'table');
  assert.equal(hasDetails, true);
  const shape = { filter: quickFilters[0]?.filter ?? '', sort: [] };
  assert.equal((await trace.ask({ kind: 'show', number: 1, shape }, 'shown')).shown.count, 3);
  const { detail } = await trace.ask({ kind: 'details', number: 1, index: 0 }, 'details');
  assert.match(detail?.title ?? '', /^shop\/loadgen-\S+ → shop\/payments-\S+ · TCP SYN · denied/);
  assert.match(detail?.lines.at(-1) ?? '', /DENY due to policy$/);
  const asked = Promise.withResolvers<unknown>();
  editor.commands.set('calicoBpf.trace.explain', asked.resolve);
  trace.say({ kind: 'follow', index: 0, link: 0 });
  assert.match(JSON.stringify(await asked.promise), /"node":"node-a".*"policy\.dump\.cali192e293c0b8\.all"/);
  trace.close();
});

test('the packets of a trace that runs are a table that grows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-growing-'));
  const path = join(folder, 'shop-node-a.log');
  const whole = await readFile(join(samplePath, 'nodes', 'node-a', 'traces', 'loadgen-to-payments.log'));
  await writeFile(path, whole.subarray(0, 20_000));
  growing.begin(path);
  const trace = View.of(Uri.file(path) as never);
  const shape = { filter: '', sort: [] };
  await trace.ask({ kind: 'ready' }, 'table');
  const before = await trace.ask({ kind: 'show', number: 1, shape }, 'shown');
  await appendFile(path, whole.subarray(20_000));
  const from = trace.told.length;
  growing.end(path);
  await trace.next('grown', from);
  const after = await trace.ask({ kind: 'show', number: 2, shape }, 'shown');
  assert.ok(before.shown.count > 0 && before.shown.count < after.shown.count);
  assert.equal(after.shown.count, 29);
  trace.close();
  await rm(folder, { recursive: true });
});
