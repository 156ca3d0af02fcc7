/** A worker thread that records a trace: it reads and writes 50,000 lines a second away from the extension host. */
import { serve } from '../worker/serve.ts';
import { RecorderService } from './recorder.ts';

serve(new RecorderService());
