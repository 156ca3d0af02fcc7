/** What is wrong in each recording, as its truth and the README of the recordings say: errors and warnings. */
import type { Finding } from '../../../src/core/diagnose/finding.ts';

const all = 'node-a,node-b,node-c';
const cart = 'error pod shop/cart-6f5b9c7d4c-m8t2l on node-a';

/** True in every recording, as their README says. */
const everywhere = [`warning key bpfLogLevel on ${all}`, `warning service shop/reports on ${all}`];

const faults: Readonly<Record<string, readonly string[]>> = {
  'v3.32.1-healthy': everywhere,
  'v3.30.7-healthy': everywhere,
  'master-healthy': everywhere,
  'v3.32.1-policy-deny': [cart, ...everywhere],
  'v3.30.7-policy-deny': [cart, ...everywhere],
  'master-policy-deny': [cart, ...everywhere],
  'v3.32.1-no-endpoints': [`error service shop/catalog on ${all}`, ...everywhere],
  'v3.32.1-node-bpf-off': [
    'error node node-c on node-c',
    'warning key bpfLogLevel on node-a,node-b',
    'warning service shop/reports on node-a,node-b',
  ],
  'v3.32.1-iface-pattern': ['error interface eth0 on node-b', ...everywhere],
  'v3.32.1-kube-proxy-rules-left': ['warning node node-a on node-a', ...everywhere],
  'v3.32.1-dual-stack': [
    `error node node-a on ${all}`,
    `error node node-a on ${all}`,
    ...everywhere,
    `warning service shop/edge-empty on ${all}`,
  ],
};

/** What must be found in a recording, and nothing else. */
export function expectedFindings(recording: string): readonly string[] {
  return faults[recording] ?? [];
}

/** `error service shop/catalog on node-a,node-b`: what of a finding tests compare. */
export function spell({ severity, subject, nodes }: Finding): string {
  const { kind, namespace, name } = subject;
  return `${severity} ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} on ${nodes.join(',')}`;
}
