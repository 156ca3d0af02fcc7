import type { FelixFinding } from '../findings.ts';
import { compareVersions, type CalicoVersion } from '../versions.ts';
import { about, isBpfOn, isSet, settingOf, valueOf, type Configuration, type Rule } from './configuration.ts';

/** Kubernetes services in BPF mode: who balances, from where, and who else does. */
export const serviceRules: readonly Rule[] = [
  optOutWithoutDsr,
  connectTimeAndHostNat,
  oldConnectTimeSwitch,
  kubeProxyCleanup,
  excludedFamilies,
  samePorts,
];

function optOutWithoutDsr(configuration: Configuration): readonly FelixFinding[] {
  const mode = settingOf(configuration, 'bpfExternalServiceMode');
  if (!isSet(configuration, 'bpfDSROptoutCIDRs') || mode === undefined || mode === 'dsr') return [];
  const message = 'bpfDSROptoutCIDRs has no effect: it is read only when bpfExternalServiceMode is DSR.';
  return [about('bpfDSROptoutCIDRs', 'no-effect', 'ignored', message, { at: 'key' })];
}

/** felix/dataplane/linux/int_dataplane.go warns of these pairs at its start. */
const pairs: Readonly<Record<string, string>> = {
  'enabled/enabled':
    'Felix switches bpfHostNetworkedNATWithoutCTLB off when bpfConnectTimeLoadBalancing is Enabled. Set it to Disabled, or the other to TCP.',
  'tcp/disabled':
    'With connect-time load balancing for TCP only and no NAT for host-networked processes, hosts do not reach UDP services reliably.',
  'disabled/disabled':
    'With both switched off, host-networked processes on a node do not reach services. Switch one of them on.',
};

function connectTimeAndHostNat(configuration: Configuration): readonly FelixFinding[] {
  const keys = ['bpfConnectTimeLoadBalancing', 'bpfHostNetworkedNATWithoutCTLB'];
  const written = keys.filter((key) => isSet(configuration, key));
  const message = pairs[keys.map((key) => settingOf(configuration, key)).join('/')];
  const [key] = written;
  return message === undefined || key === undefined ? [] : [about(key, 'combination', 'ignored', message)];
}

const newSwitch: CalicoVersion = { major: 3, minor: 27, patch: 0 };

function oldConnectTimeSwitch(configuration: Configuration): readonly FelixFinding[] {
  const key = 'bpfConnectTimeLoadBalancingEnabled';
  if (!isSet(configuration, key) || compareVersions(configuration.version, newSwitch) < 0) return [];
  const message =
    'Written with kubectl this does nothing. calicoctl and the Calico API server turn it into bpfConnectTimeLoadBalancing ' +
    'and switch bpfHostNetworkedNATWithoutCTLB off, whatever those say.';
  return [about(key, 'no-effect', 'ignored', message, { at: 'key' })];
}

function kubeProxyCleanup(configuration: Configuration): readonly FelixFinding[] {
  const key = 'bpfKubeProxyIptablesCleanupEnabled';
  if (!isBpfOn(configuration) || settingOf(configuration, key) !== 'true') return [];
  if (configuration.cluster?.kubeProxyRuns !== true) return [];
  const message =
    'kube-proxy still runs here: Felix removes its rules and kube-proxy writes them again. Stop kube-proxy, or set ' +
    `${key} to false.`;
  return [about(isSet(configuration, key) ? key : 'bpfEnabled', 'risk', 'ignored', message)];
}

/** The path of host-networked processes keeps the CIDRs of one family only (felix/dataplane/linux/bpf_ep_mgr.go). */
function excludedFamilies(configuration: Configuration): readonly FelixFinding[] {
  const list = valueOf(configuration, 'bpfExcludeCIDRsFromNAT');
  const ipv6 = settingOf(configuration, 'ipv6Support');
  if (list?.kind !== 'list' || ipv6 === undefined || !isBpfOn(configuration)) return [];
  const wanted = ipv6 === 'true' ? 'IPv6' : 'IPv4';
  const lost = list.items.some(
    (item) => item.kind === 'string' && item.value.includes(':') !== (wanted === 'IPv6'),
  );
  if (!lost) return [];
  const message = `For host-networked processes only the ${wanted} entries hold, because ipv6Support is ${ipv6}; pods see all.`;
  return [about('bpfExcludeCIDRsFromNAT', 'no-effect', 'advice', message)];
}

const ports = ['bpfKubeProxyHealthzPort', 'healthPort', 'prometheusMetricsPort', 'debugPort'];

function samePorts(configuration: Configuration): readonly FelixFinding[] {
  return ports.flatMap((key, index) => {
    const port = settingOf(configuration, key);
    const other = ports.slice(0, index).find((earlier) => settingOf(configuration, earlier) === port);
    if (port === undefined || port === '' || port === '0' || other === undefined) return [];
    const written = isSet(configuration, key) ? key : other;
    if (!isSet(configuration, written)) return [];
    return [
      about(written, 'combination', 'ignored', `${other} and ${key} are both ${port}; only one can be had.`),
    ];
  });
}
