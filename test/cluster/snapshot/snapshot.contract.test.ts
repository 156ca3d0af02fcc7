import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSnapshot } from '../../../src/cluster/snapshot/snapshotCluster.ts';
import { testClusterContract } from '../contract.ts';
import { packFolder, sampleSnapshot } from './build.ts';

const signal = new AbortController().signal;

testClusterContract('a snapshot folder', async () => {
  const cluster = await openSnapshot(sampleSnapshot, {}, signal);
  return { cluster, close: () => cluster.close() };
});

testClusterContract('the same snapshot as an archive', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-test-'));
  const archive = join(folder, 'sample.tar.gz');
  await packFolder(sampleSnapshot, archive);
  const cluster = await openSnapshot(archive, {}, signal);
  return {
    cluster,
    async close() {
      await cluster.close();
      await rm(folder, { recursive: true });
    },
  };
});
