import { logging } from '../faults/edits.ts';
import { add, all, each, longAgo, pod, printed, type Healthy } from './healthy.ts';
import { change, type Mutable } from '../edited.ts';

const ready = (status: string, reason: string) => [
  { type: 'Ready', status, reason, lastTransitionTime: '2026-11-21T04:02:00Z' },
];

function node(name: string, more: object = {}, status: object = {}) {
  return {
    metadata: {
      name,
      labels: { 'kubernetes.io/os': 'linux' },
      annotations: {},
      creationTimestamp: '2026-11-21T04:01:50Z',
    },
    spec: { podCIDR: '10.244.9.0/24', ...more },
    status: {
      addresses: [{ type: 'InternalIP', address: '172.18.0.9' }],
      nodeInfo: {
        kernelVersion: '6.8.0-60-generic',
        operatingSystem: 'linux',
        osImage: 'Ubuntu 24.04.2 LTS',
        architecture: 'amd64',
      },
      conditions: ready('False', 'KubeletNotReady'),
      ...status,
    },
  };
}

function agent(nodeName: string, status: object) {
  return {
    metadata: {
      name: `calico-node-${nodeName}`,
      namespace: 'calico-system',
      labels: { 'k8s-app': 'calico-node' },
      creationTimestamp: '2026-11-21T04:01:55Z',
    },
    spec: {
      nodeName,
      hostNetwork: true,
      containers: [{ name: 'calico-node', image: 'calico/node:v3.32.1' }],
    },
    status,
  };
}

const daemonSet = (status: object) =>
  each((set) => {
    set.status = { ...set.status, ...status };
  });

/** Recorded at two minutes after four. */
const atFour = /v3\.32\.1-healthy/;

export const lifecycle: readonly Healthy[] = [
  {
    name: 'a node that has just joined',
    recordings: atFour,
    joined: 'node-d',
    edits: {
      objects: {
        nodes: add(node('node-d')),
        pods: add(
          agent('node-d', {
            phase: 'Pending',
            conditions: [{ type: 'Ready', status: 'False' }],
            initContainerStatuses: [
              {
                name: 'install-cni',
                ready: false,
                restartCount: 0,
                state: { running: { startedAt: '2026-11-21T04:02:05Z' } },
              },
            ],
            containerStatuses: [
              {
                name: 'calico-node',
                ready: false,
                restartCount: 0,
                state: { waiting: { reason: 'PodInitializing' } },
              },
            ],
          }),
        ),
        'daemonsets.apps': daemonSet({
          desiredNumberScheduled: 4,
          currentNumberScheduled: 4,
          numberReady: 3,
        }),
      },
    },
  },
  {
    name: 'a node that is drained',
    edits: {
      objects: {
        nodes: change('node-c', (each) => {
          each.spec['unschedulable'] = true;
          each.spec['taints'] = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];
        }),
      },
    },
  },
  {
    name: 'a node of Windows with Calico’s own agent, and routes to its pods',
    edits: {
      objects: {
        nodes: add({
          metadata: {
            name: 'win',
            labels: { 'kubernetes.io/os': 'windows' },
            annotations: {
              'projectcalico.org/IPv4Address': '172.18.0.20/24',
              'projectcalico.org/IPv4VXLANTunnelAddr': '10.244.50.1',
            },
          },
          spec: {},
          status: {
            addresses: [{ type: 'InternalIP', address: '172.18.0.20' }],
            conditions: ready('True', 'KubeletReady'),
            nodeInfo: {
              operatingSystem: 'windows',
              kernelVersion: '10.0.20348.2700',
              osImage: 'Windows Server 2022 Datacenter',
            },
          },
        }),
        pods: add(
          {
            metadata: {
              name: 'calico-node-windows-1',
              namespace: 'calico-system',
              labels: { 'k8s-app': 'calico-node-windows' },
            },
            spec: {
              nodeName: 'win',
              hostNetwork: true,
              containers: [{ name: 'node', image: 'calico/node-windows:v3.32.1' }, { name: 'felix' }],
            },
            status: { phase: 'Running', podIP: '172.18.0.20' },
          },
          pod(
            'iis',
            { nodeName: 'win' },
            { phase: 'Running', podIP: '10.244.50.7', podIPs: [{ ip: '10.244.50.7' }], startTime: longAgo },
          ),
        ),
        'blockaffinities.crd.projectcalico.org': add({
          metadata: { name: 'win-1' },
          spec: { cidr: '10.244.50.0/26', node: 'win', state: 'confirmed', deleted: 'false' },
        }),
      },
      probes: {
        '*/routes.dump': (text) =>
          `${text}10.244.50.0/26: remote workload in-pool nat-out tunneled nh 172.18.0.20\n  172.18.0.20/32: remote host\n`,
        '*/ip.route': (text) => `${text}10.244.50.0/26 via 10.244.50.1 dev vxlan.calico onlink \n`,
      },
    },
  },
  {
    name: 'a pod that has just been started',
    recordings: atFour,
    edits: {
      objects: {
        pods: add({
          metadata: {
            name: 'fresh',
            namespace: 'shop',
            labels: { app: 'fresh' },
            creationTimestamp: '2026-11-21T04:02:04Z',
          },
          spec: { nodeName: 'node-a', containers: [{}] },
          status: {
            phase: 'Running',
            podIP: '10.244.174.170',
            podIPs: [{ ip: '10.244.174.170' }],
            startTime: '2026-11-21T04:02:05Z',
          },
        }),
      },
    },
  },
  {
    name: 'pods that wait for their images',
    edits: {
      objects: {
        pods: add(
          pod(
            'pulling',
            { nodeName: 'node-a' },
            {
              phase: 'Pending',
              startTime: longAgo,
              containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }],
            },
          ),
          pod('evicted', { nodeName: 'node-a' }, { phase: 'Failed', reason: 'Evicted', startTime: longAgo }),
          pod(
            'lost',
            { nodeName: 'node-gone' },
            { phase: 'Unknown', podIP: '10.244.77.3', startTime: longAgo },
          ),
        ),
      },
    },
  },
  {
    name: 'an API server that was restarted, and Felix that has found it again',
    edits: printed({
      'felix.log': (text) =>
        logging(
          '[WARNING][29204] felix/watchercache.go 194: Watch error received from Upstream ListRoot="/calico/ipam/v2/host/" error=too old resource version',
          '[ERROR][29204] felix/reflector.go 205: Failed to watch error=Get "https://172.18.0.1:6443/api/v1/services?watch=true": dial tcp 172.18.0.1:6443: connect: connection refused',
          '[INFO][29204] felix/watchercache.go 458: Full resync is required ListRoot="/calico/ipam/v2/host/"',
          '[INFO][29204] felix/watchersyncer.go 97: All watchers have sync’d data - sending data and final sync',
          '[INFO][29204] felix/int_dataplane.go 2144: Received interface addresses update msg=&intdataplane.ifaceAddrsUpdate{Name:"eth0"}',
          '[INFO][29204] felix/summary.go 100: Summarising 21 dataplane reconciliation loops over 1m2.4s: avg=6ms longest=21ms (resync-nat)',
        )(text),
    }),
  },
  {
    name: 'Felix started again because its configuration was changed',
    edits: printed({
      'felix.log': (text) =>
        `2026-11-21 03:50:01.000 [WARNING][100] felix/daemon.go 1190: Felix is shutting down reason="config changed"\n2026-11-21 03:50:01.100 [INFO][100] felix/daemon.go 1200: Exiting. reason="config changed"\n${text}`,
    }),
  },
  {
    name: 'a block that is about to be given back, and one of a node that is gone',
    edits: {
      objects: {
        'blockaffinities.crd.projectcalico.org': add(
          {
            metadata: { name: 'p' },
            spec: { cidr: '10.244.8.0/26', node: 'node-a', state: 'pendingDeletion', deleted: 'false' },
          },
          {
            metadata: { name: 'q' },
            spec: { cidr: '10.244.8.64/26', node: 'node-a', state: 'pending', deleted: 'false' },
          },
          {
            metadata: { name: 'r' },
            spec: { cidr: '10.244.8.128/26', node: 'node-a', state: 'confirmed', deleted: 'true' },
          },
          {
            metadata: { name: 'lb' },
            spec: {
              cidr: '192.0.2.0/26',
              node: 'virtual:load-balancer',
              type: 'virtual',
              state: 'confirmed',
              deleted: 'false',
            },
          },
        ),
      },
    },
  },
  {
    name: 'a second block of a node, without a pod in it',
    edits: {
      objects: {
        'blockaffinities.crd.projectcalico.org': add({
          metadata: { name: 's' },
          spec: { cidr: '10.244.8.0/26', node: 'node-b', state: 'confirmed', deleted: 'false' },
        }),
      },
      probes: {
        'node-a/routes.dump': (text) =>
          `${text}   10.244.8.0/26: remote workload in-pool nat-out tunneled nh 172.18.0.3\n`,
        'node-c/routes.dump': (text) =>
          `${text}   10.244.8.0/26: remote workload in-pool nat-out tunneled nh 172.18.0.3\n`,
        '*/ip.route': (text) => `${text}10.244.8.0/26 via 10.244.218.64 dev vxlan.calico onlink \n`,
      },
    },
  },
  {
    name: 'an update that has reached one node',
    recordings: atFour,
    edits: all({
      objects: {
        pods: (objects) => objects.map((object) => updated(object as Mutable)),
        'daemonsets.apps': daemonSet({
          updatedNumberScheduled: 1,
          desiredNumberScheduled: 3,
          numberReady: 2,
          numberUnavailable: 1,
        }),
      },
    }),
  },
  {
    name: 'few packets that made no sense',
    edits: printed({
      'counters.dump': (text) =>
        text
          .replaceAll(/(\| malformed IP packets +\| +)0 \|/g, '$13 |')
          .replaceAll(/(\| packets with unsupported IP +\| +)0 \|/g, '$12 |'),
    }),
  },
  {
    name: 'pods that have ended, are waiting, or have the address of their host',
    edits: {
      objects: {
        pods: add(
          pod(
            'job',
            { nodeName: 'node-a' },
            { phase: 'Succeeded', podIP: '10.244.174.140', startTime: longAgo },
          ),
          pod('failed', { nodeName: 'node-b' }, { phase: 'Failed', reason: 'Evicted', startTime: longAgo }),
          pod('waiting', {}, { phase: 'Pending' }),
          pod(
            'agent',
            { nodeName: 'node-c', hostNetwork: true },
            { phase: 'Running', podIP: '172.18.0.4', startTime: longAgo },
          ),
        ),
      },
    },
  },
  {
    name: 'a node that runs Windows',
    edits: {
      objects: {
        nodes: add({
          metadata: { name: 'win', labels: { 'kubernetes.io/os': 'windows' } },
          status: {
            conditions: [{ type: 'Ready', status: 'True' }],
            nodeInfo: { operatingSystem: 'windows' },
          },
        }),
      },
    },
  },
  {
    name: 'an update of Calico rolls over the nodes',
    edits: {
      objects: {
        pods: (objects) =>
          objects.map((object) => {
            const spec = object['spec'] as {
              readonly nodeName?: string;
              readonly containers: readonly object[];
            };
            const isMeant =
              object.metadata.labels?.['k8s-app'] === 'calico-node' && spec.nodeName === 'node-a';
            if (!isMeant) return object;
            const containers = spec.containers.map((each) => ({
              ...each,
              image: 'quay.io/calico/node:v3.33.0',
            }));
            return { ...object, spec: { ...spec, containers } };
          }),
        'daemonsets.apps': (objects) =>
          objects.map((object) => ({
            ...object,
            status: { ...(object['status'] as object), updatedNumberScheduled: 1, desiredNumberScheduled: 3 },
          })),
      },
    },
  },
];

function updated(object: Mutable): Mutable {
  if (object.metadata.labels?.['k8s-app'] !== 'calico-node' || object.spec['nodeName'] !== 'node-b')
    return object;
  const containers = object.spec['containers'] as object[];
  return {
    ...object,
    spec: {
      ...object.spec,
      containers: containers.map((each) => ({ ...each, image: 'calico/node:v3.33.1' })),
    },
    status: {
      ...object.status,
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'ContainersNotReady',
          lastTransitionTime: '2026-11-21T04:02:00Z',
        },
      ],
      containerStatuses: [
        {
          name: 'calico-node',
          ready: false,
          restartCount: 0,
          state: { running: { startedAt: '2026-11-21T04:02:02Z' } },
        },
      ],
    },
  };
}
