/** The same cluster as other versions of Calico print it: they differ in names of maps, forms of lines and defaults. */
import { all, printed, type Healthy } from './healthy.ts';
import type { Edits } from '../../core/diagnose/recorded.ts';

type TextEdit = (text: string) => string;

function version(to: string): Edits {
  return {
    everywhere: (text) =>
      text
        .replaceAll('calico/node:v3.30.7', `calico/node:${to}`)
        .replaceAll('"calicoVersion":"v3.30.7"', `"calicoVersion":"${to}"`),
    probes: { '*/version': (text) => text.replaceAll('v3.30.7', to) },
  };
}

/** A table of counters without the rows that came later. */
function counters(...later: readonly string[]): TextEdit {
  return (text) =>
    later.reduce(
      (known, row) =>
        known.replaceAll(
          new RegExp(`\\|[^|\\n]*\\| ${row}[^|]*\\|[^\\n]*\\n(?:\\| {10}\\|[^|]*\\| {9}\\|[^\\n]*\\n)?`, 'g'),
          (line) => (/^\| (Dropped|Accepted|Other|Redirect) /.test(line) ? line : ''),
        ),
      text,
    );
}

const ifstateOf326: TextEdit = (text) =>
  text
    .replaceAll('v4Ready,', 'ready,')
    .replaceAll(/(?:host|vxlan|notmanaged),(?= XDP| name|ready)/g, '')
    .replaceAll(/ XDPPolicyV4.*, name:/g, ' name:');

const ifstateOf327: TextEdit = (text) =>
  text
    .replaceAll('v4Ready,', 'ready,')
    .replaceAll(/(?:host|vxlan),(?= (?:XDP|name))/g, '')
    .replaceAll(
      / XDPPolicyV4: (\S+), IngressPolicyV4: (\S+), EgressPolicyV4: (\S+), .*IngressFilter/g,
      ' XDPPolicy: $1, IngressPolicy: $2, EgressPolicy: $3, IngressFilter',
    );

const rawOf326: TextEdit = (text) =>
  text
    .replaceAll(/Entry\{Type:(\d), LastSeen:(\d+)/g, 'Entry{Type:$1, Created:$2, LastSeen:$2')
    .replaceAll(/ Workload:(?:true|false)/g, '')
    .replaceAll(/ Active ago/g, ' Age: 1m2.5s Active ago')
    .replaceAll(/ RESET$/gm, ' ESTABLISHED');

const maps = (...names: readonly (readonly [string, string])[]): Edits => {
  const edit: TextEdit = (text) => names.reduce((known, [from, to]) => known.replaceAll(from, to), text);
  return printed({ 'bpftool.map': edit, bpffs: edit });
};

const before330: Edits = printed({
  'conntrack.stats': () =>
    'Manipulates connection tracking\n\nUsage:\n  calico-bpf conntrack [command]\n\nAvailable Commands:\n  clean\n  dump\n',
});

const oldPattern = String.raw`^((en|wl|ww|sl|ib)[Popsx].*|(eth|wlan|wwan).*|tunl0$|vxlan.calico$|wireguard.cali$|wg-v6.cali$)`;

/** Rows of counters that came with v3.30. */
const newCounters = ['failed to create conntrack', 'NAT source collision', 'packets hitting NAT source'];

/** What the releases before v3.28 have in common. */
function before328(to: string, { ifstate, iface, counted = [] }: OldRelease): Edits {
  return all(
    version(to),
    before330,
    { answeredBy: { 'conntrack.dump': 'conntrack.dump.raw' }, everywhere: ifstate },
    printed({ 'conntrack.dump': rawOf326, 'counters.dump': counters(...newCounters, ...counted) }),
    maps(['cali_counters3', 'cali_counters2'], ['cali_iface4', iface], ['cali_jump3', 'cali_jump2']),
  );
}

interface OldRelease {
  readonly ifstate: TextEdit;
  readonly iface: string;
  /** Rows of counters that came later besides. */
  readonly counted?: readonly string[];
}

export const releases: readonly Healthy[] = [
  {
    name: 'v3.28 prints it',
    recordings: /v3\.30\.7-healthy/,
    edits: all(
      version('v3.28.5'),
      before330,
      printed({
        'conntrack.dump': (text) =>
          text.replaceAll(/ {2}Active ago/g, '  Age: 1m2.5s Active ago').replaceAll(/ RESET$/gm, ' CLOSED'),
        'counters.dump': counters(...newCounters),
        'felix.log': (text) => text.replaceAll(/BPFConntrackCleanupMode:"\w+", |BPFProfiling:"\w+", /g, ''),
      }),
      maps(['cali_counters3', 'cali_counters2'], ['cali_ctlb_conn', 'cali_ctlb_progs']),
    ),
  },
  {
    name: 'v3.27 prints it',
    recordings: /v3\.30\.7-healthy/,
    edits: before328('v3.27.5', { ifstate: ifstateOf327, iface: 'cali_iface3' }),
  },
  {
    name: 'v3.26 prints it',
    recordings: /v3\.30\.7-healthy/,
    edits: all(
      before328('v3.26.5', {
        ifstate: ifstateOf326,
        iface: 'cali_iface2',
        counted: ['packets hitting blackhole'],
      }),
      printed({
        'nat.dump': (text) => text.replaceAll(/^.*count -1.*\n/gm, ''),
        'felix.log': (text) =>
          text
            .replaceAll(
              /BPFConnectTimeLoadBalancing:"TCP", BPFHostNetworkedNATWithoutCTLB:"Enabled"/g,
              'BPFConnectTimeLoadBalancingEnabled:true',
            )
            .replaceAll(/BPFDataIfacePattern":"[^"]*"/g, `BPFDataIfacePattern":"${oldPattern}"`),
      }),
    ),
  },
];
