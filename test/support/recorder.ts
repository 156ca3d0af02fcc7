import { join } from 'node:path';
import type { RecorderCalls } from '../../src/tracing/recorder.ts';
import { startThread } from '../../src/worker/thread.ts';

const program = join(import.meta.dirname, '..', '..', 'src', 'tracing', 'recorderThread.ts');

/** Starts the thread that records a trace. */
export function startRecorder() {
  return startThread<RecorderCalls>(program);
}
