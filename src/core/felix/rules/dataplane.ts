import { entryOf } from '../yamlValue.ts';
import { finding, within, type FelixFinding } from '../findings.ts';
import { parseDuration } from '../syntax/duration.ts';
import { parsePort } from '../syntax/port.ts';
import { about, isBpfOn, isSet, settingOf, valueOf, type Configuration, type Rule } from './configuration.ts';

/** What one part of the dataplane does to another's settings. */
export const dataplaneRules: readonly Rule[] = [
  forcedForwarding,
  marksOfBpf,
  clusterRoutes,
  oldRedirect,
  priorities,
  autoUsesIptables,
  watchdogTooShort,
  noFailsafe,
  sourcePortsOverflow,
  healthNames,
  oneOfKeyAndCertificate,
];

function forcedForwarding(configuration: Configuration): readonly FelixFinding[] {
  if (!isBpfOn(configuration) || settingOf(configuration, 'ipForwarding') !== 'disabled') return [];
  const filter = settingOf(configuration, 'bpfEnforceRPF');
  if (filter === undefined || filter === 'disabled') return [];
  const message = 'In BPF mode Felix turns forwarding on all the same, unless bpfEnforceRPF is Disabled.';
  return [about('ipForwarding', 'combination', 'ignored', message)];
}

/** The bits that the BPF programs use (felix/bpf/tc/defs/defs.go). */
const bpfMarks = 0x1ff00000n;

function marksOfBpf(configuration: Configuration): readonly FelixFinding[] {
  if (!isBpfOn(configuration)) return [];
  const key =
    settingOf(configuration, 'nftablesMode') === 'enabled' ? 'nftablesMarkMask' : 'iptablesMarkMask';
  const mask = valueOf(configuration, key);
  if (mask?.kind !== 'int' || (mask.value & bpfMarks) === bpfMarks) return [];
  const message = `Felix stops in BPF mode: the mask 0x${mask.value.toString(16)} lacks bits that the BPF programs need (0x1ff00000).`;
  return [about(key, 'combination', 'error', message)];
}

function oldRedirect(configuration: Configuration): readonly FelixFinding[] {
  if (configuration.version.minor > 31 || settingOf(configuration, 'bpfRedirectToPeer') !== 'l2only')
    return [];
  if (!isSet(configuration, 'bpfRedirectToPeer')) return [];
  const fix = { kind: 'replace', title: 'Write Enabled', replacement: 'Enabled' } as const;
  const message = 'L2Only is gone from v3.32 on, where the API server refuses it; Enabled takes its place.';
  return [about('bpfRedirectToPeer', 'deprecated', 'advice', message, { fix })];
}

function priorities(configuration: Configuration): readonly FelixFinding[] {
  return ['ipv4', 'ipv6'].flatMap((family) => {
    const elevated = `${family}ElevatedRoutePriority`;
    const normal = `${family}NormalRoutePriority`;
    const [low, high] = [elevated, normal].map((key) => settingOf(configuration, key));
    if (low === undefined || high === undefined || Number(low) < Number(high)) return [];
    const key = isSet(configuration, elevated) ? elevated : normal;
    if (!isSet(configuration, key)) return [];
    const message = `${elevated} (${low}) must be below ${normal} (${high}): the lower number is the preferred route.`;
    return [about(key, 'combination', 'ignored', message)];
  });
}

function autoUsesIptables(configuration: Configuration): readonly FelixFinding[] {
  const { minor } = configuration.version;
  if (settingOf(configuration, 'nftablesMode') !== 'auto' || minor > 32) return [];
  return [...configuration.values.keys()]
    .filter((key) => /^nftables(?:Filter|Mangle)\w+Action$|^nftables(?:MarkMask|RefreshInterval)$/.test(key))
    .map((key) => {
      const message = `Through v3.32 Felix reads ${key} only when nftablesMode is Enabled; under Auto the iptables setting holds.`;
      return about(key, 'no-effect', 'ignored', message, { at: 'key' });
    });
}

function clusterRoutes(configuration: Configuration): readonly FelixFinding[] {
  const key = 'programClusterRoutes';
  if (!isSet(configuration, key) || settingOf(configuration, key) !== 'enabled') return [];
  const message =
    'BIRD must then leave these routes alone: set programClusterRoutes of BGPConfiguration to Disabled.';
  return [about(key, 'combination', 'advice', message)];
}

function watchdogTooShort(configuration: Configuration): readonly FelixFinding[] {
  const value = valueOf(configuration, 'dataplaneWatchdogTimeout');
  const time = value?.kind === 'string' ? parseDuration(value.value) : undefined;
  if (time === undefined || time >= 20e9) return [];
  return [
    about(
      'dataplaneWatchdogTimeout',
      'range',
      'ignored',
      'Felix raises anything below 20s to 20s, with a warning.',
    ),
  ];
}

function noFailsafe(configuration: Configuration): readonly FelixFinding[] {
  return ['failsafeInboundHostPorts', 'failsafeOutboundHostPorts'].flatMap((key) => {
    const list = valueOf(configuration, key);
    if (list?.kind !== 'list') return [];
    if (list.items.length === 0) {
      const message =
        'With an empty list a policy on host endpoints can cut the node off: no port stays open.';
      return [about(key, 'risk', 'advice', message)];
    }
    return list.items.flatMap((item, index) => {
      const port = item.kind === 'map' ? entryOf(item, 'port') : undefined;
      if (port?.kind !== 'int' || port.value !== 0n) return [];
      const inner = finding({
        code: 'range',
        verdict: 'ignored',
        message: 'There is no port 0.',
        path: [index, 'port'],
      });
      return [within(key, inner)];
    });
  });
}

/** Felix hands the end of the range to the BPF programs as its length (felix/dataplane/linux/bpf_ep_mgr.go). */
function sourcePortsOverflow(configuration: Configuration): readonly FelixFinding[] {
  const value = valueOf(configuration, 'bpfPSNATPorts');
  const port = value?.kind === 'string' ? parsePort(value.value) : undefined;
  if (port?.kind !== 'range' || port.min + port.max <= 65535) return [];
  const message =
    'The BPF programs take the end of the range for its length: source ports may run past 65535.';
  return [about('bpfPSNATPorts', 'risk', 'advice', message)];
}

function healthNames(configuration: Configuration): readonly FelixFinding[] {
  const list = valueOf(configuration, 'healthTimeoutOverrides');
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item, index) => {
    const name = item.kind === 'map' ? entryOf(item, 'name') : undefined;
    if (name?.kind !== 'string' || /^\w*$/.test(name.value)) return [];
    const message = `“${name.value}” does not reach Felix whole: only the letters, digits and underscores at its end do.`;
    const inner = finding({ code: 'no-effect', verdict: 'ignored', message, path: [index, 'name'] });
    return [within('healthTimeoutOverrides', inner)];
  });
}

function oneOfKeyAndCertificate(configuration: Configuration): readonly FelixFinding[] {
  const keys = ['prometheusMetricsCertFile', 'prometheusMetricsKeyFile', 'prometheusMetricsCAFile'];
  const there = keys.filter((key) => isSet(configuration, key));
  const [key] = there;
  if (!configuration.complete || key === undefined || there.length === keys.length) return [];
  const missing = keys.filter((one) => !there.includes(one));
  return [
    about(
      key,
      'combination',
      'ignored',
      `Metrics need all three files for HTTPS; ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing.`,
    ),
  ];
}
