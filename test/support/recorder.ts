import { join } from 'node:path';
import { startRecorderThread } from '../../src/worker/thread.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'worker', 'worker.ts');

/** Starts the thread that records a trace. */
export const startRecorder = () => startRecorderThread(program);
