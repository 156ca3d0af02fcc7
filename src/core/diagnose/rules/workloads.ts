import { interfaceStateFacts } from '../../facts/interfaceState.ts';
import type { Steps } from '../../steps.ts';
import { absentPods } from './absentPods.ts';
import { lineEvidence, valueEvidence } from '../evidence.ts';
import { advise, listSome, type Draft } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { nodeSubject, podSubject } from '../subjects.ts';

/** Running pods whose interface Calico’s programs do not know, or do not serve yet. */
export function* workloads(node: KnownNode, cluster: KnownCluster): Steps<readonly Draft[]> {
  const absent = absentWorkloads(node, cluster);
  yield;
  return [...absent, ...unreadyWorkloads(node, cluster)];
}

/** From so many pods on, of which none is known, it is the node and not the pods. */
const many = 3;

function absentWorkloads(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const absent = absentPods(node, cluster);
  const isAnyKnown = node.ifstate()?.entries.some(({ flags }) => flags.includes('workload')) ?? false;
  if (absent.length >= many && !isAnyKnown) return [noneKnown(node, cluster, absent)];
  return absent.map((pod) => ({
    severity: 'error',
    subject: podSubject(pod, node.name),
    cause: pod,
    title: `Pod ${pod} on {nodes} is not reached: Calico’s programs know no interface of it.`,
    evidence: [
      valueEvidence(node, 'ifstate.dump', {
        value: `no interface of ${pod}`,
        shows: 'The pod runs, and no entry is its own.',
      }),
    ],
    fix: advise(
      'Felix does not know the pod, or could not program it: look at its log for the pod’s name. If Felix is cut off from its API server, mend that first.',
    ),
  }));
}

function noneKnown(node: KnownNode, cluster: KnownCluster, absent: readonly string[]): Draft {
  const prefix = cluster.environmentOn(node.name, 'FELIX_INTERFACEPREFIX') ?? 'cali';
  return {
    severity: 'error',
    subject: nodeSubject(node.name),
    cause: 'no workload',
    title: `Calico’s programs know the interface of no pod on {nodes}, ${listSome(absent, 'pods')} among them: their traffic is lost, or no policy holds for it.`,
    evidence: [
      valueEvidence(node, 'ifstate.dump', {
        value: 'no entry with the flag workload',
        shows: `${absent.length} pods run on the node.`,
      }),
    ],
    fix: advise(
      `Felix takes for pods’ what begins with ${prefix} (interfacePrefix): another network plugin names them otherwise (eni on AWS, azv on Azure, gke on Google). Else Felix is cut off from its API server.`,
    ),
  };
}

function unreadyWorkloads(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const dump = node.ifstate();
  if (dump === undefined) return [];
  const { book } = cluster.surroundings;
  return interfaceStateFacts(dump.entries, { node: node.name, names: node.names(), book }).flatMap(
    ({ rule, rows, subject, text }): readonly Draft[] => {
      const span = dump.spans[rows[0] ?? -1];
      if (rule !== 'interface-not-ready' || span === undefined) return [];
      return [
        {
          severity: 'error',
          subject: podSubject(subject, node.name),
          cause: subject,
          title: `Pod ${subject} on {nodes} is not reached: ${text}`,
          evidence: [lineEvidence(node, 'ifstate.dump', { span, shows: text })],
          fix: advise(
            'Look at Felix’s log for the interface; where the log says “leaving it dirty”, recreate the pod.',
          ),
        },
      ];
    },
  );
}
