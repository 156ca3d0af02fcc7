import assert from 'node:assert/strict';
import { testAnyCluster } from './anyCluster.ts';

// A cluster of somebody's, such as kind with Calico.
const kubeconfig = process.env['CALICO_EBPF_TEST_KUBECONFIG'];
assert.ok(kubeconfig, 'CALICO_EBPF_TEST_KUBECONFIG names the cluster to run against');
testAnyCluster(kubeconfig);
