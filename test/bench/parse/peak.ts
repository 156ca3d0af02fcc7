/**
 * Opens one large dump as the extension does, from its file, a snapshot or a live cluster into a thread that reads, sorts
 * and filters it, in a process of its own, so that its peak of memory is its own: see parse.bench.ts and cluster.bench.ts.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readPrinted } from '../../../src/cluster/snapshot/files.ts';
import type { Printed } from '../../../src/core/text/printed.ts';
import { readFrom } from '../../../src/files.ts';
import type * as LiveBackend from '../../../src/liveBackend.ts';
import { startTableThread } from '../../../src/worker/thread.ts';

const dist = join(import.meta.dirname, '..', '..', '..', 'dist');
const [, , probe = '', file = '', from = ''] = process.argv;
const signal = new AbortController().signal;
const askNode = from === '' || from === 'snapshot' ? undefined : await connect(from);
const before = process.memoryUsage().rss;
const held = from === 'snapshot' ? await readPrinted(file, signal) : await askNode?.();
// As it ships: from the sources, Node would hold its compiler of types beside it.
const thread = startTableThread(join(dist, 'worker.cjs'));
await thread.call('begin', { side: 0, probe });
for await (const bytes of held?.pieces() ?? readFrom(file, 0)) await thread.call('push', { side: 0, bytes });
await thread.call('read', { probe, isNameless: true });
const columns = await thread.call('name', []);
const { id } = columns.find(({ kind }) => kind === 'endpoint' || kind === 'cidr') ?? { id: '' };
await thread.call('show', { filter: '10.244.7', sort: [{ id, direction: 'ascending' }] });
// Of this program alone, the thread included: what `resourceUsage()` tells begins with the peak of who started it.
const status = readFileSync('/proc/self/status', 'utf8');
const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
/** In MB. */
console.log((peak - before) / 1e6);
process.exit();

/** Opens a live cluster, and asks its node once, as the tree does: what that takes is none of the dump's. */
async function connect(kubeconfig: string): Promise<() => Promise<Printed>> {
  const limits = { maxBytes: 512 * 1024 * 1024 };
  const silent = { info() {}, warn() {} };
  // The bundle of that very file.
  const { openLiveSession } = createRequire(import.meta.url)(
    join(dist, 'liveBackend.cjs'),
  ) as typeof LiveBackend;
  const session = await openLiveSession({ kubeconfig, limits, log: silent }, signal);
  await session.names('node-a', signal);
  return async () => (await session.output({ node: 'node-a', probe }, signal)).output;
}
