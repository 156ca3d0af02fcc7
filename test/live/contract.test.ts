import { after } from 'node:test';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { testClusterContract } from '../cluster/contract.ts';
import { startCluster } from './cluster.ts';

const server = await startCluster();
after(() => server.stop());

testClusterContract('live', async () => {
  const cluster = await openKubernetes({ kubeconfig: server.kubeconfig }, new AbortController().signal);
  return { cluster, close: () => cluster.close() };
});
