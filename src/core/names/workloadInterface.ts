import { sha1 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { inSteps, type Steps } from '../steps.ts';

const hashLength = 11;

/**
 * The host side of a pod's veth: the prefix and the first 11 hex digits of the SHA-1 of `namespace.pod`
 * (libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go). Not so with other CNIs.
 */
export function workloadInterface(namespace: string, pod: string, prefix = 'cali'): string {
  return prefix + hash(namespace, pod);
}

function hash(namespace: string, pod: string): string {
  return bytesToHex(sha1(utf8ToBytes(`${namespace}.${pod}`))).slice(0, hashLength);
}

interface Pod {
  readonly namespace: string;
  readonly name: string;
}

const hashes = new WeakMap<Pod, string>();

/** The same name without its prefix; a pod is hashed once. */
export function workloadHash(pod: Pod): string {
  const known = hashes.get(pod) ?? hash(pod.namespace, pod.name);
  hashes.set(pod, known);
  return known;
}

/** Hashes pods, so that whoever asks for their interfaces need not wait: thousands take a tenth of a second. */
export function hashPods(pods: readonly Pod[]): Steps<void> {
  return inSteps(pods, workloadHash);
}
