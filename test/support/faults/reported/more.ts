/** Faults of pools, nodes and interfaces that several threads tell of. */
import { change } from '../../edited.ts';
import { editLink } from '../edits.ts';
import type { Reported } from './reported.ts';

const readiness = (reason: string, message: string) =>
  change('node-b', (node) => {
    node.status['conditions'] = [
      { type: 'Ready', status: 'False', reason, message, lastTransitionTime: '2026-11-21T01:00:00Z' },
    ];
  });

export const moreFaults: readonly Reported[] = [
  {
    name: 'the interface of a pod was made anew, and the programs know the old one',
    from: 'projectcalico/calico#8897',
    recording: 'v3.32.1-healthy',
    edits: { probes: { 'node-a/ip.link': editLink('cali30bba3e0534', { ifindex: 128 }) } },
    found: ['error pod shop/frontend-7d9c6b8f5-x2k4q on node-a'],
  },
  {
    name: 'the only pool was disabled',
    from: 'projectcalico/calico#8453',
    recording: 'v3.32.1-healthy',
    edits: {
      objects: {
        'ippools.crd.projectcalico.org': change('default-ipv4-ippool', (pool) => {
          pool.spec['disabled'] = true;
        }),
      },
    },
    found: ['error key ippools on '],
  },
  {
    name: 'a node finds no network plugin',
    from: 'rancher/rke2#8040',
    recording: 'v3.30.7-healthy',
    edits: {
      objects: {
        nodes: readiness(
          'KubeletNotReady',
          'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
        ),
      },
    },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'a node has been away for hours',
    from: 'projectcalico/calico#8626',
    recording: 'v3.32.1-healthy',
    edits: { objects: { nodes: readiness('NodeStatusUnknown', 'Kubelet stopped posting node status.') } },
    found: ['warning node node-b on node-b'],
  },
];
