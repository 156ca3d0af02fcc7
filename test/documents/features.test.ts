import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CodeLensProvider,
  DocumentSymbolProvider,
  FileSystemProvider,
  FoldingRangeProvider,
  Hover,
  HoverProvider,
  MarkdownString,
  TextDocument,
} from 'vscode';
import { traceOf } from '../core/trace/recordedTraces.ts';
import { fakeDocument } from '../support/document.ts';
import { openSample } from '../support/sample.ts';
import { Position, Uri } from '../support/vscodeValues.ts';

const { Connection } = await import('../../src/host/connection.ts');
const { createLog } = await import('../../src/host/log.ts');
const { LiveUpdates } = await import('../../src/host/liveUpdates.ts');
const { registerDocuments } = await import('../../src/documents/register.ts');
const { dumpUri } = await import('../../src/documents/uri.ts');

const sample = await openSample();
const { name, takenAt } = sample.cluster.info;
const connection = new Connection({ openSession: async () => sample, findSource: async () => undefined });
await connection.open({ kind: 'sample' }, new AbortController().signal);
const updates = new LiveUpdates({ connection, log: createLog() });
registerDocuments({ connection, updates });
// The fake keeps providers untyped.
const files = editor.providers.get('files') as FileSystemProvider;

/** Opens a dump as VS Code does: its bytes, then the document. */
async function open(probe: string, node = 'node-a'): Promise<TextDocument> {
  const uri = dumpUri(name, { node, probe }, takenAt);
  const text = new TextDecoder().decode(await files.readFile(uri));
  const document = fakeDocument(uri, text);
  editor.didOpenDocument.fire(document);
  return document;
}

const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) };

async function hoverAt(document: TextDocument, word: string): Promise<string> {
  const line = document
    .getText()
    .split('\n')
    .findIndex((each) => each.includes(word));
  const position = new Position(line, document.lineAt(line).text.indexOf(word) + 1);
  const provider = editor.providers.get('hover') as HoverProvider;
  const hover = (await provider.provideHover(document, position as never, token)) as Hover | undefined;
  return (
    (hover?.contents as readonly MarkdownString[] | undefined)?.map(({ value }) => value).join('\n') ?? ''
  );
}

test('a dump gets its language, and no problems when it is whole', async () => {
  const document = await open('nat.dump');
  assert.equal(document.languageId, 'calico-bpf-nat');
  editor.didOpenDocument.fire(document);
  assert.deepEqual(editor.diagnostics.get(document.uri.toString()), []);
});

test('words that stand in for a dump are plain text without problems', async () => {
  const document = await open('nat.dump.v6');
  assert.equal(document.languageId, 'plaintext');
  assert.equal(editor.diagnostics.get(document.uri.toString()), undefined);
});

test('what of a file cannot be read is a problem at its place', () => {
  const document = fakeDocument(
    Uri.file('/tmp/routes.dump.out'),
    '10.0.0.1/32: local hots\n',
    'calico-bpf-routes',
  );
  editor.didOpenDocument.fire(document);
  const [problem, ...others] = editor.diagnostics.get(document.uri.toString()) ?? [];
  assert.deepEqual(others, []);
  assert.match(problem?.message ?? '', /hots/);
  assert.deepEqual([problem?.range.start.character, problem?.range.end.character], [19, 23]);
});

test('of a file that is empty that is said, as trouble where the command always prints something', () => {
  const said = (probe: string, language: string) => {
    const document = fakeDocument(Uri.file(`/tmp/${probe}.out`), '', language);
    editor.didOpenDocument.fire(document);
    return editor.diagnostics
      .get(document.uri.toString())
      ?.map(({ message, severity }) => [message.split(',')[0], severity]);
  };
  // 1 is a warning, 2 an information.
  assert.deepEqual(said('routes.dump', 'calico-bpf-routes'), [['This is empty: the map has no entries', 2]]);
  assert.deepEqual(said('counters.dump', 'calico-bpf-counters'), [
    ['This is empty: the command always prints something', 1],
  ]);
});

test('hovering tells who has an address', async () => {
  assert.match(await hoverAt(await open('nat.dump'), '10.96.0.10'), /kube\\?-dns/);
});

test('hovering nothing tells nothing', async () => {
  assert.equal(await hoverAt(await open('nat.dump'), ' local'), '');
});

test('the outline lists the frontends, and they fold', async () => {
  const document = await open('nat.dump');
  const symbols = (await (editor.providers.get('symbols') as DocumentSymbolProvider).provideDocumentSymbols(
    document,
    token,
  )) as readonly { readonly name: string }[];
  assert.ok(symbols.some((symbol) => symbol.name.startsWith('10.96.0.10 53')));
  const folds = await (editor.providers.get('folding') as FoldingRangeProvider).provideFoldingRanges(
    document,
    {},
    token,
  );
  const [fold] = folds ?? [];
  assert.ok(fold !== undefined && fold.end > fold.start);
});

test('a dump is a file that cannot be changed, and is read anew after a refresh', async () => {
  const uri = dumpUri(name, { node: 'node-a', probe: 'arp.dump' }, takenAt);
  const { mtime, size } = await files.stat(uri);
  assert.ok(size > 0);
  assert.throws(() => files.writeFile(uri, new Uint8Array(), { create: true, overwrite: true }));
  const changed: string[] = [];
  files.onDidChangeFile((events) => changed.push(...events.map((event) => event.uri.toString())));
  connection.refresh();
  assert.ok(changed.includes(uri.toString()));
  assert.ok((await files.stat(uri)).mtime > mtime);
});

test('a captured trace folds by packet, lists its packets and knows who is who', async () => {
  const document = await open('trace.loadgen-to-payments');
  assert.equal(document.languageId, 'calico-bpf-trace');
  const symbols = editor.providers.get('symbols') as DocumentSymbolProvider;
  const packets = await symbols.provideDocumentSymbols(document, token);
  assert.equal(packets?.length, 29);
  const last = packets?.at(-1);
  assert.ok(last !== undefined && 'detail' in last);
  assert.equal(last.name, 'cali192e293c0b8 to the pod TCP SYN');
  assert.match(last.detail, /^denied by the pod’s ingress policy, /);
  const folding = editor.providers.get('folding') as FoldingRangeProvider;
  const ranges = await folding.provideFoldingRanges(document, {}, token);
  assert.equal(ranges?.length, 29);
  assert.match(await hoverAt(document, '10.244.218.67'), /shop\/payments-/);
});

test('a denied packet says why, with a way to what explains it', async () => {
  const document = await open('trace.loadgen-to-payments');
  const provider = editor.providers.get('lenses') as CodeLensProvider;
  const lenses = (await provider.provideCodeLenses(document, token)) ?? [];
  assert.deepEqual(
    lenses.slice(-2).map(({ command }) => command?.title),
    [
      '$(circle-slash) 10.244.174.131:54376 → 10.244.218.67:8443: denied by the pod’s ingress policy',
      'Show Policy Rule',
    ],
  );
  assert.equal(lenses.length, 6);
  assert.match(document.lineAt(lenses.at(-1)?.range.start.line ?? 0).text, /-I: New packet at/);
});

test('a connect that is refused says why, too: no packet follows it', async () => {
  const text = traceOf(
    'CTLB------------: ',
    `calico_connect_v4
     SOCK_STREAM -> assuming TCP
     NAT: 1st level lookup addr=10.96.44.5 port=80 tcp
     NAT: 1st level hit; id=10
     NAT: no backend
     NAT miss.`,
  );
  const uri = dumpUri('shop', { node: 'node-a', probe: 'trace.refused' }, undefined);
  const document = fakeDocument(uri, text, 'calico-bpf-trace');
  const provider = editor.providers.get('lenses') as CodeLensProvider;
  const lenses = (await provider.provideCodeLenses(document, token)) ?? [];
  assert.match(lenses[0]?.command?.title ?? '', /the service has no backend, the connection is refused$/);
  assert.equal(lenses[1]?.command?.title, 'Show Service in NAT');
});
