import { test } from 'node:test';
import type { ClusterFacts } from '../../../../src/core/felix/cluster.ts';
import { checkSpec } from '../check.ts';

const withKubeProxy: ClusterFacts = { nodes: [], configurations: new Map(), kubeProxyRuns: true };

test('opting out of DSR needs DSR', () => {
  checkSpec('bpfDSROptoutCIDRs: [10.0.0.0/8]', ['bpfDSROptoutCIDRs no-effect']);
  checkSpec('bpfExternalServiceMode: DSR\nbpfDSROptoutCIDRs: [10.0.0.0/8]', []);
});

test('connect-time balancing and NAT for hosts must fit together', () => {
  checkSpec('bpfConnectTimeLoadBalancing: Enabled', ['bpfConnectTimeLoadBalancing combination']);
  checkSpec('bpfConnectTimeLoadBalancing: Enabled\nbpfHostNetworkedNATWithoutCTLB: Disabled', []);
  checkSpec('bpfHostNetworkedNATWithoutCTLB: Disabled', ['bpfHostNetworkedNATWithoutCTLB combination']);
  checkSpec('bpfConnectTimeLoadBalancing: Disabled\nbpfHostNetworkedNATWithoutCTLB: Disabled', [
    'bpfConnectTimeLoadBalancing combination',
  ]);
  checkSpec('bpfConnectTimeLoadBalancing: Disabled', []);
  checkSpec('bpfConnectTimeLoadBalancing: Enabled', [], { name: 'node.a' });
});

test('the old switch does nothing from v3.27', () => {
  checkSpec('bpfConnectTimeLoadBalancingEnabled: false', ['bpfConnectTimeLoadBalancingEnabled no-effect']);
  checkSpec('bpfConnectTimeLoadBalancingEnabled: false', [], { calico: 'v3.26.0' });
});

test('cleaning up behind a kube-proxy that runs is a fight', () => {
  checkSpec('bpfEnabled: true', ['bpfEnabled risk'], { cluster: withKubeProxy });
  checkSpec('bpfEnabled: true\nbpfKubeProxyIptablesCleanupEnabled: false', [], { cluster: withKubeProxy });
  checkSpec('bpfEnabled: true', [], { cluster: { ...withKubeProxy, kubeProxyRuns: false } });
});

test('exclusions of one family are lost to host-networked processes', () => {
  checkSpec('bpfEnabled: true\nbpfExcludeCIDRsFromNAT: [10.96.0.10]', ['bpfExcludeCIDRsFromNAT no-effect']);
  checkSpec('bpfEnabled: true\nipv6Support: false\nbpfExcludeCIDRsFromNAT: [10.96.0.10]', []);
});

test('two servers cannot share a port', () => {
  checkSpec('healthPort: 10256', ['healthPort combination']);
  checkSpec('healthPort: 10257', []);
  checkSpec('debugPort: 0\nbpfKubeProxyHealthzPort: 0', []);
});
