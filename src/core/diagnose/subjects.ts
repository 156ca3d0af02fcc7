import type { Subject } from './finding.ts';

/** The subject behind a service port as facts name it: `shop/cart:http`. */
export function serviceSubject(servicePort: string): Subject {
  const [, namespace = '', name = servicePort] = /^([^/]+)\/([^:]+)/.exec(servicePort) ?? [];
  return { kind: 'service', namespace, name };
}

/** The subject of `shop/cart-m8t2l`. */
export function podSubject(pod: string, node: string): Subject {
  const [namespace = '', name = pod] = pod.split('/');
  return { kind: 'pod', namespace, name, node };
}

export function nodeSubject(node: string): Subject {
  return { kind: 'node', name: node, node };
}

export function interfaceSubject(name: string, node: string): Subject {
  return { kind: 'interface', name, node };
}

export function keySubject(name: string): Subject {
  return { kind: 'key', name };
}
