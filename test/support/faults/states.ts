/** Faults of the state of eBPF, Felix, the configuration and the host. */
import { change } from '../edited.ts';
import { addLink, countDrops, editLinks, logging, sizeMaps, withProgram, withSettings } from './edits.ts';
import type { Fault } from './fault.ts';

const all = 'node-a,node-b,node-c';

const noMap =
  '2026-11-21 05:00:00.000 [ERROR][1] commands/ifstate.go 45: Failed to dump ifstate map. error=stat /sys/fs/bpf/tc/globals/cali_iface4: no such file or directory\n';

const nothingAttached = () => '[{"xdp":[],"tc":[],"flow_dissector":[]}]';

const ebpf: readonly Fault[] = [
  {
    name: 'Felix goes back to iptables',
    edits: {
      probes: {
        'node-b/felix.log': (text) =>
          logging(
            '[ERROR][1] felix/daemon.go 376: BPF dataplane mode enabled but not supported by the kernel.  Disabling BPF mode. error=kernel is too old (have: 4.15.0 but want at least: 5.3.0)',
          )(text.replaceAll(/^.*BPF enabled, starting BPF endpoint manager.*\n/gm, '')),
        'node-b/bpftool.net': nothingAttached,
      },
      failures: { 'node-b/ifstate.dump': noMap },
    },
    found: ['error node node-b on node-b'],
    withoutEbpf: 'node-b',
  },
  {
    name: 'the kernel of a node is too old',
    edits: {
      objects: {
        nodes: change('node-b', ({ status }) => {
          status['nodeInfo'] = { kernelVersion: '4.15.0-20-generic', osImage: 'Ubuntu 18.04' };
        }),
      },
      probes: { 'node-b/felix.log': () => undefined, 'node-b/bpftool.net': nothingAttached },
      failures: { 'node-b/ifstate.dump': noMap },
    },
    found: ['error node node-b on node-b'],
    withoutEbpf: 'node-b',
  },
  {
    name: 'Felix of a node has not heard that eBPF is asked for, and leaves old programs',
    edits: {
      probes: {
        'node-b/felix.log': (text) =>
          text
            .replaceAll(/^.*BPF enabled, starting BPF endpoint manager.*\n/gm, '')
            .replaceAll('BPFEnabled:true', 'BPFEnabled:false'),
      },
      failures: { 'node-b/ifstate.dump': noMap },
    },
    found: ['error node node-b on node-b', 'error node node-b on node-b'],
    withoutEbpf: 'node-b',
  },
  {
    name: 'the maps of a node are gone though Felix says that eBPF runs',
    edits: { failures: { 'node-b/ifstate.dump': noMap } },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'the kernel has no program of Calico though Felix says that eBPF runs',
    edits: {
      probes: {
        'node-c/bpftool.prog': () => '[{"id":3,"type":"cgroup_device","name":"sd_devices"}]',
        'node-c/bpftool.net': nothingAttached,
      },
    },
    found: ['error node node-c on node-c'],
  },
  {
    name: 'the cgroup that connect-time load balancing needs is not mounted',
    edits: {
      probes: { 'node-a/mounts': (text) => text.replaceAll(/^.*\/run\/calico\/cgroup.*\n/gm, '') },
    },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'kube-proxy runs on a node without a pod',
    edits: {
      probes: {
        'node-c/ss': (text) => `${text}tcp   LISTEN 0      4096       127.0.0.1:10249      0.0.0.0:*\n`,
      },
    },
    found: ['error node node-c on node-c'],
  },
];

const conntrack: readonly Fault[] = [
  {
    name: 'conntrack is full',
    edits: { probes: { 'node-a/bpftool.map': sizeMaps('cali_v4_ct', 20) } },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'Felix doubles conntrack',
    edits: {
      probes: {
        'node-b/felix.log': logging(
          '[WARNING][1] felix/scanner.go 1: The eBPF conntrack table is becoming full. Restarting Felix to resize it.',
        ),
      },
    },
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'a map takes no more entries',
    edits: {
      probes: {
        'node-b/felix.log': logging(
          '[ERROR][1] felix/bpf_ep_mgr.go 1: Failed to update ifstate map error=argument list too long',
        ),
      },
    },
    found: ['error node node-b on node-b'],
  },
];

const mtu: readonly Fault[] = [
  {
    name: 'a node’s card takes less than pods elsewhere send',
    edits: {
      probes: {
        'node-b/ip.link': (text) =>
          editLinks(/^cali/, { mtu: 1350 })(editLinks(/^eth0$/, { mtu: 1400 })(text)),
      },
    },
    found: ['warning node node-b on node-b'],
  },
  {
    name: 'fragments are dropped',
    edits: { probes: { 'node-b/counters.dump': countDrops('eth0', 'fragments not supported', 40) } },
    found: ['warning interface eth0 on node-b'],
    recordings: /^(?!v3\.30)/,
  },
  {
    name: 'a node runs on vSphere with VXLAN at port 4789',
    edits: { objects: { nodes: change('node-a', ({ spec }) => (spec['providerID'] = 'vsphere://4230-x')) } },
    found: ['warning key vxlanPort on node-a'],
  },
];

const configuration: readonly Fault[] = [
  {
    name: 'a log filter cannot be read',
    edits: {
      objects: {
        'felixconfigurations.crd.projectcalico.org': change('default', ({ spec }) => {
          spec['bpfLogFilters'] = { all: 'tcp port (' };
        }),
      },
    },
    found: ['warning key bpfLogFilters on '],
  },
  {
    name: 'Felix has not taken a change up',
    edits: {
      objects: {
        'felixconfigurations.crd.projectcalico.org': change('default', ({ spec }) => {
          spec['bpfEnforceRPF'] = 'Strict';
        }),
      },
    },
    found: [`warning node node-a on ${all}`],
  },
  {
    name: 'Felix replaced a value',
    edits: {
      probes: {
        'node-a/felix.log': logging(
          '[ERROR][1] felix/config_params.go 1: Replacing invalid value with default default=tunnel error=Failed to parse config parameter BPFExternalServiceMode; value "Fast": invalid value source=environment variable',
        ),
      },
    },
    found: ['warning key bpfExternalServiceMode on node-a'],
  },
];

const felix: readonly Fault[] = [
  {
    name: 'calico-node of a node crashes again and again',
    edits: {
      objects: {
        pods: change('calico-node-m3zt8', ({ status }) => {
          status['conditions'] = [{ type: 'Ready', status: 'False' }];
          status['containerStatuses'] = [
            {
              name: 'calico-node',
              ready: false,
              restartCount: 9,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
            },
          ];
        }),
      },
    },
    found: ['error node node-c on node-c'],
  },
  {
    name: 'a component of Felix is not ready though Kubernetes calls it so',
    edits: {
      probes: {
        'node-a/felix.log': logging(
          '[WARNING][1] felix/health.go 203: Health of component changed name="BPFEndpointManager" newReport="non-ready" oldReport="ready"',
        ),
      },
    },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'the readiness check says no',
    edits: {
      probes: {
        'node-b/readiness': () =>
          'calico/node is not ready: felix is not ready: readiness probe reporting 503\n',
      },
    },
    found: ['error node node-b on node-b'],
  },
  {
    name: 'a node runs an older version',
    edits: {
      objects: {
        pods: change('calico-node-m3zt8', ({ spec }) => {
          spec['containers'] = [{ name: 'calico-node', image: 'calico/node:v3.31.4', env: [] }];
        }),
      },
    },
    found: ['warning node node-c on node-c'],
  },
  {
    name: 'Felix does not follow Kubernetes any more',
    edits: {
      objects: {
        pods: (pods) => [
          ...pods,
          {
            metadata: { name: 'late', namespace: 'shop', labels: {} },
            spec: { nodeName: 'node-c' },
            status: { phase: 'Running', podIP: '10.244.99.240', podIPs: [{ ip: '10.244.99.240' }] },
          },
        ],
      },
      probes: {
        'node-c/routes.dump': (text) => `${text}10.244.99.230/32: local workload in-pool nat-out idx 9\n`,
      },
    },
    found: ['error node node-c on node-c', 'error pod shop/late on node-c'],
  },
  {
    name: 'Felix leaves out a bond whose parts it has',
    edits: {
      probes: {
        'node-a/felix.log': logging(
          "[WARNING][1] felix/bpf_ep_mgr.go 1: Master interface 'bond0' ignored. Add it to the bpfDataIfacePattern config",
        ),
      },
    },
    found: ['warning interface bond0 on node-a'],
  },
  {
    name: 'Felix stops because the reverse-path filter is loose',
    edits: {
      probes: {
        'node-a/felix.log': logging(
          "[FATAL][1] felix/int_dataplane.go 1035: Kernel's RPF check is set to 'loose'.  This would allow endpoints to spoof their IP address.  Calico requires net.ipv4.conf.all.rp_filter to be set to 0 or 1.",
        ),
      },
    },
    found: ['error node node-a on node-a'],
  },
  {
    name: 'Felix cannot set the reverse-path filter of a card',
    edits: {
      probes: {
        'node-c/felix.log': logging(
          '[ERROR][1] felix/bpf_ep_mgr.go 1: Failed to  set /proc/sys/net/ipv4/conf/eth0/rp_filter to 2 err=open: read-only file system',
        ),
      },
    },
    found: ['warning interface eth0 on node-c'],
  },
];

const qdiscs: readonly Fault[] = [
  {
    name: 'somebody detached all programs of a node',
    edits: { probes: { 'node-b/bpftool.net': nothingAttached } },
    found: ['error node node-b on node-b'],
    // With TCX it may be an old bpftool that shows none.
    recordings: /^v3\.30/,
  },
  {
    name: 'a qdisc of an earlier version is left',
    edits: {
      probes: {
        'node-b/tc.qdisc': (text) => `${text}qdisc clsact ffff: dev vxlan.calico parent ffff:fff1 \n`,
        'node-b/bpftool.net': (text) =>
          withProgram('vxlan.calico', 'tcx/ingress')(withoutTc(text, 'vxlan.calico')),
      },
    },
    found: ['warning interface vxlan.calico on node-b'],
  },
];

/** Whatever the version: its programs on an interface are gone. */
function withoutTc(text: string, name: string): string {
  const lists = JSON.parse(text) as readonly { readonly tc: readonly { readonly devname: string }[] }[]; // As bpftool prints it.
  return JSON.stringify(
    lists.map((list) => ({ ...list, tc: list.tc.filter(({ devname }) => devname !== name) })),
  );
}

const host: readonly Fault[] = [
  {
    name: 'WireGuard is asked for and not there',
    edits: { probes: { 'node-a/felix.log': withSettings({ WireguardEnabled: 'true' }) } },
    found: ['error interface wireguard.cali on node-a'],
  },
  {
    name: 'a host endpoint is for an interface without programs',
    edits: {
      probes: { 'node-a/ip.link': addLink({ ifname: 'mgmt7' }) },
      objects: {
        'hostendpoints.crd.projectcalico.org': () => [
          { metadata: { name: 'hep' }, spec: { node: 'node-a', interfaceName: 'mgmt7' } },
        ],
      },
    },
    found: ['warning interface mgmt7 on node-a'],
  },
  {
    name: 'there is hardly room for compiled programs',
    edits: { probes: { '*/sysctl.bpf': () => '/proc/sys/net/core/bpf_jit_limit 1000000\n' } },
    found: [`warning node node-a on ${all}`],
  },
  {
    name: 'the kernel does not let programs log',
    edits: {
      probes: {
        'node-b/sysctl.bpf': () => '/sys/kernel/security/lockdown none integrity [confidentiality]\n',
      },
    },
    found: ['warning key bpfLogLevel on node-b'],
  },
];

export const stateFaults: readonly Fault[] = [
  ...ebpf,
  ...conntrack,
  ...mtu,
  ...configuration,
  ...felix,
  ...qdiscs,
  ...host,
];
