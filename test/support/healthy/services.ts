import { backendsOf, mapLines } from '../faults/edits.ts';
import { add, all, annotated, each, longAgo, pod, printed, service, type Healthy } from './healthy.ts';
import { change, type Edits } from '../edited.ts';

const http = { name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 };

function slice(of: string, endpoints: readonly object[] | null, more: object = {}) {
  return {
    metadata: { name: `${of}-abcde`, namespace: 'shop', labels: { 'kubernetes.io/service-name': of } },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    ...more,
  };
}

/** Services of deployments that were scaled down to nothing for the night. */
function scaledDown(count: number): Edits {
  const names = Array.from({ length: count }, (_, at) => `night-${at}`);
  return {
    objects: {
      services: add(
        ...names.map((name, at) =>
          service(name, {
            type: 'ClusterIP',
            clusterIP: address(at),
            clusterIPs: [address(at)],
            selector: { app: name },
            ports: [http],
          }),
        ),
      ),
      'endpointslices.discovery.k8s.io': add(...names.map((name) => slice(name, null))),
    },
    probes: {
      '*/nat.dump': (text) =>
        text +
        names.map((_, at) => `${address(at)} port 80 proto 6 id ${1000 + at} count 0 local 0\n`).join(''),
    },
  };
}

function address(at: number): string {
  return `10.97.${Math.floor(at / 250)}.${1 + (at % 250)}`;
}

const newService = (
  name: string,
  ip: string,
  id: number,
  backends: readonly string[],
  more: object = {},
): Edits => ({
  objects: {
    services: add(
      service(name, { type: 'ClusterIP', clusterIP: ip, clusterIPs: [ip], ports: [http], ...more }),
    ),
  },
  probes: {
    '*/nat.dump': (text) =>
      `${text}${ip} port 80 proto 6 id ${id} count ${backends.length} local 0\n${backends.map((each, at) => `\t${id}:${at}\t ${each}\n`).join('')}`,
  },
});

export const services: readonly Healthy[] = [
  { name: 'hundreds of services of deployments that were scaled down', edits: scaledDown(300) },
  {
    name: 'a service whose endpoints somebody wrote by hand, outside of the cluster',
    edits: all(newService('legacy', '10.97.9.1', 900, ['192.0.2.200:8080']), {
      objects: {
        'endpointslices.discovery.k8s.io': add(
          slice('legacy', [{ addresses: ['192.0.2.200'], conditions: {} }]),
        ),
      },
    }),
  },
  {
    name: 'endpoints in several slices, and one of them in two',
    edits: {
      objects: {
        'endpointslices.discovery.k8s.io': (objects) =>
          objects.flatMap((object) => {
            if (object.metadata.labels?.['kubernetes.io/service-name'] !== 'catalog') return [object];
            const endpoints = object['endpoints'] as readonly object[];
            return [
              { ...object, endpoints },
              {
                ...object,
                metadata: { ...object.metadata, name: 'catalog-zzzzz' },
                endpoints: endpoints.slice(1),
              },
            ];
          }),
      },
    },
  },
  {
    name: 'a pod that is ending and still answers',
    edits: {
      objects: {
        pods: change('catalog-5c8d6f9b7b-p4r6s', (pod) => {
          pod.metadata = { ...pod.metadata, deletionTimestamp: '2026-11-21T04:02:10Z' };
        }),
        'endpointslices.discovery.k8s.io': each((slice) => {
          for (const endpoint of (slice['endpoints' as 'spec'] ?? []) as unknown as {
            targetRef?: { name: string };
            conditions: object;
          }[])
            if (endpoint.targetRef?.name === 'catalog-5c8d6f9b7b-p4r6s')
              endpoint.conditions = { ready: false, serving: true, terminating: true };
        }),
      },
      probes: Object.fromEntries(
        ['10.96.71.203', '10.96.91.25', '10.96.55.120'].reduce<[string, (text: string) => string][]>(
          (known, address) => {
            const edit = backendsOf(address, (backends) =>
              backends.filter((each) => !each.startsWith('10.244.218.66')),
            );
            const before = known[0]?.[1];
            return [['*/nat.dump', (text: string) => edit(before?.(text) ?? text)]];
          },
          [],
        ),
      ),
    },
  },
  {
    name: 'pods that publish their addresses before they are ready',
    edits: all(
      newService('peers', '10.97.9.2', 901, ['10.244.99.194:8080'], {
        publishNotReadyAddresses: true,
        selector: { app: 'db' },
      }),
      {
        objects: {
          'endpointslices.discovery.k8s.io': add(
            slice('peers', [
              {
                addresses: ['10.244.99.194'],
                conditions: { ready: true, serving: false },
                nodeName: 'node-c',
                targetRef: { kind: 'Pod', name: 'db-0', namespace: 'shop' },
              },
            ]),
          ),
        },
      },
    ),
  },
  {
    name: 'traffic kept within zones',
    edits: all(
      annotated(() => undefined),
      {
        objects: {
          nodes: each((node) => {
            node.metadata.labels['topology.kubernetes.io/zone'] =
              node.metadata.name === 'node-c' ? 'zone-2' : 'zone-1';
          }),
          services: change('catalog', (catalog) => {
            catalog.metadata.annotations['service.kubernetes.io/topology-mode'] = 'Auto';
          }),
          'endpointslices.discovery.k8s.io': each((slice) => {
            if (slice.metadata.labels['kubernetes.io/service-name'] !== 'catalog') return;
            for (const endpoint of slice['endpoints' as 'spec'] as unknown as {
              nodeName: string;
              hints?: object;
            }[])
              endpoint.hints = { forZones: [{ name: endpoint.nodeName === 'node-c' ? 'zone-2' : 'zone-1' }] };
          }),
        },
        probes: {
          'node-a/nat.dump': backendsOf('10.96.71.203', (backends) =>
            backends.filter((each) => each.includes('218.66')),
          ),
          'node-b/nat.dump': backendsOf('10.96.71.203', (backends) =>
            backends.filter((each) => each.includes('218.66')),
          ),
          'node-c/nat.dump': backendsOf('10.96.71.203', (backends) =>
            backends.filter((each) => each.includes('99.193')),
          ),
        },
      },
    ),
  },
  {
    name: 'traffic kept on the node',
    edits: {
      objects: {
        services: change('prometheus', (prometheus) => {
          prometheus.spec['internalTrafficPolicy'] = 'Local';
        }),
      },
      probes: { '*/nat.dump': mapLines(/^10\.96\.133\.7 /, (line) => `${line} flags internal-local`) },
    },
  },
  {
    name: 'a load balancer that asks nodes whether they have a pod',
    edits: {
      objects: {
        services: change('web-local', (web) => {
          web.spec = { ...web.spec, type: 'LoadBalancer', healthCheckNodePort: 31234 };
          web.status = { loadBalancer: { ingress: [{ hostname: 'a.elb.amazonaws.com' }] } };
        }),
      },
    },
  },
  {
    name: 'a load balancer without NodePorts',
    edits: all(
      newService('bare', '10.97.9.3', 902, ['10.244.99.194:8080'], {
        type: 'LoadBalancer',
        allocateLoadBalancerNodePorts: false,
        selector: { app: 'db' },
      }),
      {
        objects: {
          'endpointslices.discovery.k8s.io': add(
            slice('bare', [
              { addresses: ['10.244.99.194'], conditions: { ready: true }, nodeName: 'node-c' },
            ]),
          ),
        },
      },
    ),
  },
  {
    name: 'a service of two families where nodes have one',
    edits: {
      objects: {
        services: change('cart', (cart) => {
          cart.spec = { ...cart.spec, ipFamilyPolicy: 'PreferDualStack' };
        }),
      },
    },
  },
  {
    name: 'pods at ports of their hosts, and pods without labels',
    edits: {
      objects: {
        pods: add(
          pod(
            'ingress-nginx',
            {
              nodeName: 'node-a',
              hostNetwork: true,
              containers: [{ ports: [{ hostPort: 80, containerPort: 80 }] }],
            },
            { phase: 'Running', podIP: '172.18.0.2', startTime: longAgo },
          ),
          pod(
            'done',
            { nodeName: 'node-b' },
            {
              phase: 'Succeeded',
              podIP: '10.244.218.90',
              podIPs: [{ ip: '10.244.218.90' }],
              startTime: longAgo,
            },
            { app: 'db' },
          ),
        ),
      },
    },
  },
  {
    name: 'connections to the dead that have been closed',
    edits: printed({
      'conntrack.dump': (text) =>
        `${text}TCP 10.244.174.131:51000 -> 10.244.218.99:8080  Active ago 21.5s CLOSED\nTCP 10.244.174.131:51001 -> 10.244.218.99:8080  Active ago 41.5s RESET\nUDP 10.244.174.131:51002 -> 10.244.218.99:53  Active ago 31.5s\nICMP 10.244.174.131:0 -> 10.244.218.99:0  Active ago 2.5s\n`,
    }),
  },
  {
    name: 'scans of ports from outside, and hosts outside that do not answer',
    edits: printed({
      'conntrack.dump': (text) =>
        text +
        Array.from(
          { length: 40 },
          (_, at) =>
            `TCP 203.0.113.9:${40000 + at} -> 172.18.0.2:${1000 + at}  Active ago ${at % 19}.5s SYN-SENT\nTCP 10.244.174.131:${41000 + at} -> 203.0.113.${at}:443  Active ago ${at % 19}.5s SYN-SENT\n`,
        ).join(''),
    }),
  },
  {
    name: 'services without an address of their own, and those left to another proxy',
    edits: {
      objects: {
        services: add(
          service('elsewhere', { type: 'ExternalName', externalName: 'db.example.com' }),
          service('peers', {
            clusterIP: 'None',
            clusterIPs: ['None'],
            selector: { app: 'db' },
            ports: [http],
          }),
          {
            ...service('mesh', { clusterIP: '10.96.3.3', selector: { app: 'db' }, ports: [http] }),
            metadata: {
              name: 'mesh',
              namespace: 'shop',
              labels: { 'service.kubernetes.io/service-proxy-name': 'mesh' },
            },
          },
        ),
      },
    },
  },
  {
    name: 'a load balancer that sends to NodePorts, one by name, and one that is not made yet',
    edits: {
      objects: {
        services: change('web', (web) => {
          web['status'] = {
            loadBalancer: {
              ingress: [{ ip: '192.0.2.77', ipMode: 'Proxy' }, { hostname: 'lb.example.com' }],
            },
          };
        }),
      },
    },
  },
  {
    name: 'session affinity, and endpoints with hints of topology',
    edits: {
      objects: {
        services: change('cart', (cart) => {
          cart['spec'] = {
            ...(cart['spec'] as object),
            sessionAffinity: 'ClientIP',
            sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
          };
        }),
        'endpointslices.discovery.k8s.io': (objects) =>
          objects.map((slice) => ({
            ...slice,
            endpoints: ((slice['endpoints'] ?? []) as readonly object[]).map((each) => ({
              ...each,
              hints: { forZones: [{ name: 'zone-a' }] },
            })),
          })),
      },
    },
  },
  {
    name: 'a port of SCTP, which eBPF does not serve',
    edits: {
      objects: {
        services: change('db', (db) => {
          const spec = db['spec'] as { readonly ports: readonly object[] };
          db['spec'] = {
            ...spec,
            ports: [...spec.ports, { name: 'signal', port: 3868, protocol: 'SCTP', targetPort: 3868 }],
          };
        }),
      },
    },
  },
];
