import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { manifest, packFolder, sampleSnapshot } from '../cluster/snapshot/build.ts';
import {
  expand,
  openSnapshot,
  openForTests,
  row,
  rowShows,
  showContainer,
  takePicture,
} from './workbench.ts';

const workbench = await openForTests({
  files: {
    'recorded/snapshot.json': manifest.replace('"version":1', '"version":2'),
    'snapshots/broken/snapshot.json': manifest,
    'snapshots/broken/nodes/node-a/nat.dump.out.gz': 'no gzip at all',
    'snapshots/broken/nodes/node-a/arp.dump.out': 'dev    2:    10.0.0.1 : 52:54:00:aa:bb:01 -> nowhere\n',
    'snapshots/broken/notes.txt': 'not part of the format',
  },
});
await packFolder(sampleSnapshot, join(workbench.folder, 'sample.tar.gz'));

test('a snapshot in the workspace is opened by itself; one that is too new says what to do', async () => {
  const { page } = workbench;
  await showContainer(page);
  const failure = row(page, 'The cluster cannot be opened');
  await failure.waitFor();
  assert.match((await failure.getAttribute('aria-label')) ?? '', /Update Calico eBPF/);
  await takePicture(page, 'newer-snapshot');
});

test('an archive is opened by its path', async () => {
  const { page } = workbench;
  await openSnapshot(workbench, 'Archive', 'sample.tar.gz');
  await row(page, 'node-a').waitFor();
  await rowShows(page, 'shop', /snapshot/);
});

test('of a damaged snapshot the rest is usable', async () => {
  const { page } = workbench;
  await openSnapshot(workbench, 'Folder', 'snapshots/broken');
  await row(page, 'small').waitFor();
  await expand(row(page, 'node-a'));
  await expand(row(page, 'BPF maps'));
  assert.match(
    (await row(page, 'NAT:').getAttribute('aria-label')) ?? '',
    /nat\.dump\.out\.gz cannot be read/,
  );
  await rowShows(page, 'ARP', /1 unreadable/);
  await takePicture(page, 'damaged-snapshot');
});
