/** The same cluster as other versions of Calico print it: they differ in names of maps, forms of lines and defaults. */
import { all, printed, withoutInterface, type Healthy } from './healthy.ts';
import type { Edits } from '../edited.ts';

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

/** What the tool prints of a subcommand that it does not have: the help of what stands before it. */
const help: TextEdit = () => 'Usage:\n  calico-node -bpf [command]\n\nAvailable Commands:\n';

/** The table of v3.24, which has no column for XDP. */
const withoutXdp: TextEdit = (text) => text.replaceAll(/^([|+].*[|+])[^|+\n]+[|+]$/gm, '$1');

const rawOf324: TextEdit = (text) => rawOf326(text).replaceAll('Approved:', 'Whitelisted:');

const rawOf323: TextEdit = (text) =>
  rawOf324(text)
    .replaceAll(/Bytes:\d+ Packets:\d+ /g, '')
    .replaceAll(/ OrigSrc:\S+/g, '');

/** Programs as they were called before one preamble stood before all of them. */
const oldPrograms: Edits = printed({
  'bpftool.net': (text) => text.replaceAll('cali_tc_preambl:', 'calico_from_hos:'),
});

/** What came with the releases from v3.24 on: interfaces for host NAT, and dumps. */
const before324: Edits = all(
  withoutInterface('bpfin.cali'),
  withoutInterface('bpfout.cali'),
  printed({
    'ifstate.dump': help,
    'counters.dump': help,
    'nat.aff': (text) => text.trimEnd().replaceAll('\n', '').concat('\n'),
  }),
  maps(['cali_v4_ct3', 'cali_v4_ct2']),
);

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
  {
    name: 'v3.24 prints it',
    recordings: /v3\.30\.7-healthy/,
    edits: all(
      before328('v3.24.5', {
        ifstate: ifstateOf326,
        iface: 'cali_iface2',
        counted: ['packets hitting blackhole'],
      }),
      oldPrograms,
      printed({
        'counters.dump': withoutXdp,
        'conntrack.dump': rawOf324,
        'nat.dump': (text) => text.replaceAll(/^.*count -1.*\n/gm, ''),
      }),
    ),
  },
  {
    name: 'v3.23 prints it',
    recordings: /v3\.30\.7-healthy/,
    edits: all(
      before328('v3.23.5', { ifstate: (text) => text, iface: 'cali_iface2' }),
      oldPrograms,
      before324,
      printed({
        'conntrack.dump': rawOf323,
        'nat.dump': (text) => text.replaceAll(/^.*count -1.*\n/gm, ''),
      }),
    ),
  },
];
