/** A worker thread: it holds one table, or records one trace. */
import { workerData } from 'node:worker_threads';
import { TableService } from '../core/table/service.ts';
import { RecorderService } from '../tracing/recorder.ts';
import { serve } from './serve.ts';
import type { ServiceName } from './thread.ts';

const services: { readonly [name in ServiceName]: () => object } = {
  table: () => new TableService(),
  recorder: () => new RecorderService(),
};

serve(services[workerData as ServiceName]());
