/** What Felix's log told in threads about Calico, with the lines that people quoted. */
import { addLink, logging, logOf } from '../edits.ts';
import { all as allOf, hostPods, printed } from '../../healthy/healthy.ts';
import type { Edits } from '../../edited.ts';
import { all, type Reported } from './reported.ts';

/** Lines of libbpf, which have no time. */
function printing(...lines: readonly string[]): (text: string) => string {
  return (text) => `${text}${lines.join('\n')}\n`;
}

function said(node: string, ...edits: readonly ((text: string) => string)[]): Edits {
  return allOf(...edits.map((edit) => logOf(node, edit)));
}

const bailsOut =
  '[PANIC][975] felix/int_dataplane.go 716: BPFConnTimeLBEnabled but failed to attach connect-time load balancer, bailing out.';

export const logFaults: readonly Reported[] = [
  {
    name: 'programs of pods do not load, since the pinned conntrack map has another size than they expect',
    from: 'projectcalico/calico#9651',
    recording: 'v3.30.7-healthy',
    edits: said(
      'node-b',
      ...['cali8ac1d5f7e2b', 'cali5e1f2a90c3d'].flatMap((name) => [
        printing(
          `2026-11-21 06:00:00.000 [WARNING][103] felix/attach.go 164: Failed to load program attachPoint=&tc.AttachPoint{AttachPoint:bpf.AttachPoint{Hook:0, PolicyIdx:25, Iface:"${name}", LogLevel:"debug"}, LogFilter:"", LogFilterIdx:27, Type:"workload", ToOrFrom:"from"}`,
          "libbpf: couldn't reuse pinned map at '/sys/fs/bpf/tc/globals/cali_v4_ct3': parameter mismatch",
          "libbpf: map 'cali_v4_ct3': error reusing pinned map",
          "libbpf: map 'cali_v4_ct3': failed to create: Invalid argument(-22)",
          "libbpf: failed to load object '/usr/lib/calico/bpf/tc_preamble.o'",
        ),
      ]),
    ),
    found: ['error node node-b on node-b'],
  },
  {
    name: 'programs may not use the maps that an earlier version has pinned',
    from: 'projectcalico/calico#5381',
    recording: 'v3.30.7-healthy',
    edits: said(
      'node-c',
      printing(
        '2026-11-21 06:00:00.000 [INFO][56781] felix/bpf_ep_mgr.go 1339: Need to attach program hook="egress" iface="vxlan.calico" type="host"',
        "libbpf: couldn't retrieve pinned map '/sys/fs/bpf/tc/vxlan.calico_igr/cali_jump': Operation not permitted",
        "libbpf: map 'cali_jump': error reusing pinned map",
        "libbpf: map 'cali_jump': failed to create: Operation not permitted(-1)",
        "libbpf: failed to load object '/tmp/calico-tc802504830/from_hep_fib_no_log.o'",
        '2026-11-21 06:00:01.000 [WARNING][56781] felix/bpf_ep_mgr.go 608: Failed to apply policy to interface, will retry error=error loading program error loading object operation not permitted',
      ),
    ),
    found: ['error node node-c on node-c'],
  },
  {
    name: 'a new kernel refuses a program of connect-time load balancing, and Felix stops each time',
    from: 'projectcalico/calico#11302',
    recording: 'v3.32.1-healthy',
    edits: said(
      'node-a',
      printing(
        "libbpf: prog 'calico_sendmsg_v46': BPF program load failed: Invalid argument",
        "libbpf: prog 'calico_sendmsg_v46': -- BEGIN PROG LOAD LOG --",
        'processed 5 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0',
        '-- END PROG LOAD LOG --',
        "libbpf: prog 'calico_sendmsg_v46': failed to load: -22",
        "libbpf: failed to load object '/usr/lib/calico/bpf/connect_balancer_debug_co-re_v46.o'",
        `2026-11-21 06:00:00.000 ${bailsOut} error=error loading /usr/lib/calico/bpf/connect_balancer_debug_co-re_v46.o:error loading program: error loading object invalid argument`,
        'panic: (*logrus.Entry) 0xc0009d69b0',
      ),
    ),
    found: ['error node node-a on node-a'],
  },
  {
    name: 'connect-time load balancing cannot be attached to the cgroup, and Felix stops each time',
    from: 'projectcalico/calico#7252',
    recording: 'v3.30.7-healthy',
    in: 'v3.27 prints it',
    edits: said(
      'node-b',
      printing(
        "libbpf: prog 'calico_connect_v4': failed to attach to cgroup: No such file or directory",
        `2026-11-21 06:00:00.000 ${bailsOut} error=failed to attach program calico_connect_v4: failed to attach calico_connect_v4 to cgroup /run/calico/cgroup (legacy try operation not permitted): no such file or directory`,
        'panic: (*logrus.Entry) 0xc0009d69b0',
      ),
    ),
    found: ['error node node-b on node-b'],
  },
  {
    name: 'Felix cannot read the address of its own host where nodes have IPv6 alone',
    from: 'projectcalico/calico#13110',
    recording: 'v3.32.1-healthy',
    edits: said(
      'node-b',
      logging(
        '[WARNING][106] felix/bpf_ep_mgr.go 827: Cannot parse hostip, no change applied',
        '[WARNING][106] felix/bpf_ep_mgr.go 827: Cannot parse hostip, no change applied',
        '[WARNING][106] felix/bpf_ep_mgr.go 827: Cannot parse hostip, no change applied',
      ),
    ),
    found: ['error node node-b on node-b'],
  },
  {
    name: 'the kernel takes no program on the tunnel of IP in IP',
    from: 'projectcalico/calico#6103',
    recording: 'v3.32.1-healthy',
    in: 'IP in IP',
    edits: said(
      'node-c',
      logging(
        '[INFO][66] felix/bpf_ep_mgr.go 1376: Need to attach program hook="ingress" iface="tunl0" type="tunnel"',
        '[WARNING][66] felix/bpf_ep_mgr.go 646: Failed to apply policy to interface, will retry error=Error attaching tc program invalid argument iface="tunl0"',
      ),
    ),
    found: ['error interface tunl0 on node-c'],
  },
  {
    name: 'calico-node finds no Typha that answers on another host',
    from: 'projectcalico/calico#8404',
    recording: 'v3.30.7-healthy',
    edits: said(
      'node-b',
      logging(
        '[WARNING][22737] felix/sync_client.go 192: Failed to connect to typha endpoint 172.18.0.4:5473.  Will try another if available... error=dial tcp 172.18.0.4:5473: i/o timeout myID=0x1 type=""',
        '[WARNING][22737] felix/sync_client.go 192: Failed to connect to typha endpoint 172.18.0.4:5473.  Will try another if available... error=dial tcp 172.18.0.4:5473: i/o timeout myID=0x1 type=""',
      ),
    ),
    found: ['error node node-b on node-b'],
  },
  {
    name: 'the map of interfaces takes no more, as it is never cleaned',
    from: 'projectcalico/calico#6935',
    recording: 'v3.30.7-healthy',
    in: 'v3.24 prints it',
    edits: said(
      'node-a',
      logging(
        '[WARNING][28344] felix/caching_map.go 246: Error while updating DP map error=argument list too long',
        '[WARNING][28344] felix/bpf_ep_mgr.go 678: Failed to write updates to ifstate BPF map. error=multiple errors while updating dataplane (1)',
      ),
    ),
    found: ['error node node-a on node-a'],
  },
  {
    name: 'Felix starts anew each time the interface of IPVS goes up or down',
    from: 'projectcalico/calico#8929',
    recording: 'v3.32.1-healthy',
    edits: allOf(
      said(
        'node-a',
        logging(
          '[INFO][13926] felix/int_dataplane.go 1347: kube-proxy mode changed. Restart felix. ipvsIfaceState="down" ipvsSupport=false',
        ),
      ),
      { probes: { 'node-a/ip.link': addLink({ ifname: 'kube-ipvs0', linkinfo: { info_kind: 'dummy' } }) } },
    ),
    found: ['warning interface kube-ipvs0 on node-a'],
  },
  {
    name: 'a kube-proxy that the cloud runs as a static pod has the port of Felix',
    from: 'projectcalico/calico#10748',
    recording: 'v3.32.1-healthy',
    edits: allOf(
      { objects: { pods: (pods) => hostPods('kube-proxy-gke-pool')(pods) } },
      printed({
        'felix.log': logging(
          '[ERROR][58] felix/int_dataplane.go 2845: BPF Proxy Healthz server failed, restarting in 1s error=failed to start proxy healthz on :10256: listen tcp :10256: bind: address already in use',
        ),
      }),
    ),
    found: [`error node node-a on ${all}`, `warning node node-a on ${all}`],
  },
];
