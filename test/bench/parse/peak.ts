/**
 * Opens one large dump as the extension does, from its file into a thread that reads, sorts and filters it, in a process
 * of its own, so that its peak of memory is its own: see parse.bench.ts.
 */
import { join } from 'node:path';
import { readFrom } from '../../../src/files.ts';
import { startTableThread } from '../../../src/worker/thread.ts';

const [, , probe = '', file = ''] = process.argv;
const before = process.resourceUsage().maxRSS;
// As it ships: from the sources, Node would hold its compiler of types beside it.
const thread = startTableThread(join(import.meta.dirname, '..', '..', '..', 'dist', 'worker.cjs'));
await thread.call('begin', { side: 0, probe });
for await (const bytes of readFrom(file, 0)) await thread.call('push', { side: 0, bytes });
await thread.call('read', { probe, isNameless: true });
const columns = await thread.call('name', []);
const { id } = columns.find(({ kind }) => kind === 'endpoint' || kind === 'cidr') ?? { id: '' };
await thread.call('show', { filter: '10.244.7', sort: [{ id, direction: 'ascending' }] });
/** In MB, the thread included. */
console.log(((process.resourceUsage().maxRSS - before) * 1024) / 1e6);
thread.dispose();
