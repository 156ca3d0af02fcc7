import { advise, type Draft } from '../finding.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import { fromObjects, isOn } from '../settings.ts';
import { isSettled } from './starting.ts';
import { nodeSubject } from '../subjects.ts';

const keys = [
  { key: 'projectcalico.org/WireguardPublicKey', setting: 'wireguardEnabled' },
  { key: 'projectcalico.org/WireguardPublicKeyV6', setting: 'wireguardEnabledV6' },
];

/** Nodes whose WireGuard has no key that others could use, where others have one. */
export function missingKeys(cluster: KnownCluster): readonly Draft[] {
  const meant = cluster.objects('nodes').filter(({ metadata }) => isSettled(metadata.name, cluster));
  return keys.flatMap(({ key, setting }) => {
    if (meant.every(({ metadata }) => metadata.annotations?.[key] === undefined)) return [];
    const without = meant.filter(({ metadata: { name, annotations } }) => {
      const asked = fromObjects(name, cluster, setting);
      return annotations?.[key] === undefined && asked !== undefined && isOn(asked);
    });
    return without.map((object): Draft => ({
      severity: 'warning',
      subject: nodeSubject(object.metadata.name),
      cause: key,
      title: `WireGuard of {nodes} has published no key: what other nodes send there goes unencrypted.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'nodes',
          object,
          shows: 'The annotations of the node; others have the key.',
          value: `no ${key}`,
        }),
      ],
      fix: advise(
        'Felix publishes it once its WireGuard device is up: see its log there; the kernel may lack the module wireguard.',
        'modprobe wireguard',
      ),
    }));
  });
}
