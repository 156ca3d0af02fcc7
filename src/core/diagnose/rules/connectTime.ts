/**
 * Connect-time load balancing: programs of a cgroup that turn the address of a Service into that of a pod when a
 * process connects (felix/bpf/nat/connecttime.go).
 */
import { existsIn, fields } from '../../felix/fields.ts';
import { calicoPrograms } from '../../dump/bpftoolCgroup.ts';
import { valueEvidence } from '../evidence.ts';
import { advise, type Draft } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { isOn, settingOn, type Setting } from '../settings.ts';
import { nodeSubject } from '../subjects.ts';

const key = 'bpfConnectTimeLoadBalancing';
const oldKey = 'bpfConnectTimeLoadBalancingEnabled';

/** The programs are attached although nobody asks for them, or are not although somebody does. */
export function connectTimePrograms(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const text = node.text('bpftool.cgroup');
  if (text === undefined) return [];
  const attached = calicoPrograms(text);
  const asked = connectTimeSetting(node, cluster).isAsked;
  if (asked === attached.length > 0) return [];
  const evidence = [
    valueEvidence(node, 'bpftool.cgroup', {
      value: attached.length === 0 ? 'no program of Calico' : attached.join(', '),
      shows: 'The programs of /run/calico/cgroup.',
    }),
  ];
  return [{ subject: nodeSubject(node.name), evidence, ...(asked ? absent : left) }];
}

const absent = {
  severity: 'error',
  cause: 'connect-time absent',
  title:
    'Connect-time load balancing is on, and none of its programs is attached on {nodes}: processes of the host reach no Service by TCP.',
  fix: advise(
    'Felix attaches them to the cgroup at /run/calico/cgroup when it starts: see its log there, and the init container mount-bpffs (or ebpf-bootstrap), which mounts it.',
    'bpftool cgroup show /run/calico/cgroup',
  ),
} as const;

const left = {
  severity: 'warning',
  cause: 'connect-time left',
  title:
    'Connect-time load balancing is off, and its programs are still attached on {nodes}: what connects to a Service is translated by maps that nobody keeps.',
  fix: advise(
    'Felix takes them off when it starts: see its log there. By hand, on the node:',
    'calico-node -bpf connect-time clean',
  ),
} as const;

/** Whether Felix is asked for it, and by which key; before v3.27 by one that is a plain yes or no. */
export function connectTimeSetting(
  node: KnownNode,
  cluster: KnownCluster,
): { readonly key: string; readonly setting: Setting; readonly isAsked: boolean } {
  const field = fields.get(key);
  const isOld = field === undefined || !existsIn(field, cluster.version);
  const old = settingOn(node, cluster, oldKey);
  const said = settingOn(node, cluster, key);
  // The old key holds for as long as the new one says nothing.
  if (isOld || (said.source === 'default' && old.source !== 'default'))
    return { key: oldKey, setting: old, isAsked: isOn(old) };
  return { key, setting: said, isAsked: said.value?.toLowerCase() !== 'disabled' };
}
