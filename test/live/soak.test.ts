import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startCluster } from './cluster.ts';
import { soak } from './soak.ts';

const server = await startCluster();
after(() => server.stop());

test('a run through a network that fails in every way ends as a clean one does', async () => {
  const { faults, changes, outages } = await soak(server, 6);
  assert.ok(faults > 20 && changes > 20 && outages > 0, JSON.stringify({ faults, changes, outages }));
});
