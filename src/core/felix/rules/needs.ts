import type { FelixFinding } from '../findings.ts';
import { about, isSet, settingOf, type Configuration } from './configuration.ts';

/** A key that Felix reads only while another has a certain value. */
interface Need {
  readonly keys: readonly string[];
  readonly on: string;
  /** Lower case. */
  readonly is: readonly string[];
  /** How the value is written. */
  readonly value: string;
}

const needs: readonly Need[] = [
  { keys: ['bpfForceTrackPacketsFromIfaces'], on: 'bpfHostConntrackBypass', is: ['true'], value: 'true' },
  { keys: ['istioDSCPMark'], on: 'istioAmbientMode', is: ['enabled'], value: 'Enabled' },
  {
    keys: ['localSubnetL2ReachabilityRefreshInterval'],
    on: 'localSubnetL2Reachability',
    is: ['podsandloadbalancers'],
    value: 'PodsAndLoadBalancers',
  },
  { keys: ['nftablesFlowTableDataIfacePattern'], on: 'nftablesFlowTableOffload', is: ['all'], value: 'All' },
  { keys: ['bpfIPFragTimeout'], on: 'bpfIPFragmentReassemblyEnabled', is: ['true'], value: 'true' },
  {
    keys: ['usageReportingInitialDelay', 'usageReportingInterval'],
    on: 'usageReportingEnabled',
    is: ['true'],
    value: 'true',
  },
  {
    keys: [
      'wireguardHostEncryptionEnabled',
      'wireguardListeningPort',
      'wireguardInterfaceName',
      'wireguardMTU',
    ],
    on: 'wireguardEnabled',
    is: ['true'],
    value: 'true',
  },
  {
    keys: ['wireguardListeningPortV6', 'wireguardInterfaceNameV6', 'wireguardMTUV6'],
    on: 'wireguardEnabledV6',
    is: ['true'],
    value: 'true',
  },
  { keys: ['genericXDPEnabled', 'xdpRefreshInterval'], on: 'xdpEnabled', is: ['true'], value: 'true' },
  { keys: ['endpointReportingDelay'], on: 'endpointReportingEnabled', is: ['true'], value: 'true' },
  { keys: ['dataplaneDriver'], on: 'useInternalDataplaneDriver', is: ['false'], value: 'false' },
  {
    keys: [
      'nftablesFilterAllowAction',
      'nftablesFilterDenyAction',
      'nftablesMangleAllowAction',
      'nftablesMarkMask',
      'nftablesRefreshInterval',
    ],
    on: 'nftablesMode',
    is: ['enabled', 'auto'],
    value: 'Enabled',
  },
  {
    keys: [
      'iptablesBackend',
      'iptablesLockProbeInterval',
      'iptablesPostWriteCheckInterval',
      'chainInsertMode',
    ],
    on: 'nftablesMode',
    is: ['disabled', 'auto'],
    value: 'Disabled',
  },
];

/** Keys that are set while what they depend on is not. */
export function unmetNeeds(configuration: Configuration): readonly FelixFinding[] {
  return needs.flatMap(({ keys, on, is, value }) => {
    const setting = settingOf(configuration, on);
    if (setting === undefined || is.includes(setting)) return [];
    return keys
      .filter((key) => isSet(configuration, key))
      .map((key) =>
        about(
          key,
          'no-effect',
          // Another object may say otherwise for some nodes.
          isSet(configuration, on) ? 'ignored' : 'advice',
          `${key} has no effect: it is read only when ${on} is ${value}.`,
          { at: 'key' },
        ),
      );
  });
}

/** Keys that need another one to be there at all. */
const companions: readonly (readonly [key: string, companion: string, why: string])[] = [
  ['logActionRateLimitBurst', 'logActionRateLimit', 'without a rate there is nothing to exceed'],
  ['debugHost', 'debugPort', 'without a port there is no debug server'],
];

export function lonelyKeys(configuration: Configuration): readonly FelixFinding[] {
  if (!configuration.complete) return [];
  return companions
    .filter(([key, companion]) => isSet(configuration, key) && !isSet(configuration, companion))
    .map(([key, companion, why]) =>
      about(key, 'no-effect', 'ignored', `${key} has no effect without ${companion}: ${why}.`, { at: 'key' }),
    );
}

const flowLogs = [
  'flowLogsFlushInterval',
  'flowLogsPolicyEvaluationMode',
  'flowLogsCollectorDebugTrace',
  'bpfExportBufferSizeMB',
];

/** Flow logs run for Goldmane or for the socket of the node (felix/config/config_params.go). */
export function flowLogsOff(configuration: Configuration): readonly FelixFinding[] {
  const { complete } = configuration;
  const local = settingOf(configuration, 'flowLogsLocalReporter');
  if (!complete || isSet(configuration, 'flowLogsGoldmaneServer') || local === 'enabled') return [];
  return flowLogs
    .filter((key) => isSet(configuration, key))
    .map((key) => {
      const message = `${key} has no effect without flow logs: set flowLogsGoldmaneServer or flowLogsLocalReporter.`;
      return about(key, 'no-effect', 'advice', message, { at: 'key' });
    });
}
