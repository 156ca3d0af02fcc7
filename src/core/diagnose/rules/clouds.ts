import { textField } from '../../objects/object.ts';
import { patchFelix } from '../finding.ts';
import { findObject, type KnownCluster } from '../knownCluster.ts';
import type { Setting } from '../settings.ts';

/** A cloud whose network lets out only what has the address of the machine, and how that is changed. */
export interface Cloud {
  readonly name: string;
  readonly check: string;
  readonly command: string;
}

const clouds: Readonly<Record<string, Cloud>> = {
  aws: {
    name: 'AWS',
    check: 'the source/destination check of EC2',
    command: patchFelix('awsSrcDstCheck', 'Disable'),
  },
  azure: {
    name: 'Azure',
    check: 'IP forwarding of the network interfaces, which is off by default',
    command: 'az network nic update --ip-forwarding true --resource-group <group> --name <nic>',
  },
  gce: {
    name: 'Google Cloud',
    check: '--can-ip-forward of the instances, which is off by default',
    command: 'gcloud compute instances create … --can-ip-forward',
  },
  openstack: {
    name: 'OpenStack',
    check: 'port security, which lets only known addresses out',
    command: 'openstack port set --no-security-group --disable-port-security <port>',
  },
};

/** The setting by which Felix turns the check of AWS off. */
export const checkKey = 'awsSrcDstCheck';

/** The cloud that a node runs in, unless Felix has its check of addresses turned off. */
export function cloudOf(
  node: string,
  cluster: KnownCluster,
  check: Setting | undefined,
): (Cloud & { readonly providerId: string }) | undefined {
  const providerId = textField(findObject(cluster, 'nodes', node), 'spec', 'providerID') ?? '';
  const key = providerId.split(':')[0] ?? '';
  const cloud = clouds[key];
  const isDisabled = key === 'aws' && check?.value?.toLowerCase() === 'disable';
  return cloud === undefined || isDisabled ? undefined : { ...cloud, providerId };
}
