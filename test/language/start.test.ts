import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { TestContext } from 'node:test';
import { createMessageConnection } from 'vscode-languageserver/node';
import type { Hover, PublishDiagnosticsParams } from 'vscode-languageserver';
import { startInHost } from '../../src/language/start.ts';
import { clusterChanged, clusterRequest } from '../../src/language/protocol.ts';
import { startServerThread } from '../../src/worker/serverThread.ts';

const cachePath = mkdtempSync(join(tmpdir(), 'calico-compiled-'));
after(() => rmSync(cachePath, { recursive: true }));
const path = join(import.meta.dirname, '..', '..', 'src', 'language', 'server.ts');

const short = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfLogLevel: Loud
`;
const ports = Array.from({ length: 600 }, (_, index) => `    - port: ${index + 1}\n      protocol: TCP\n`);
/** Its list takes long to read. */
const long = `${short}  failsafeInboundHostPorts:\n${ports.join('')}`;
const networks = Array.from({ length: 1200 }, (_, index) => `    - 10.${index >> 8}.${index & 255}.0/24\n`);
const uri = 'file:///felix.yaml';

/** The server as it runs in the extension host, with the threads that it started. */
async function start(t: TestContext) {
  const threads: ReturnType<typeof startServerThread>[] = [];
  const server = startInHost(() => {
    const thread = startServerThread({ path, cachePath, onFailure: assert.ifError });
    threads.push(thread);
    return thread;
  });
  const connection = createMessageConnection(server.reader, server.writer);
  const said: PublishDiagnosticsParams[] = [];
  let heard = Promise.withResolvers<PublishDiagnosticsParams>();
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    said.push(params);
    heard.resolve(params);
    heard = Promise.withResolvers();
  });
  connection.listen();
  t.after(() => {
    connection.dispose();
    server.dispose();
  });
  await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
  await connection.sendNotification('initialized', {});
  /** Waits for diagnostics of a version of the text; none is that of a closed one. */
  const diagnosticsOf = async (version: number | undefined): Promise<readonly string[]> => {
    for (;;) {
      const found = said.find((params) => params.version === version);
      if (found !== undefined) return found.diagnostics.map(({ code }) => String(code));
      await heard.promise;
    }
  };
  return { connection, threads, diagnosticsOf };
}

type Started = Awaited<ReturnType<typeof start>>;

function open({ connection }: Started, text: string): Promise<void> {
  return connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'yaml', version: 1, text },
  });
}

const hoverIn = ({ connection }: Started) =>
  connection.sendRequest<Hover | null>('textDocument/hover', {
    textDocument: { uri },
    position: { line: 5, character: 5 },
  });

test('a short document is answered for without a thread', async (t) => {
  const started = await start(t);
  await open(started, short);
  assert.deepEqual(await started.diagnosticsOf(1), ['enum']);
  assert.match(JSON.stringify(await hoverIn(started)), /bpfLogLevel/);
  assert.equal(started.threads.length, 0);
});

test('a long list of networks is read without a thread, as long as nothing in it makes reading slow', async (t) => {
  const started = await start(t);
  await open(started, `${short}  bpfExcludeCIDRsFromNAT:\n${networks.join('')}`);
  assert.deepEqual(await started.diagnosticsOf(1), ['enum']);
  assert.equal(started.threads.length, 0);
  await started.connection.sendNotification('textDocument/didChange', {
    textDocument: { uri, version: 2 },
    contentChanges: [
      { range: { start: { line: 9, character: 6 }, end: { line: 9, character: 6 } }, text: '&first ' },
    ],
  });
  assert.deepEqual(await started.diagnosticsOf(2), ['enum']);
  assert.equal(started.threads.length, 1);
});

test('a long document is read in a thread, which answers as the server does', async (t) => {
  const started = await start(t);
  await open(started, long);
  assert.deepEqual(await started.diagnosticsOf(1), ['enum']);
  assert.match(JSON.stringify(await hoverIn(started)), /bpfLogLevel/);
  await started.connection.sendNotification('textDocument/didChange', {
    textDocument: { uri, version: 2 },
    contentChanges: [
      { range: { start: { line: 5, character: 15 }, end: { line: 5, character: 19 } }, text: 'Info' },
    ],
  });
  assert.ok(!(await started.diagnosticsOf(2)).includes('enum'));
  assert.equal(started.threads.length, 1);
});

test('a document that grows goes to the thread with its text, and is judged there', async (t) => {
  const started = await start(t);
  await open(started, short);
  await started.diagnosticsOf(1);
  await started.connection.sendNotification('textDocument/didChange', {
    textDocument: { uri, version: 2 },
    contentChanges: [
      {
        range: { start: { line: 6, character: 0 }, end: { line: 6, character: 0 } },
        text: `  failsafeInboundHostPorts:\n${ports.join('')}    - {port: 70000, protocol: TCP}\n`,
      },
    ],
  });
  assert.deepEqual(await started.diagnosticsOf(2), ['enum', 'range']);
  assert.equal(started.threads.length, 1);
});

test('the thread ends when its last document is closed', async (t) => {
  const started = await start(t);
  await open(started, long);
  await started.diagnosticsOf(1);
  const ended = new Promise((resolve) => started.threads[0]?.port.once('close', resolve));
  await started.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  assert.deepEqual(await started.diagnosticsOf(undefined), []);
  await ended;
});

test('another cluster is told to the thread, which asks for it by the same way', async (t) => {
  const started = await start(t);
  await open(started, long);
  await started.diagnosticsOf(1);
  const asked = Promise.withResolvers<void>();
  let answers = 0;
  started.connection.onRequest(clusterRequest, () => {
    answers++;
    if (answers === 2) asked.resolve();
    return { name: 'other', calicoVersion: 'v3.22.0', nodes: [], configurations: [] };
  });
  await started.connection.sendNotification(clusterChanged, {});
  await asked.promise;
});

test('a thread that ends unasked ends the connection, so that the client starts all of it again', async (t) => {
  const started = await start(t);
  await open(started, long);
  await started.diagnosticsOf(1);
  const closed = new Promise<void>((resolve) => started.connection.onClose(resolve));
  started.threads[0]?.dispose();
  await closed;
});
