/** The process of the language server: a connection over stdio or the parent's channel, and the service on it. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serve } from './service.ts';

serve(createConnection(ProposedFeatures.all));
