/** What looks like a clash of addresses, a NodePort that is missing or a refusal of the API server, and is none. */
import { change } from '../../edited.ts';
import { backendsOf, logging, logOf } from '../edits.ts';
import type { NearMiss } from '../fault.ts';

const expired =
  '[ERROR][81] felix/k8s.go 120: Failed to list resources error=tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time';

export const fieldNearMisses: readonly NearMiss[] = [
  {
    rule: 'api-server/refused',
    name: 'the API server was not trusted for a while, and Felix has gone on since',
    edits: logOf(
      'node-a',
      logging(
        expired,
        expired,
        ...Array.from(
          { length: 30 },
          (_, at) => `[INFO][81] felix/summary.go 100: Summarising ${at} dataplane loops`,
        ),
      ),
    ),
  },
  {
    rule: 'nat-integrity/node-port',
    name: 'a NodePort is there, and has no backends',
    edits: { probes: { 'node-a/nat.dump': backendsOf('10.96.34.17', () => []) } },
  },
  {
    rule: 'overlay/twin-pods',
    name: 'a pod that has ended had the address of one that runs',
    edits: {
      objects: {
        pods: (objects) => {
          const cart = objects.find(({ metadata }) => metadata.name.startsWith('cart-'));
          if (cart === undefined) throw new Error('There is no cart.');
          return [
            ...objects,
            {
              ...cart,
              metadata: { ...cart.metadata, name: 'job-1' },
              status: { ...(cart['status'] as object), phase: 'Succeeded' },
            },
          ];
        },
      },
    },
  },
  {
    rule: 'overlay/twin-tunnels',
    name: 'nodes have tunnel addresses that begin with the same digits',
    edits: {
      objects: {
        nodes: change('node-b', (node) => {
          const annotation = 'projectcalico.org/IPv4VXLANTunnelAddr';
          node.metadata.annotations = { ...node.metadata.annotations, [annotation]: '10.244.174.1' };
        }),
      },
    },
  },
  {
    rule: 'overlay/pool-of-services',
    name: 'a pool that holds the addresses of services is disabled',
    edits: {
      objects: {
        'ippools.crd.projectcalico.org': (objects) => [
          ...objects,
          { metadata: { name: 'late' }, spec: { cidr: '10.96.0.0/12', disabled: true } },
        ],
      },
    },
  },
];
