/** The ways to a language server: a thread, or a process by its own channel or its standard input and output. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  PortMessageReader,
  PortMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { MessageConnection } from 'vscode-languageserver/node';
import type { startInHost as startOurs } from '../../../src/language/start.ts';
import { startServerThread } from '../../../src/worker/serverThread.ts';
import type { Server } from './servers.ts';

/** A server that was started, and the connection to it. */
export interface Started {
  readonly connection: MessageConnection;
  /** Its process, if it has one of its own. */
  readonly processId: number | undefined;
  /** Done when it has ended, of which it must have been told. */
  readonly ended: Promise<unknown>;
}

export function start(server: Server): Promise<Started> | Started {
  switch (server.runs) {
    case 'host':
      return startHere(server);
    case 'thread':
      return startThread(server);
    case 'ipc':
      return startWithChannel(server);
    case 'stdio':
      return startWithStreams(server);
  }
}

async function startHere({ path, cachePath, hostPath = '' }: Server): Promise<Started> {
  // The package holds the same as the source.
  const { startInHost } = (await import(hostPath)) as { startInHost: typeof startOurs };
  const onFailure = (error: Error) => console.error(error);
  const { reader, writer } = startInHost(() => startServerThread({ path, cachePath, onFailure }));
  const connection = createMessageConnection(reader, writer);
  const ended = new Promise<void>((resolve) => connection.onClose(resolve));
  return { connection, processId: undefined, ended };
}

function startThread({ path, cachePath }: Server): Started {
  const onFailure = (error: Error) => console.error(error);
  const { port } = startServerThread({ path, cachePath, onFailure });
  const ended = new Promise((resolve) => port.once('close', resolve));
  const connection = createMessageConnection(new PortMessageReader(port), new PortMessageWriter(port));
  return { connection, processId: undefined, ended };
}

function startWithChannel({ path }: Server): Started {
  const child = fork(path, ['--node-ipc']);
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  return { connection, processId: child.pid, ended: endOf(child) };
}

function startWithStreams({ path, cachePath }: Server): Started {
  const child = spawn(process.execPath, [path, '--stdio'], {
    env: { ...process.env, NODE_COMPILE_CACHE: cachePath },
  });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  return { connection, processId: child.pid, ended: endOf(child) };
}

function endOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.once('exit', resolve));
}
