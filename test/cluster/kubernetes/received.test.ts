import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { WebSocket, WebSocketServer } from 'ws';
import { releaseReceived } from '../../../src/cluster/kubernetes/received.ts';

interface Received {
  readonly messages: readonly Buffer[];
  /** What came over the network. */
  readonly chunks: readonly Buffer[];
}

/** What a client takes, whose memory is given back, of what a server sends and then closes. */
async function receive(send: (socket: WebSocket) => void): Promise<Received> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', (socket) => {
    send(socket);
    socket.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  const messages: Buffer[] = [];
  const chunks: Buffer[] = [];
  client.on('upgrade', ({ socket }) => {
    client.on('open', () => socket.on('data', (chunk: Buffer) => chunks.push(chunk)));
  });
  releaseReceived(client);
  client.on('message', (message: Buffer) => messages.push(message));
  await once(client, 'close');
  server.close();
  return { messages, chunks };
}

test('messages are whole, however they are cut and whatever is between them', async () => {
  const size = fc.oneof(fc.nat(300), fc.nat(200_000));
  const part = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('message'),
        sizes: fc.array(size, { minLength: 1, maxLength: 3 }),
      }),
    },
    fc.record({ kind: fc.constant('ping'), sizes: fc.constant([]) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), async (parts) => {
      const sent: Buffer[] = [];
      const { messages } = await receive((socket) => {
        for (const { kind, sizes } of parts) {
          if (kind === 'ping') socket.ping('are you there?');
          const pieces = sizes.map((length, index) => Buffer.alloc(length, `${sent.length} ${index} `));
          for (const [index, piece] of pieces.entries())
            socket.send(piece, { binary: true, fin: index === pieces.length - 1 });
          if (kind === 'message') sent.push(Buffer.concat(pieces));
        }
      });
      assert.equal(messages.length, sent.length);
      for (const [index, message] of messages.entries())
        assert.ok(message.equals(sent[index] ?? message), `${index}`);
    }),
    { numRuns: 30 },
  );
});

test('the memory of what came is given back, but for what is a message yet, and the last of it', async () => {
  const { messages, chunks } = await receive((socket) => {
    for (let count = 0; count < 40; count++) socket.send(Buffer.alloc(200_000, 'a'));
  });
  const held = chunks.filter(({ length }) => length > 0);
  assert.equal(messages.length, 40);
  assert.ok(chunks.length > 40);
  assert.ok(held.length <= 2, `${held.length} of ${chunks.length} are held`);
});
