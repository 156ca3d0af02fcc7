import { parseIp } from '../net/address.ts';
import { parseProtocol } from '../net/protocol.ts';
import { portLabel } from '../names/identities.ts';
import { inSteps, type Steps } from '../steps.ts';
import { field, listField, numberField, textField, type KubernetesObject } from '../objects/object.ts';

/** The endpoints of a service port, as `<address> <port>`. */
export interface ServiceEndpoints {
  readonly ready: ReadonlySet<string>;
  /** Those that may serve: ready ones, and those that end but serve until then. */
  readonly serving: ReadonlySet<string>;
  /** Whether each node is to use some of them only (topology hints). */
  readonly isHinted: boolean;
}

interface OpenEndpoints {
  readonly ready: Set<string>;
  readonly serving: Set<string>;
  isHinted: boolean;
}

/** The endpoints of the cluster's EndpointSlices, by service port and protocol: see `endpointsKey`. */
export function* indexEndpoints(
  slices: readonly KubernetesObject[],
): Steps<ReadonlyMap<string, ServiceEndpoints>> {
  const index = new Map<string, OpenEndpoints>();
  yield* inSteps(slices, (slice) => {
    const service = slice.metadata.labels?.['kubernetes.io/service-name'];
    if (service === undefined) return;
    for (const port of listField(slice, 'ports')) {
      const number = numberField(port, 'port');
      if (number === undefined) continue;
      const label = portLabel({
        namespace: slice.metadata.namespace ?? '',
        service,
        portName: textField(port, 'name') ?? '',
      });
      const key = endpointsKey(label, parseProtocol(textField(port, 'protocol') ?? 'TCP') ?? 6);
      const known = index.get(key) ?? { ready: new Set(), serving: new Set(), isHinted: false };
      index.set(key, known);
      for (const endpoint of listField(slice, 'endpoints')) addEndpoint(known, endpoint, number);
    }
  });
  return index;
}

/** `shop/cart:http 6` */
export function endpointsKey(servicePort: string, protocol: number): string {
  return `${servicePort} ${protocol}`;
}

function addEndpoint(known: OpenEndpoints, endpoint: unknown, port: number): void {
  const isReady = field(endpoint, 'conditions', 'ready') !== false;
  const isServing = isReady || field(endpoint, 'conditions', 'serving') === true;
  known.isHinted ||= field(endpoint, 'hints') !== undefined;
  for (const text of listField(endpoint, 'addresses')) {
    const address = typeof text === 'string' ? parseIp(text) : undefined;
    if (address === undefined) continue;
    if (isReady) known.ready.add(`${address} ${port}`);
    if (isServing) known.serving.add(`${address} ${port}`);
  }
}
