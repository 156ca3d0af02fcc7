import { protocolName } from '../net/protocol.ts';
import type { Identity } from './names.ts';
import type { NodeAddress, PodFacts, ServiceBackend, ServiceFacts, ServicePort } from './objects.ts';
import { wildcards } from './servicePorts.ts';

export function podIdentity({ namespace, name, node, phase }: PodFacts, source?: string): Identity {
  return {
    kind: 'pod',
    label: `${namespace}/${name}`,
    namespace,
    name,
    node,
    details: [
      ...(node === undefined ? [] : [`on ${node}`]),
      ...(phase === undefined || phase === 'Running' ? [] : [phase]),
    ],
    source: source ?? `Pod ${namespace}/${name} status.podIPs`,
  };
}

export function serviceIdentity({ namespace, name, type, ports }: ServiceFacts, how: string): Identity {
  return {
    kind: 'service',
    label: `${namespace}/${name}`,
    namespace,
    name,
    node: undefined,
    details: [
      `${how}, ${type}`,
      ...ports.map(
        (port) =>
          `port ${port.name === '' ? '' : `${port.name} `}${port.port}/${protocolName(port.protocol)} → ${port.targetPort}`,
      ),
    ],
    source: `Service ${namespace}/${name}`,
  };
}

/** One port of a service, as it is reached at an address. */
export function portIdentity(port: ServicePort, ip: string): Identity {
  const { namespace, service, name } = port;
  const target = `port ${port.port}/${protocolName(port.protocol)} → ${port.targetPort}`;
  return {
    kind: 'service',
    label: portLabel({ namespace, service, portName: name }),
    namespace,
    name: service,
    node: undefined,
    details: port.nodePort === undefined ? [target] : [target, `NodePort ${port.nodePort}`],
    source: wildcards.has(ip)
      ? `Service ${namespace}/${service} spec.ports.nodePort, for any node`
      : `Service ${namespace}/${service}`,
  };
}

/** A backend that is neither a pod nor a node, as the API server is to the service `kubernetes`. */
export function backendIdentity(backend: ServiceBackend): Identity {
  const { namespace, service, isReady } = backend;
  return {
    kind: 'well-known',
    label: `backend of service ${portLabel(backend)}`,
    namespace,
    name: service,
    node: undefined,
    details: isReady ? [] : ['not ready'],
    source: `EndpointSlices of service ${namespace}/${service}`,
  };
}

/** `shop/catalog:http`; the only port of a service need not have a name. */
export function portLabel({
  namespace,
  service,
  portName,
}: Pick<ServiceBackend, 'namespace' | 'service' | 'portName'>): string {
  return `${namespace}/${service}${portName === '' ? '' : `:${portName}`}`;
}

export function nodeIdentity({ node, how, source }: NodeAddress): Identity {
  return { kind: 'node', label: node, namespace: undefined, name: node, node, details: [how], source };
}

const known: Readonly<Record<string, readonly [label: string, source: string]>> = {
  '0.0.0.0': ['no address', 'the zero address: none, or any'],
  '::': ['no address', 'the zero address: none, or any'],
  '127.0.0.1': ['this node itself', 'loopback'],
  '::1': ['this node itself', 'loopback'],
  '169.254.1.1': ['the gateway that Calico gives to pods', 'Calico’s link-local gateway'],
  '169.254.169.254': ['the metadata service of a cloud', 'by convention of the clouds'],
  '255.255.255.255': ['any address of this node', 'Calico’s wildcard entry of a NodePort'],
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff': [
    'any address of this node',
    'Calico’s wildcard entry of a NodePort',
  ],
};

/** What an address is by convention. */
export function wellKnown(ip: string): Identity | undefined {
  const [label, source] = known[ip] ?? [];
  if (label === undefined || source === undefined) return undefined;
  return {
    kind: 'well-known',
    label,
    namespace: undefined,
    name: label,
    node: undefined,
    details: [],
    source,
  };
}
