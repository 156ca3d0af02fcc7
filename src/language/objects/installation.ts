import { oneOf } from '../../core/felix/expectation.ts';
import { compareVersions, formatVersion, parseVersion } from '../../core/felix/versions.ts';
import type { CalicoVersion } from '../../core/felix/versions.ts';
import { movedBelow } from '../correction.ts';
import type { Diagnosis } from '../diagnosis.ts';
import { diagnosis } from '../diagnosis.ts';
import { asMap, asScalar, pairOf, valueOf } from '../yaml/node.ts';
import type { MapNode, PairNode, ScalarNode } from '../yaml/node.ts';

/** A field of the operator's Installation (operator.tigera.io/v1) that decides about eBPF. */
export interface InstallationField {
  readonly name: string;
  readonly values: readonly string[];
  readonly default: string;
  readonly since: string | undefined;
  readonly description: string;
  readonly meanings: Readonly<Record<string, string>>;
}

/** The fields below `spec.calicoNetwork`. */
export const installationFields: readonly InstallationField[] = [
  {
    name: 'linuxDataplane',
    values: ['Iptables', 'BPF', 'VPP', 'Nftables'],
    default: 'Iptables',
    since: undefined,
    description:
      'Which dataplane Calico runs on Linux nodes. The operator sets FelixConfiguration to match it.',
    meanings: {
      Iptables: 'Policy and services by iptables, services by kube-proxy.',
      BPF: 'Policy and services by eBPF programs; kube-proxy is no longer needed.',
      VPP: 'The user-space dataplane FD.io VPP.',
      Nftables: 'Policy by nftables, from v3.29 on.',
    },
  },
  {
    name: 'bpfNetworkBootstrap',
    values: ['Enabled', 'Disabled'],
    default: 'Disabled',
    since: 'v3.31.0',
    description:
      'Whether the operator finds the address of the API server itself, so that the ConfigMap kubernetes-services-endpoint is not needed.',
    meanings: {
      Enabled: 'The operator reads the address from the kubernetes service and its endpoints.',
      Disabled: 'The address comes from the ConfigMap kubernetes-services-endpoint.',
    },
  },
  {
    name: 'kubeProxyManagement',
    values: ['Enabled', 'Disabled'],
    default: 'Disabled',
    since: 'v3.31.0',
    description: 'Whether the operator stops kube-proxy when eBPF is on and starts it again when it is off.',
    meanings: {
      Enabled: 'The operator keeps kube-proxy off the nodes while eBPF is on.',
      Disabled: 'kube-proxy is left alone; stop it yourself.',
    },
  },
  {
    name: 'hostPorts',
    values: ['Enabled', 'Disabled'],
    default: 'Enabled',
    since: undefined,
    description: 'Whether pods may use host ports, by the portmap CNI plugin.',
    meanings: {
      Enabled: 'Host ports work.',
      Disabled: 'Host ports are not programmed.',
    },
  },
];

/** Where the operator's API is documented. */
export const installationPage = 'https://docs.tigera.io/calico/latest/reference/installation/api';

/** What is wrong in an Installation; spans count from the start of the text that it stands in. */
export function diagnoseInstallation(
  map: MapNode,
  text: string,
  version: CalicoVersion,
): readonly Diagnosis[] {
  const spec = asMap(valueOf(map, 'spec'));
  const network = asMap(valueOf(spec, 'calicoNetwork'));
  const found = network === undefined ? [] : diagnoseNetwork(network, version);
  const misplaced = spec === undefined ? [] : misplacedIn(spec, text);
  return [...misplaced, ...found].map((each) => ({ ...each, page: installationPage }));
}

function diagnoseNetwork(network: MapNode, version: CalicoVersion): readonly Diagnosis[] {
  const found = installationFields.flatMap((field) => {
    const pair = pairOf(network, field.name);
    return pair === undefined ? [] : diagnoseField(field, pair, version);
  });
  return [...found, ...togetherWithoutBpf(network)];
}

/** The fields that stand in the spec itself, one level too high. */
function misplacedIn(spec: MapNode, text: string): readonly Diagnosis[] {
  const pairs = installationFields.flatMap(({ name }) => pairOf(spec, name) ?? []);
  return pairs.map((pair, index) => {
    // Only the first can make the key for all of them.
    const isNext = index === 0 || pairOf(spec, 'calicoNetwork') !== undefined;
    const changes = isNext ? movedBelow(text, spec, pair, 'calicoNetwork') : [];
    return diagnosis({
      code: 'unknown-key',
      severity: 'error',
      message: `${pair.key.text} belongs below spec.calicoNetwork; the API server refuses it here.`,
      span: pair.key.span,
      correction: changes.length === 0 ? undefined : { title: 'Move to spec.calicoNetwork', changes },
    });
  });
}

function diagnoseField(
  field: InstallationField,
  { key, value }: PairNode,
  version: CalicoVersion,
): readonly Diagnosis[] {
  const since = field.since === undefined ? undefined : parseVersion(field.since);
  if (since !== undefined && compareVersions(version, since) < 0) {
    const message = `${field.name} comes with ${formatVersion(since)}; Calico ${formatVersion(version)} does not know it.`;
    return [diagnosis({ code: 'not-yet', severity: 'error', message, span: key.span })];
  }
  const scalar = asScalar(value);
  if (scalar?.templated === true) return [];
  if (scalar?.value.kind === 'string' && field.values.includes(scalar.value.value)) return [];
  return [wrongValue(field, value.span, scalar)];
}

function wrongValue(
  field: InstallationField,
  span: Diagnosis['span'],
  scalar: ScalarNode | undefined,
): Diagnosis {
  const right = field.values.find((value) => value.toLowerCase() === scalar?.text.toLowerCase());
  return diagnosis({
    code: right === undefined ? 'enum' : 'enum-case',
    severity: 'error',
    message:
      right === undefined
        ? `${field.name} must be ${oneOf(field.values)}.`
        : `${field.name} is written ${right}; the API server refuses other cases.`,
    span,
    correction:
      right === undefined ? undefined : { title: `Change to ${right}`, changes: [{ span, text: right }] },
  });
}

/** Both new fields act in eBPF mode only. */
function togetherWithoutBpf(network: MapNode): readonly Diagnosis[] {
  const dataplane = asScalar(valueOf(network, 'linuxDataplane'));
  if (dataplane?.templated === true || dataplane?.text === 'BPF') return [];
  return ['bpfNetworkBootstrap', 'kubeProxyManagement'].flatMap((name) => {
    const pair = pairOf(network, name);
    if (pair === undefined || asScalar(pair.value)?.text !== 'Enabled') return [];
    const message = `${name} acts only with linuxDataplane: BPF, which is not set here.`;
    return [diagnosis({ code: 'no-effect', severity: 'warning', message, span: pair.key.span })];
  });
}
