/** Faults that Felix tells in its log, in words that have been the same for several versions. */
import { narrowing, type Sought } from '../../text/sought.ts';
import { advise, configure, patchFelix, type Fix, type Severity } from '../finding.ts';

export interface LogPattern extends Sought {
  readonly severity: Severity;
  /** `{name}` stands for the first group of the pattern. */
  readonly title: string;
  readonly fix: Fix;
  /** Whether the first group is an interface; else it is about the node. */
  readonly subject: 'node' | 'interface';
}

export const logPatterns: readonly LogPattern[] = [
  {
    words: ['no Kubernetes client available'],
    pattern: /BPF enabled but no Kubernetes client available/,
    severity: 'error',
    title:
      'Felix on {nodes} has no way to the API server and serves no Services: “no Kubernetes client available”.',
    fix: advise('Give calico-node a way to the API server: see the check “api-server”.'),
    subject: 'node',
  },
  {
    words: ['Failed to mount '],
    pattern: /Failed to mount (?:BPF|cgroup2) filesystem/,
    severity: 'error',
    title: 'calico-node on {nodes} could not mount what eBPF needs (bpffs or cgroup2).',
    fix: advise(
      'The init container mount-bpffs (or ebpf-bootstrap) must be privileged and see the host’s mounts.',
    ),
    subject: 'node',
  },
  {
    words: ["doesn't cover bits"],
    pattern: /doesn't cover bits that are used/,
    severity: 'error',
    title:
      'Felix on {nodes} stops: iptablesMarkMask (or nftablesMarkMask) leaves out mark bits that the BPF programs need.',
    fix: configure('The mask must hold 0x1ff00000.', patchFelix('iptablesMarkMask', 0xffff0000)),
    subject: 'node',
  },
  {
    words: ['Not enough mark bits'],
    pattern: /Not enough mark bits available/,
    severity: 'error',
    title: 'Felix on {nodes} stops: its mark mask has too few bits.',
    fix: configure('Give it more bits.', patchFelix('iptablesMarkMask', 0xffff0000)),
    subject: 'node',
  },
  {
    words: ['Unable to detect kube-proxy'],
    pattern: /Unable to detect kube-proxy nftables mode/,
    severity: 'error',
    title: 'Felix on {nodes} stops: it cannot tell whether kube-proxy uses nftables.',
    fix: configure('Tell it.', patchFelix('nftablesMode', 'Disabled')),
    subject: 'node',
  },
  {
    words: ['Master interface '],
    pattern: /Master interface '([^']+)' ignored/,
    severity: 'warning',
    title:
      'bpfDataIfacePattern matches parts of {name} on {nodes} and not {name} itself, so that it has no programs.',
    fix: configure('Add it to bpfDataIfacePattern.'),
    subject: 'interface',
  },
  {
    words: ['Host endpoint configured for '],
    pattern:
      /Host endpoint configured for ifaceName="?([\w.-]+)"?, but that doesn't match BPFDataIfacePattern/,
    severity: 'warning',
    title:
      'A HostEndpoint is for {name} on {nodes}, which bpfDataIfacePattern does not match: its policies are not enforced.',
    fix: configure('Make bpfDataIfacePattern (or bpfL3IfacePattern) match it.'),
    subject: 'interface',
  },
  {
    words: ['Both BPFConnectTimeLoadBalancing'],
    pattern: /Both BPFConnectTimeLoadBalancing and BPFHostNetworkedNATWithoutCTLB are enabled/,
    severity: 'warning',
    title:
      'Felix on {nodes} ignores bpfHostNetworkedNATWithoutCTLB, since bpfConnectTimeLoadBalancing is Enabled.',
    fix: configure(
      'Choose one: TCP for the first leaves UDP to the second.',
      patchFelix('bpfConnectTimeLoadBalancing', 'TCP'),
    ),
    subject: 'node',
  },
  {
    words: ['services from host'],
    pattern:
      /Host-networked access to services from host networked process won't work properly|Access to \(some\) services from host may not work properly/,
    severity: 'error',
    title:
      'Processes of the host on {nodes} cannot reach Services: connect-time load balancing and its substitute are both off.',
    fix: configure('Enable one of them.', patchFelix('bpfHostNetworkedNATWithoutCTLB', 'Enabled')),
    subject: 'node',
  },
  {
    words: ['ailed to call log filter'],
    pattern: /[Ff]ailed to call log filter/,
    severity: 'information',
    title:
      'Programs on {nodes} cannot call their log filter: its index is an old one. Nothing is lost but log lines.',
    fix: advise('Restart calico-node on the node when it suits.'),
    subject: 'node',
  },
  {
    words: ["Kernel's RPF check"],
    pattern: /Kernel's RPF check is set to 'loose'\.\s+This would allow/,
    severity: 'error',
    title:
      'Felix on {nodes} stops: the kernel’s reverse-path filter is loose for all interfaces (net.ipv4.conf.all.rp_filter is 2), so that pods could send with the addresses of others.',
    fix: configure(
      'Set it to 0 or 1 (in sysctl.d, too), or tell Felix to go on all the same.',
      'sysctl -w net.ipv4.conf.all.rp_filter=1',
      patchFelix('ignoreLooseRPF', true),
    ),
    subject: 'node',
  },
  {
    words: ['Failed to set /proc/sys/', 'Failed to  set /proc/sys/'],
    pattern: /Failed to {1,2}set \/proc\/sys\/net\/ipv4\/conf\/([\w.-]+)\/rp_filter/,
    severity: 'warning',
    title:
      'Felix could not set the reverse-path filter of {name} on {nodes}: a strict one drops packets that Calico’s programs have redirected.',
    fix: advise(
      'calico-node must be privileged and see the host’s /proc/sys; until then set it by hand.',
      'sysctl -w net.ipv4.conf.all.rp_filter=0',
    ),
    subject: 'interface',
  },
  {
    words: ['either IPForwarding must be enabled'],
    pattern: /either IPForwarding must be enabled or BPFEnforceRPF must be disabled/,
    severity: 'warning',
    title:
      'Felix on {nodes} does not leave forwarding alone though ipForwarding is Disabled: bpfEnforceRPF needs it, so that Felix forces it on.',
    fix: configure('Change one of the two.', patchFelix('bpfEnforceRPF', 'Disabled')),
    subject: 'node',
  },
  {
    words: ['failed to attach connect-time load balancer'],
    // Where the kernel has refused the program, that is told of it.
    pattern: /failed to attach connect-time load balancer, bailing out(?!.*error loading)/,
    severity: 'error',
    title:
      'Felix on {nodes} stops each time it starts: it cannot attach connect-time load balancing to the cgroup.',
    fix: configure(
      'See whether /run/calico/cgroup is a cgroup2 mount that calico-node may write to (Talos and others need CALICO_CGROUP_PATH), or do without.',
      patchFelix('bpfConnectTimeLoadBalancing', 'Disabled'),
      patchFelix('bpfHostNetworkedNATWithoutCTLB', 'Enabled'),
    ),
    subject: 'node',
  },
  {
    words: ['Failed to write updates to ifstate'],
    pattern: /Failed to write updates to ifstate BPF map/,
    severity: 'error',
    title:
      'Felix on {nodes} cannot write to the map of interfaces: it is full (“argument list too long”), and interfaces that come get no policy.',
    fix: configure(
      'Make the map larger. Before v3.25 it is never cleaned, so that it fills up again until calico-node is restarted.',
      patchFelix('bpfMapSizeIfState', 5000),
    ),
    subject: 'node',
  },
  {
    words: ['Cannot parse hostip'],
    pattern: /Cannot parse hostip, no change applied/,
    severity: 'error',
    title:
      'Felix on {nodes} cannot read the address of its own host, and does not program interfaces with it: nodes with IPv6 alone meet this in some versions.',
    fix: advise(
      'Update Calico. See the address that Calico has of the node, too.',
      'kubectl get nodes -o yaml | grep projectcalico.org/IPv',
    ),
    subject: 'node',
  },
  {
    // Without the bracket that every line has: it is looked for first, and far more often.
    words: ['PANIC]', 'FATAL]', 'panic: '],
    pattern: /(?:\[(?:PANIC|FATAL)\](?!.*Host has been)(?!.*attach connect-time)|^panic: (?!\(\*logrus))/m,
    severity: 'error',
    title: 'Felix on {nodes} has stopped with a fatal error.',
    fix: advise('The line says why; it starts anew by itself and meets the same again.'),
    subject: 'node',
  },
];

/** Those that a log may show. */
export const logPatternsIn = narrowing(logPatterns);
