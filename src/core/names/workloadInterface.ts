import { sha1 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

const hashLength = 11;

/**
 * The host side of a pod's veth: the prefix and the first 11 hex digits of the SHA-1 of `namespace.pod`
 * (libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go). Not so with other CNIs.
 */
export function workloadInterface(namespace: string, pod: string, prefix = 'cali'): string {
  return prefix + bytesToHex(sha1(utf8ToBytes(`${namespace}.${pod}`))).slice(0, hashLength);
}
