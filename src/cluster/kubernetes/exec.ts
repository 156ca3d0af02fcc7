/**
 * One command in a container over a WebSocket, in the `v4.channel.k8s.io` protocol: the first byte of each message
 * names the stream (k8s.io/apimachinery/pkg/util/remotecommand). Kubelets of all versions speak it, and the API server
 * hands its bytes through; v5 it takes apart and puts together again, as SPDY, for twice as much CPU time of both.
 *
 * It is spoken here, and not left to a library, because a dropped socket must end the call, a refusal must keep its
 * words, a slow reader must slow the sender down, and the process in the container must not live on.
 */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Connection } from './connection.ts';
import { releaseReceived } from './received.ts';
import { exitCodeOf, LostConnection, parseJson, StatusError } from './failure.ts';
import { ClusterError, type PodContainer } from '../cluster.ts';
import { textField } from '../../core/objects/object.ts';

/** Gets what the command prints, as it comes. A promise holds the sender up until it is settled. */
export interface OutputSink {
  stdout(chunk: Buffer): void | Promise<void>;
  stderr(chunk: Buffer): void | Promise<void>;
  /** Hears once how to write to the command’s standard input. */
  opened?(write: (text: string) => void): void;
}

const protocol = 'v4.channel.k8s.io';
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3 };
/** How often a silent connection is tried. */
const heartbeatsPerSilence = 3;

/**
 * Runs a command to its end and answers its exit status. The command's standard input stays open for as long as we
 * are there: what reads it learns by its end that we are gone.
 * @throws StatusError, LostConnection, ClusterError `failed`, the reason of the signal, or what the sink throws
 */
export async function exec(
  connection: Connection,
  target: PodContainer,
  argv: readonly string[],
  sink: OutputSink,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  const access = await connection.access();
  signal.throwIfAborted();
  const url = connection.urlOf(execPath(target, argv));
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url, protocol, {
    ...access,
    perMessageDeflate: false,
    // The API server sends pieces of 32 KiB.
    maxPayload: 16 * 1024 * 1024,
  });
  const ended = new AbortController();
  try {
    return await new Promise<number>((resolve, reject) => {
      const giveUp = () => reject(signal.reason as Error);
      signal.addEventListener('abort', giveUp, { once: true, signal: ended.signal });
      releaseReceived(socket);
      watchOver(socket, connection.silenceMs, reject);
      receive(socket, sink, resolve, reject);
      socket.on('open', () => sink.opened?.((text) => socket.send(frame(channels.stdin, text))));
      socket.on('unexpected-response', (_request, response) => void refuse(response, target).catch(reject));
    });
  } finally {
    ended.abort('ended');
    // Not `close()`: the API server would go on draining the output, and the process would live on.
    socket.on('error', () => {});
    socket.terminate();
  }
}

function execPath({ namespace, pod, container }: PodContainer, argv: readonly string[]): string {
  const query = new URLSearchParams({ container, stdin: 'true', stdout: 'true', stderr: 'true' });
  for (const word of argv) query.append('command', word);
  const [space, name] = [encodeURIComponent(namespace), encodeURIComponent(pod)];
  return `/api/v1/namespaces/${space}/pods/${name}/exec?${query.toString()}`;
}

function frame(channel: number, text: string): Buffer {
  return Buffer.concat([Buffer.of(channel), Buffer.from(text)]);
}

function receive(
  socket: WebSocket,
  sink: OutputSink,
  resolve: (exitCode: number) => void,
  reject: (error: unknown) => void,
): void {
  let received = 0;
  let pending: Promise<unknown> = Promise.resolve();
  let held = 0;
  let isSettled = false;
  const hand = (work: void | Promise<void>) => {
    if (work === undefined) return;
    held += 1;
    socket.pause();
    const done = work.then(() => {
      held -= 1;
      if (held === 0) socket.resume();
    });
    pending = Promise.all([pending, done]);
    pending.catch(reject);
  };
  const take = (message: Buffer) => {
    const payload = message.subarray(1);
    received += payload.length;
    if (payload.length === 0) return; // The first message of a stream says only that it is there.
    if (message[0] === channels.stdout) hand(sink.stdout(payload));
    else if (message[0] === channels.stderr) hand(sink.stderr(payload));
    else if (message[0] === channels.status) {
      isSettled = true;
      pending.then(() => resolve(statusOf(payload.toString('utf8')))).catch(reject);
    }
  };
  socket.on('message', (message: Buffer) => {
    try {
      take(message);
    } catch (error) {
      reject(error);
    }
  });
  socket.on('error', reject);
  socket.on('close', (code) => {
    // A status that came before is being handed over; then this is too late to matter.
    const lose = () =>
      reject(new LostConnection(`The connection was lost after ${received} bytes (${code}).`));
    if (!isSettled) pending.then(lose, reject);
  });
}

/** Ends a connection that is dead without a word: no data, and no answer to a ping. */
function watchOver(socket: WebSocket, silenceMs: number, reject: (error: unknown) => void): void {
  let silentBeats = 0;
  const alive = () => {
    silentBeats = 0;
  };
  const beat = () => {
    if (socket.isPaused) return;
    silentBeats += 1;
    if (silentBeats > heartbeatsPerSilence) {
      reject(new LostConnection(`The connection was silent for ${silenceMs / 1000} s.`));
    } else if (socket.readyState === WebSocket.OPEN) socket.ping();
  };
  const timer = setInterval(beat, silenceMs / heartbeatsPerSilence);
  socket.on('open', alive);
  socket.on('message', alive);
  socket.on('pong', alive);
  socket.on('close', () => clearInterval(timer));
}

/** A refused upgrade says why in its body. */
async function refuse(response: IncomingMessage, { namespace }: PodContainer): Promise<never> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > 65_536) break;
  }
  const error = new StatusError(response.statusCode ?? 0, text, response.headers['retry-after']);
  // Where `get` is allowed, the API server refuses for want of `create` without saying so.
  if (error.code === 403 && !error.message.includes('cannot')) {
    const permission = `“create pods/exec” in namespace ${namespace}`;
    throw new ClusterError('forbidden', `You lack the permission ${permission}.`, { cause: error });
  }
  throw error;
}

function statusOf(text: string): number {
  const status = parseJson(text);
  const exitCode = exitCodeOf(status);
  if (exitCode !== undefined) return exitCode;
  throw new ClusterError('failed', textField(status, 'message') ?? text);
}
