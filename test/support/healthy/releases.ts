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
        'counters.dump': counters(
          'failed to create conntrack',
          'NAT source collision',
          'packets hitting NAT source',
        ),
        'felix.log': (text) => text.replaceAll(/BPFConntrackCleanupMode:"\w+", |BPFProfiling:"\w+", /g, ''),
      }),
      maps(['cali_counters3', 'cali_counters2'], ['cali_ctlb_conn', 'cali_ctlb_progs']),
    ),
  },
  {
    name: 'v3.27 prints it',
    recordings: /v3\.30\.7-healthy/,
    edits: all(
      version('v3.27.5'),
      before330,
      { answeredBy: { 'conntrack.dump': 'conntrack.dump.raw' }, everywhere: ifstateOf327 },
      printed({
        'conntrack.dump': rawOf326,
        'counters.dump': counters(
          'failed to create conntrack',
          'NAT source collision',
          'packets hitting NAT source',
        ),
      }),
      maps(
        ['cali_counters3', 'cali_counters2'],
        ['cali_iface4', 'cali_iface3'],
        ['cali_jump3', 'cali_jump2'],
      ),
    ),
  },
  {
    name: 'v3.26 prints it',
    recordings: /v3\.30\.7-healthy/,
    edits: all(
      version('v3.26.5'),
      before330,
      { answeredBy: { 'conntrack.dump': 'conntrack.dump.raw' }, everywhere: ifstateOf326 },
      printed({
        'conntrack.dump': rawOf326,
        'counters.dump': counters(
          'failed to create conntrack',
          'NAT source collision',
          'packets hitting NAT source',
          'packets hitting blackhole',
        ),
        'nat.dump': (text) =>
          text
            .replaceAll(/^.*count -1.*\n/gm, '')
            .replaceAll(/^192\.0\.2\..*\n(?:\t.*\n)*/gm, (block) => block),
        'felix.log': (text) =>
          text
            .replaceAll(
              /BPFConnectTimeLoadBalancing:"TCP", BPFHostNetworkedNATWithoutCTLB:"Enabled"/g,
              'BPFConnectTimeLoadBalancingEnabled:true',
            )
            .replaceAll(/BPFDataIfacePattern":"[^"]*"/g, `BPFDataIfacePattern":"${oldPattern}"`),
      }),
      maps(
        ['cali_counters3', 'cali_counters2'],
        ['cali_iface4', 'cali_iface2'],
        ['cali_jump3', 'cali_jump2'],
      ),
    ),
  },
];
