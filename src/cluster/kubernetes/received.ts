import type { WebSocket } from 'ws';
import { letGo } from '../../core/columns/memory.ts';

/** What the header of a WebSocket's frame takes at least, and from 126 bytes on (RFC 6455, 5.2). */
const headerSize = 2;
const longHeaderSize = 4;

/**
 * Gives the memory of what comes over a WebSocket back as soon as it became messages: what waits to be found as garbage
 * would be as much as a table takes. The WebSocket must not compress: a message would be longer than what came for it.
 */
export function releaseReceived(socket: WebSocket): void {
  const chunks: Buffer[] = [];
  /** A message that lies in one chunk is a view of it. */
  const viewed = new WeakSet<ArrayBufferLike>();
  /** So many bytes of those chunks, at least, are read. */
  let read = 0;
  const release = () => {
    for (let [first] = chunks; first !== undefined && first.length <= read; [first] = chunks) {
      read -= first.length;
      chunks.shift();
      if (!viewed.has(first.buffer)) letGo(first);
    }
  };
  const take = (message: Buffer) => {
    viewed.add(message.buffer);
    read += message.length + (message.length < 126 ? headerSize : longHeaderSize);
    release();
  };
  for (const event of ['message', 'ping', 'pong'] as const) socket.on(event, take);
  socket.once('upgrade', ({ socket: stream }) => {
    // Who listens sooner would be given what the WebSocket, which does not listen yet, is waiting for.
    socket.once('open', () =>
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        release();
      }),
    );
  });
}
