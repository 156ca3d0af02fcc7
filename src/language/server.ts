/** The program of the language server. */
import { workerData } from 'node:worker_threads';

void import('./start.ts').then(({ startAsProgram }) => startAsProgram(workerData));
