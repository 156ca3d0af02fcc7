import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-languageserver/node';
import { startServerThread } from '../../src/worker/serverThread.ts';

const folder = mkdtempSync(join(tmpdir(), 'calico-server-'));
after(() => rmSync(folder, { recursive: true }));

const ours = join(import.meta.dirname, '..', '..', 'src', 'language', 'server.ts');

function program(source: string): string {
  const path = join(folder, 'program.cjs');
  writeFileSync(path, source);
  return path;
}

function start(path: string, onFailure: (error: Error) => void = assert.ifError) {
  return startServerThread({ path, cachePath: join(folder, 'compiled'), onFailure });
}

function connectTo({ port }: ReturnType<typeof start>) {
  const connection = createMessageConnection(new PortMessageReader(port), new PortMessageWriter(port));
  connection.listen();
  return connection;
}

test('the language server answers from a thread, and its end closes the connection', async () => {
  const thread = start(ours);
  const connection = connectTo(thread);
  const closed = new Promise<void>((resolve) => connection.onClose(resolve));
  const { serverInfo } = await connection.sendRequest<{ serverInfo: { name: string } }>('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
  });
  assert.equal(serverInfo.name, 'Calico eBPF');
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  await closed;
});

test('a server that runs out of memory ends alone, and says so', async () => {
  const failed = Promise.withResolvers<Error>();
  const thread = start(
    program('const all = []; for (;;) all.push(new Array(1e5).fill(1.5));'),
    failed.resolve,
  );
  const closed = new Promise<void>((resolve) => connectTo(thread).onClose(resolve));
  assert.match((await failed.promise).message, /memory/);
  await closed;
});

test('a server that answers no more is ended all the same', async () => {
  const thread = start(
    program(`const { workerData } = require('node:worker_threads');
workerData.postMessage('started');
for (;;);`),
  );
  await once(thread.port, 'message');
  const closed = once(thread.port, 'close');
  thread.dispose();
  await closed;
});
