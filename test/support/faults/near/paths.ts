/** What looks like a broken way to pods or nodes, or like somebody in the way, and is none. */
import { change } from '../../edited.ts';
import { addLink, withoutLines } from '../edits.ts';
import type { NearMiss } from '../fault.ts';

const address = 'projectcalico.org/IPv4Address';

export const pathNearMisses: readonly NearMiss[] = [
  {
    rule: 'interfaces/path',
    name: 'the kernel has a route to no pod, since another table or plugin leads to them',
    edits: { probes: { '*/ip.route': withoutLines(/dev cali/) } },
  },
  {
    rule: 'interfaces/host-pair',
    name: 'all connections are balanced when they are made, and the pair is not needed',
    edits: {
      probes: {
        '*/ip.link': (text) => text.replaceAll('"bpfin.cali"', '"other0"'),
        '*/felix.log': (text) =>
          text.replaceAll(
            '"BPFLogLevel":"Debug"',
            '"BPFLogLevel":"Debug", "BPFConnectTimeLoadBalancing":"Enabled"',
          ),
      },
    },
  },
  {
    rule: 'interfaces/before',
    name: 'a program of somebody else runs after Calico’s',
    edits: {
      probes: {
        'node-b/bpftool.net': (text) =>
          text.replace(
            /(\{"devname":"eth0","ifindex":\d+,"kind":"tcx\/ingress"[^}]*\})/,
            '$1,{"devname":"eth0","ifindex":2,"kind":"tcx/ingress","name":"datadog_ingress","prog_id":9000}',
          ),
      },
    },
  },
  {
    rule: 'interfaces/bridge',
    name: 'Docker’s bridge is there, and Calico leaves it alone',
    edits: {
      probes: {
        'node-b/ip.link': addLink({ ifname: 'docker0', linkinfo: { info_kind: 'bridge' } }),
        'node-b/ifstate.dump': (text) => `${text}  900 : {flags: host,notmanaged, name: docker0}\n`,
      },
    },
  },
  {
    rule: 'overlay/twin-nodes',
    name: 'two nodes have neighbouring addresses of one network',
    edits: {
      objects: {
        nodes: change('node-b', ({ metadata }) => (metadata.annotations[address] = '172.18.0.30/24')),
      },
    },
  },
  {
    rule: 'overlay/unaddressed',
    name: 'Calico looks for no address on any node, for policy alone',
    edits: {
      objects: {
        nodes: (objects) =>
          objects.map((object) => ({
            ...object,
            metadata: {
              ...object.metadata,
              annotations: Object.fromEntries(
                Object.entries(object.metadata.annotations ?? {}).filter(([key]) => key !== address),
              ),
            },
          })),
      },
    },
  },
  {
    rule: 'overlay/kernel',
    name: 'the kernel has a route to no block, since the network of a cloud leads to them',
    edits: { probes: { '*/ip.route': withoutLines(/^10\.244\.\S+\/26 via/) } },
  },
  {
    rule: 'overlay/hosts',
    name: 'a node without calico-node is not among the routes',
    edits: {
      objects: {
        nodes: (objects) => [
          ...objects,
          {
            metadata: { name: 'virtual', annotations: { [address]: '172.18.0.77/24' } },
            spec: {},
            status: {},
          },
        ],
      },
    },
  },
  {
    rule: 'nat-integrity/affinity',
    name: 'a client is held to an endpoint that is there',
    edits: {
      probes: {
        'node-b/nat.aff': (text) =>
          `${text}client 10.244.218.65 svc proto 6 10.96.118.66:80 -> 10.244.174.130:8080 ts 19m50.1s\n`,
      },
    },
  },
  {
    rule: 'configuration/datastore',
    name: 'the datastore is ready',
    edits: {
      objects: {
        'clusterinformations.crd.projectcalico.org': change('default', ({ spec }) => {
          spec['datastoreReady'] = true;
        }),
      },
    },
  },
];
