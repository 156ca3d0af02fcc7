/** What looks like a fault of the state of eBPF, Felix and its configuration, and is none. */
import { change } from '../../edited.ts';
import { logOf, logging, withSettings, withoutLines } from '../edits.ts';
import type { NearMiss } from '../fault.ts';

const noMap =
  '2026-11-21 05:00:00.000 [ERROR][1] commands/ifstate.go 45: Failed to dump ifstate map. error=stat /sys/fs/bpf/tc/globals/cali_iface4: no such file or directory\n';

/** What a log tells of an earlier start. */
function before(line: string): (text: string) => string {
  return (text) => `2026-11-20 01:00:00.000 ${line}\n${text}`;
}

const notStarted = (text: string) =>
  text
    .replaceAll(/^.*BPF enabled, starting BPF endpoint manager.*\n/gm, '')
    .replaceAll('BPFEnabled:true', 'BPFEnabled:false');

const fallback =
  '[ERROR][1] felix/daemon.go 376: BPF dataplane mode enabled but not supported by the kernel.  Disabling BPF mode. error=x';

const felixConfigurations = 'felixconfigurations.crd.projectcalico.org';

const ebpfState: readonly NearMiss[] = [
  {
    rule: 'ebpf-state/fell-back',
    name: 'it was before the current start',
    edits: logOf('node-b', before(fallback)),
  },
  {
    rule: 'ebpf-state/old-kernel',
    name: 'the kernel is old by number and one of the RHEL family',
    edits: {
      objects: {
        nodes: change('node-b', ({ status }) => {
          status['nodeInfo'] = { kernelVersion: '4.18.0-193.el8.x86_64', osImage: 'Rocky Linux 8' };
        }),
      },
      probes: { 'node-b/felix.log': () => undefined },
      failures: { 'node-b/ifstate.dump': noMap },
    },
  },
  {
    rule: 'ebpf-state/not-on',
    name: 'eBPF is off as the node’s own configuration asks',
    edits: {
      objects: {
        [felixConfigurations]: (all) => [
          ...all,
          { metadata: { name: 'node.node-b' }, spec: { bpfEnabled: false } },
        ],
      },
      probes: { 'node-b/felix.log': notStarted },
      failures: { 'node-b/ifstate.dump': noMap },
    },
  },
  {
    rule: 'ebpf-state/mixed',
    name: 'it is off on all nodes',
    edits: {
      probes: { '*/felix.log': notStarted },
      failures: { 'node-a/ifstate.dump': noMap, 'node-b/ifstate.dump': noMap, 'node-c/ifstate.dump': noMap },
    },
  },
  {
    rule: 'ebpf-state/left-on',
    name: 'on a node without eBPF only other programs are left',
    edits: {
      probes: {
        'node-b/felix.log': notStarted,
        'node-b/bpftool.net': () =>
          '[{"xdp":[],"tc":[{"devname":"eth0","kind":"clsact/ingress","name":"cil_from_netdev"}]}]',
      },
      failures: { 'node-b/ifstate.dump': noMap },
    },
  },
  {
    rule: 'ebpf-state/mounts',
    name: 'no cgroup where connect-time load balancing is off',
    edits: {
      probes: {
        'node-a/mounts': withoutLines(/cgroup2/),
        'node-a/felix.log': withSettings({ BPFConnectTimeLoadBalancing: 'Disabled' }),
      },
    },
  },
  {
    rule: 'ebpf-state/refused',
    name: 'a later attempt succeeded',
    edits: logOf(
      'node-c',
      logging(
        '[WARNING][1] felix/bpf_ep_mgr.go 1: Failed to apply policy to interface, will retry error=loading program: argument list too long iface="eth0"',
        '[INFO][1] felix/bpf_ep_mgr.go 2289: Applied program to host interface id="eth0"',
      ),
    ),
  },
  {
    rule: 'ebpf-state/contradicts',
    name: 'bpftool may not list programs',
    edits: {
      failures: { 'node-c/bpftool.prog': 'Error: can’t get next program: Operation not permitted\n' },
    },
  },
];

const configuration: readonly NearMiss[] = [
  {
    rule: 'configuration/meaning',
    name: 'a filter can be read',
    edits: {
      objects: {
        [felixConfigurations]: change('default', ({ spec }) =>
          Object.assign(spec, { bpfLogFilters: { all: 'tcp port 80' }, bpfCTLBLogFilter: 'all' }),
        ),
      },
    },
  },
  {
    rule: 'configuration/environment',
    name: 'the variable says what the resource says',
    edits: {
      objects: {
        pods: change('calico-node-x4k2p', ({ spec }) => {
          const [container] = spec['containers'] as { env: { name: string; value: string }[] }[];
          container?.env.push({ name: 'FELIX_BPFLOGLEVEL', value: 'Debug' });
        }),
      },
    },
  },
  {
    rule: 'configuration/debug',
    name: 'Felix itself logs much, and its programs do not',
    edits: {
      objects: {
        [felixConfigurations]: change('default', ({ spec }) =>
          Object.assign(spec, { logSeverityScreen: 'Debug', bpfLogLevel: 'Off' }),
        ),
      },
      probes: { '*/felix.log': (text) => text.replaceAll('"BPFLogLevel":"Debug"', '"BPFLogLevel":"Off"') },
    },
  },
  {
    rule: 'configuration/pending',
    name: 'what is written now is the default all the same',
    edits: {
      objects: {
        [felixConfigurations]: change('default', ({ spec }) => (spec['bpfExternalServiceMode'] = 'Tunnel')),
      },
    },
  },
  {
    rule: 'configuration/replaced',
    name: 'the API server itself had filled the value in',
    edits: logOf(
      'node-a',
      logging(
        '[INFO][1] felix/config_params.go 1: Parsed value for BPFExternalServiceMode: Tunnel (from environment variable)',
      ),
    ),
  },
];

const felix: readonly NearMiss[] = [
  {
    rule: 'felix-health/agent',
    name: 'it restarted often, but long ago',
    edits: {
      objects: {
        pods: change('calico-node-m3zt8', ({ status }) => {
          status['containerStatuses'] = [
            {
              name: 'calico-node',
              ready: true,
              restartCount: 9,
              lastState: { terminated: { exitCode: 129, finishedAt: '2026-01-01T00:00:00Z' } },
            },
          ];
        }),
      },
    },
  },
  {
    rule: 'felix-health/components',
    name: 'a component was not ready and is again',
    edits: logOf(
      'node-a',
      logging(
        '[WARNING][1] felix/health.go 203: Health of component changed name="BPFEndpointManager" newReport="non-ready" oldReport="ready"',
        '[INFO][1] felix/health.go 203: Health of component changed name="BPFEndpointManager" newReport="ready" oldReport="non-ready"',
      ),
    ),
  },
  {
    rule: 'felix-health/stale',
    name: 'one sign alone may be a change on its way',
    edits: {
      probes: {
        'node-c/routes.dump': (text) => `${text}10.244.99.230/32: local workload in-pool nat-out idx 9\n`,
      },
    },
  },
  {
    rule: 'felix-health/log',
    name: 'a loose filter is what the configuration allows',
    edits: logOf(
      'node-a',
      logging(
        "[WARNING][1] felix/int_dataplane.go 1: Kernel's RPF check is set to 'loose' and IgnoreLooseRPF set to true.  Calico will not be able to prevent workloads from spoofing their source IP.",
      ),
    ),
  },
  {
    rule: 'felix-health/versions',
    name: 'images differ by their registry only',
    edits: {
      objects: {
        pods: change('calico-node-m3zt8', ({ spec }) => {
          const [container] = spec['containers'] as { image: string }[];
          if (container !== undefined)
            container.image = container.image.replace(/^.*:/, 'registry.example.com:5000/calico/node:');
        }),
      },
    },
  },
  {
    rule: 'felix-health/readiness',
    name: 'it says that it is ready',
    edits: { probes: { 'node-b/readiness': () => 'calico/node is ready\n' } },
  },
];

export const stateNearMisses: readonly NearMiss[] = [...ebpfState, ...configuration, ...felix];
