/**
 * The program of the language server. In a thread it speaks over the port that it was given, else over stdio or what
 * its arguments name, as other editors start a language server.
 */
import { MessagePort, workerData } from 'node:worker_threads';
import {
  createConnection,
  PortMessageReader,
  PortMessageWriter,
  ProposedFeatures,
} from 'vscode-languageserver/node';
import { serve } from './service.ts';

const port: unknown = workerData;
serve(
  port instanceof MessagePort
    ? createConnection(ProposedFeatures.all, new PortMessageReader(port), new PortMessageWriter(port))
    : createConnection(ProposedFeatures.all),
);
