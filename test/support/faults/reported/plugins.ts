/** Others that have a say in the network of pods: meshes, and network plugins beside Calico. */
import { change, type Edits } from '../../edited.ts';
import { each, printed } from '../../healthy/healthy.ts';
import { all, type Reported } from './reported.ts';

function sidecar(name: string): Edits {
  return {
    objects: {
      pods: each((pod) => {
        if (pod.metadata.labels['app'] !== 'frontend') return;
        pod.spec['containers'] = [{ name: 'frontend' }, { name, image: `docker.io/x/${name}:1` }];
      }),
    },
  };
}

const ambient: Edits = {
  objects: {
    namespaces: change('shop', (namespace) => {
      namespace.metadata = {
        ...namespace.metadata,
        labels: { ...namespace.metadata.labels, 'istio.io/dataplane-mode': 'ambient' },
      };
    }),
  },
};

/** Rules of iptables beside those that were recorded. */
function rules(text: string): Edits {
  return printed({ 'iptables.save': (known) => known + text });
}

export const pluginFaults: readonly Reported[] = [
  {
    name: 'sidecars of Istio see the addresses of pods in place of those of services',
    from: 'projectcalico/calico#8495',
    recording: 'v3.30.7-healthy',
    edits: sidecar('istio-proxy'),
    found: ['warning key bpfConnectTimeLoadBalancing on node-a,node-b'],
  },
  {
    name: 'the ambient mesh of Istio takes what is meant for a service for something between pods',
    from: 'istio/istio#55481',
    recording: 'v3.32.1-healthy',
    edits: ambient,
    found: [`warning key bpfConnectTimeLoadBalancing on ${all}`],
  },
  {
    name: 'Linkerd sends all calls to one pod in a version whose balancing is a plain yes or no',
    from: 'projectcalico/calico#6908',
    recording: 'v3.30.7-healthy',
    in: 'v3.24 prints it',
    edits: sidecar('linkerd-proxy'),
    found: ['warning key bpfConnectTimeLoadBalancingEnabled on node-a,node-b'],
  },
  {
    name: 'answers to probes of the ambient mesh bypass the connection tracking of the kernel',
    from: 'istio/istio#52765',
    recording: 'v3.30.7-healthy',
    in: 'v3.27 prints it',
    edits: ambient,
    found: [
      `warning key bpfConnectTimeLoadBalancing on ${all}`,
      `warning key bpfHostConntrackBypass on ${all}`,
    ],
  },
  {
    name: 'the policies of k3s are enforced beside those of Calico',
    from: 'k3s-io/k3s#366',
    recording: 'v3.32.1-healthy',
    edits: rules(
      '*filter\n:KUBE-ROUTER-FORWARD - [0:0]\n:KUBE-POD-FW-4Z3BBQ7XQ2YB5RCD - [0:0]\n:KUBE-NWPLCY-DEFAULT - [0:0]\n-A FORWARD -m comment --comment "kube-router netpol" -j KUBE-ROUTER-FORWARD\n-A KUBE-ROUTER-FORWARD -d 10.244.174.129/32 -j KUBE-POD-FW-4Z3BBQ7XQ2YB5RCD\n-A KUBE-POD-FW-4Z3BBQ7XQ2YB5RCD -m mark ! --mark 0x10000/0x10000 -j REJECT --reject-with icmp-port-unreachable\nCOMMIT\n',
    ),
    found: [`warning node node-a on ${all}`],
  },
  {
    name: 'Weave Net was replaced, and still drops what its policies do not know',
    from: 'projectcalico/calico#10149',
    recording: 'master-healthy',
    edits: rules(
      '*filter\n:WEAVE-NPC - [0:0]\n-A FORWARD -o weave -j WEAVE-NPC\n-A WEAVE-NPC -m state --state NEW -j DROP\nCOMMIT\n',
    ),
    found: [`warning node node-a on ${all}`],
  },
  {
    name: 'rules of Cilium are left from before the migration',
    from: 'cilium/cilium#26472',
    recording: 'v3.30.7-healthy',
    edits: rules(
      '*mangle\n:CILIUM_PRE_mangle - [0:0]\n-A PREROUTING -m comment --comment "cilium-feeder: CILIUM_PRE_mangle" -j CILIUM_PRE_mangle\n-A CILIUM_PRE_mangle -p tcp -m mark --mark 0x3c0b0200 -j TPROXY --on-port 2876 --on-ip 127.0.0.1 --tproxy-mark 0x200/0xffffffff\nCOMMIT\n*raw\n:CILIUM_PRE_raw - [0:0]\n-A CILIUM_PRE_raw -m mark --mark 0x200/0xf00 -j CT --notrack\nCOMMIT\n',
    ),
    found: [`warning node node-a on ${all}`],
  },
];
