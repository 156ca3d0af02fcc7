import type { Diagnosis } from '../diagnosis.ts';
import { diagnosis } from '../diagnosis.ts';
import { asMap, asScalar, pairsOf, textOf, valueOf } from '../yaml/node.ts';
import type { MapNode, PairNode } from '../yaml/node.ts';

/** Where setting up eBPF is documented. */
export const endpointPage = 'https://docs.tigera.io/calico/latest/operations/ebpf/enabling-ebpf';

/**
 * The ConfigMap `kubernetes-services-endpoint`, by which Calico reaches the API server before it serves services
 * itself: in namespace `tigera-operator` with the operator, in `kube-system` with manifests.
 */
export function diagnoseEndpoint(map: MapNode): readonly Diagnosis[] {
  return [...namespaceOf(map), ...dataOf(map)].map((each) => ({ ...each, page: endpointPage }));
}

const hostKey = 'KUBERNETES_SERVICE_HOST';
const portKey = 'KUBERNETES_SERVICE_PORT';

function namespaceOf(map: MapNode): readonly Diagnosis[] {
  const metadata = asMap(valueOf(map, 'metadata'));
  const namespace = textOf(metadata, 'namespace');
  const scalar = asScalar(valueOf(metadata, 'namespace'));
  if (namespace === undefined || scalar === undefined) return [];
  if (namespace === 'tigera-operator' || namespace === 'kube-system') return [];
  const message =
    'Calico looks for this ConfigMap in tigera-operator (installed by the operator) or kube-system (by manifests) only.';
  return [diagnosis({ code: 'name', severity: 'warning', message, span: scalar.span })];
}

function dataOf(map: MapNode): readonly Diagnosis[] {
  const data = asMap(valueOf(map, 'data'));
  if (data === undefined) return [];
  const pairs = pairsOf(data);
  const missing = [hostKey, portKey].filter((key) => !pairs.some((pair) => pair.key.text === key));
  return [
    ...pairs.flatMap(diagnosePair),
    ...missing.map((key) =>
      diagnosis({
        code: 'missing-key',
        severity: 'error',
        message: `${key} is missing: without it calico-node asks the API server through kube-proxy's service, which eBPF mode replaces.`,
        span: pairs[0]?.key.span ?? data.span,
      }),
    ),
  ];
}

function diagnosePair({ key, value }: PairNode): readonly Diagnosis[] {
  const scalar = asScalar(value);
  if (scalar === undefined || scalar.templated) return [];
  if (scalar.value.kind !== 'string') return [notText(scalar.text, scalar.span)];
  if (key.text === portKey && !/^[1-9]\d{0,4}$/.test(scalar.text)) {
    const message = `“${scalar.text}” is not a port: a number from 1 to 65535 such as "6443".`;
    return [diagnosis({ code: 'range', severity: 'error', message, span: scalar.span })];
  }
  if (
    key.text === hostKey &&
    /^\w+:\/\/|[/:]\d+$|\s|\/$/.test(scalar.text) &&
    !/^[\da-fA-F:]+$/.test(scalar.text)
  ) {
    const message = `“${scalar.text}” is not a host: an address or a name, without scheme and port.`;
    return [diagnosis({ code: 'format', severity: 'error', message, span: scalar.span })];
  }
  return clusterAddress(key.text, scalar.text) ? [looksLikeService(scalar.text, scalar.span)] : [];
}

function clusterAddress(key: string, host: string): boolean {
  return (
    key === hostKey && (/^10\.96\.0\.1$|^10\.43\.0\.1$|^172\.20\.0\.1$/.test(host) || host.endsWith('.svc'))
  );
}

function looksLikeService(host: string, span: Diagnosis['span']): Diagnosis {
  const message = `${host} looks like the kubernetes service itself. Give an address that works without service routing: the load balancer or a control-plane node.`;
  return diagnosis({ code: 'risk', severity: 'warning', message, span });
}

function notText(text: string, span: Diagnosis['span']): Diagnosis {
  return diagnosis({
    code: 'yaml-number',
    severity: 'error',
    message: `A ConfigMap holds only text: the API server refuses the bare ${text}. Write "${text}".`,
    span,
    correction: { title: `Quote: "${text}"`, changes: [{ span, text: JSON.stringify(text) }] },
  });
}
