/** A worker thread that holds one table. */
import { TableService } from '../core/table/service.ts';
import { serve } from './serve.ts';

serve(new TableService());
