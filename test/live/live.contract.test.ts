import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { testClusterContract } from '../cluster/contract.ts';
import { after, before } from 'node:test';
import { startCluster, type TestCluster } from './cluster.ts';

let server: TestCluster;
before(async () => {
  server = await startCluster();
});
after(() => server.stop());

testClusterContract('live', async () => {
  const cluster = await openKubernetes({ kubeconfig: server.kubeconfig }, new AbortController().signal);
  return { cluster, close: () => cluster.close() };
});
