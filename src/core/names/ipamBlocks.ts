import { formatIp, ipBytes, type IpAddress } from '../net/address.ts';
import { listField, textField, type KubernetesObject } from '../objects/object.ts';
import type { Identity } from './names.ts';

/** To whom Calico's IPAM gave an address. */
export interface Allocation {
  readonly address: IpAddress;
  readonly identity: Identity;
}

/** The addresses that a block has given out (libcalico-go/lib/backend/model/block.go). */
export function readAllocations(block: KubernetesObject): readonly Allocation[] {
  const base = ipBytes(textField(block, 'spec', 'cidr')?.split('/')[0] ?? '');
  if (base === undefined) return [];
  const owners = listField(block, 'spec', 'attributes').map((attribute) => readOwner(block, attribute));
  return listField(block, 'spec', 'allocations').flatMap((attribute, ordinal) => {
    const identity = typeof attribute === 'number' ? owners[attribute] : undefined;
    return identity === undefined ? [] : { address: addressAt(base, ordinal), identity };
  });
}

const tunnelKinds: Readonly<Record<string, string>> = {
  vxlanTunnelAddress: 'VXLAN tunnel address',
  vxlanV6TunnelAddress: 'VXLAN tunnel address',
  ipipTunnelAddress: 'IPIP tunnel address',
  wireguardTunnelAddress: 'WireGuard address',
  wireguardV6TunnelAddress: 'WireGuard address',
};

function readOwner(block: KubernetesObject, attribute: unknown): Identity | undefined {
  const source = `Calico’s IPAM, block ${textField(block, 'spec', 'cidr') ?? block.metadata.name}`;
  const read = (name: string) => textField(attribute, 'secondary', name);
  const node = read('node');
  const tunnel = tunnelKinds[read('type') ?? ''];
  if (node !== undefined && tunnel !== undefined)
    return { kind: 'node', label: node, namespace: undefined, name: node, node, details: [tunnel], source };
  const [namespace, pod] = [read('namespace'), read('pod')];
  if (namespace === undefined || pod === undefined) return undefined;
  const details = [...(node === undefined ? [] : [`on ${node}`]), 'no pod that is known has the address now'];
  return { kind: 'pod', label: `${namespace}/${pod}`, namespace, name: pod, node, details, source };
}

function addressAt(base: Uint8Array, ordinal: number): IpAddress {
  const bytes = Uint8Array.from(base);
  let carry = ordinal;
  for (let at = bytes.length - 1; at >= 0 && carry > 0; at--) {
    carry += bytes[at] ?? 0;
    bytes[at] = carry & 0xff;
    carry >>= 8;
  }
  return formatIp(bytes);
}
