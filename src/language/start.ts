/** The two ways in which the language server runs. */
import { MessagePort } from 'node:worker_threads';
import { createConnection, createProtocolConnection, ProposedFeatures } from 'vscode-languageserver';
import {
  createConnection as createProgramConnection,
  PortMessageReader,
  PortMessageWriter,
} from 'vscode-languageserver/node';
import type { ServerThread } from '../worker/protocol.ts';
import { serve } from './service.ts';
import { linked } from './transports.ts';
import type { LanguageServer, Transports } from './transports.ts';

/**
 * In the thread of its client, where an answer is there at once; what takes long is done by another server in a thread
 * of its own. When that one ends by itself the connection ends, as if all of it had failed.
 */
export function startInHost(startThread: () => ServerThread): LanguageServer {
  const [client, server] = linked();
  const end = () => server.writer.end();
  const watchDog = { shutdownReceived: false, initialize: () => undefined, exit: end };
  const connection = createConnection(
    (logger) => createProtocolConnection(server.reader, server.writer, logger),
    watchDog,
    ProposedFeatures.all,
  );
  const dispose = serve(connection, () => {
    const thread = startThread();
    thread.port.on('close', end);
    const endThread = () => {
      thread.port.off('close', end);
      thread.dispose();
    };
    return { ...portTransports(thread.port), dispose: endThread };
  });
  return { ...client, dispose };
}

/**
 * As a program of its own: in a thread it speaks over the port that it was given, else over stdio or what its
 * arguments name, as other editors start a language server.
 */
export function startAsProgram(port: unknown): void {
  if (port instanceof MessagePort) {
    const { reader, writer } = portTransports(port);
    serve(createProgramConnection(ProposedFeatures.all, reader, writer));
  } else {
    serve(createProgramConnection(ProposedFeatures.all));
  }
}

function portTransports(port: MessagePort): Transports {
  return { reader: new PortMessageReader(port), writer: new PortMessageWriter(port) };
}
