/** Witnesses of whether eBPF runs that contradict one another: Felix’s log, its maps, and the programs in the kernel. */
import { matchEvidence, valueEvidence } from '../evidence.ts';
import { advise, type Draft, type Evidence } from '../finding.ts';
import type { KnownNode } from '../knownNode.ts';
import { nodeSubject } from '../subjects.ts';
import { isCalicoProgram } from '../system.ts';

/** Felix says that it started eBPF, and the node has no map, or no program, of it. */
export function contradictions(node: KnownNode): readonly Draft[] {
  const started = startEvidence(node);
  if (started === undefined) return [];
  const ifstate = node.heard('ifstate.dump');
  if (ifstate.kind === 'failed' && ifstate.reason === 'map-missing') {
    return [
      draft(node, {
        cause: 'maps',
        without:
          'its interface map is not there: the BPF file system that it pins its maps to is not the one that the programs use, or was emptied',
        evidence: [
          started,
          valueEvidence(node, 'ifstate.dump', {
            value: ifstate.said,
            shows: 'What the dump of the map says.',
          }),
        ],
      }),
    ];
  }
  if (node.attached()?.some(isCalicoProgram) === true) return [];
  const programs = node.programs();
  if (programs === undefined || programs.calico.length > 0) return [];
  return [
    draft(node, {
      cause: 'programs',
      without: 'the kernel has no program of Calico: nothing handles the packets of its pods and Services',
      evidence: [
        started,
        valueEvidence(node, 'bpftool.prog', {
          value: `${programs.count} programs, none of Calico`,
          shows: 'The programs that the kernel has.',
        }),
      ],
    }),
  ];
}

function startEvidence(node: KnownNode): Evidence | undefined {
  if (node.facts().ebpf.reason !== 'started') return undefined;
  return matchEvidence(node, 'felix.log', {
    pattern: /BPF enabled, starting BPF endpoint manager/,
    shows: 'Felix says that it started eBPF.',
  });
}

function draft(
  node: KnownNode,
  about: { readonly cause: string; readonly without: string; readonly evidence: readonly Evidence[] },
): Draft {
  return {
    severity: 'error',
    subject: nodeSubject(node.name),
    cause: about.cause,
    title: `Felix’s log on {nodes} says that eBPF was started, but ${about.without}.`,
    evidence: about.evidence,
    fix: {
      ...advise(
        'See whether /sys/fs/bpf in calico-node is the host’s (a hostPath volume), and who else removes programs; restarting calico-node on the node loads them again.',
        `kubectl -n calico-system delete pod -l k8s-app=calico-node --field-selector spec.nodeName=${node.name}`,
      ),
      restarts: 'calico-node on the node.',
    },
  };
}
