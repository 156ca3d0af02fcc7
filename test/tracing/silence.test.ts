import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printed, printedText } from '../../src/core/text/printed.ts';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { silenceReasons } from '../../src/tracing/silence.ts';
import { openSample } from '../support/sample.ts';

const sample = await openSample();
const { signal } = new AbortController();
const { text: log } = await sample.text({ node: 'node-a', probe: 'felix.log' }, signal);

interface Case {
  readonly log?: string | undefined;
  /** What the kernel says of lockdown; nothing where that cannot be had. */
  readonly kernel?: string;
  readonly isOff?: boolean;
  readonly expression?: string;
  /** How many packets pass while it is watched; nothing where the counters cannot be had. */
  readonly passed?: number;
}

const counters = await sample.cluster.probe({ node: 'node-a', probe: 'counters.dump' }, signal);
const countersText = await printedText(counters.stdout);
assert.match(countersText, /389 \|    185/);

/** What is said of a node with such a log. */
async function reasons({ log, kernel, isOff = false, expression, passed }: Case): Promise<string> {
  const nodes = await sample.nodes(signal);
  let asks = 0;
  const asked = {
    nodes: async () =>
      nodes.map((node) =>
        isOff
          ? { ...node, ebpf: { state: 'off' as const, why: 'bpfEnabled is false.', source: 'felix-log' } }
          : node,
      ) as typeof nodes,
    text: async ({ probe }: { readonly probe: string }) => {
      const text = { 'felix.log': log, 'sysctl.bpf': kernel }[probe];
      if (text === undefined) throw new ClusterError('forbidden', 'Not allowed.');
      return { text, truncated: false } as Awaited<ReturnType<typeof sample.text>>;
    },
    cluster: {
      probe: async () => {
        if (passed === undefined) throw new ClusterError('forbidden', 'Not allowed.');
        const text = countersText.replace('389 |    185', `${389 + passed * asks++} |    185`);
        return { ...counters, stdout: printed(new TextEncoder().encode(text)) };
      },
    },
  };
  return (await silenceReasons(asked, 'node-a', expression, 0)).join('\n');
}

const atInfo = log
  .replace(/BPFLogLevel:"?\w+"?/g, 'BPFLogLevel:"Info"')
  .replace(/BPFLogLevel":"\w+"/g, 'BPFLogLevel":"Info"');

const lockdownFile = '/proc/sys/net/core/bpf_jit_limit:264241152\n/sys/kernel/security/lockdown';
const locked = `${lockdownFile}:none integrity [confidentiality]\n`;
const unlocked = `${lockdownFile}:[none] integrity confidentiality\n`;

test('a node without eBPF prints no trace', async () => {
  assert.match(await reasons({ log, isOff: true }), /eBPF is off on node-a\. bpfEnabled is false/);
});

test('a node whose Felix did not start with Debug prints none', async () => {
  assert.notEqual(atInfo, log);
  assert.match(await reasons({ log: atInfo }), /Felix on node-a started with bpfLogLevel Info/);
});

test('lockdown of the kernel is named where Felix speaks of it', async () => {
  const words = 'Kernel lockdown mode is confidentiality, loading BPF programs without logging.';
  assert.match(await reasons({ log: `${log}\n${words}\n` }), /kernel of node-a is in lockdown/);
});

test('a filter that nothing matches is named, with what VXLAN hides from it', async () => {
  const said = await reasons({ log, expression: 'host 10.9.9.9' });
  assert.match(said, /no packet on node-a matches “host 10\.9\.9\.9”, or somebody else reads the trace/);
  assert.match(said, /outer header of VXLAN/);
});

test('a filter that is set already is named', async () => {
  const set = log.replace('map[string]string(nil)', 'map[string]string{"all":"tcp port 81"}');
  assert.match(await reasons({ log: set }), /matches “\{"all":"tcp port 81"\}”/);
});

test('without traffic, or with another reader, there is nothing, and it is said that nobody knows which', async () => {
  const said = await reasons({ log });
  assert.match(said, /no packet has passed node-a’s BPF programs, or somebody else reads the trace/);
});

test('what the counters count meanwhile tells no traffic from another reader', async () => {
  assert.match(await reasons({ log, passed: 0 }), /comes yet: no packet passed node-a’s BPF programs while/);
  assert.match(await reasons({ log, passed: 12 }), /12 packets passed .*, or somebody else reads the trace/);
  const said = await reasons({ log, passed: 12, expression: 'host 10.9.9.9' });
  assert.match(said, /12 packets passed .*: no packet on node-a matches “host 10\.9\.9\.9”/);
});

test('lockdown is named where the kernel itself tells of it', async () => {
  assert.match(await reasons({ log, kernel: locked }), /The kernel of node-a is in lockdown/);
});

test('where the log of Felix may not be read, there still is a reason', async () => {
  assert.match(await reasons({}), /Nothing comes yet/);
});

/** The reasons, by what they say. */
const words = {
  off: /eBPF is off/,
  debug: /started with bpfLogLevel/,
  lockdown: /is in lockdown/,
  filter: /matches “/,
  traffic: /no packet (?:has )?passed/,
  reader: /somebody else reads the trace/,
};

interface Situation extends Case {
  readonly title: string;
  readonly says: readonly (keyof typeof words)[];
}

const named = `${log}\nfelix/active_rules_calculator.go 12: Policy updated name=prod/lockdown-egress\n`;
const withFilter = log.replace('map[string]string(nil)', 'map[string]string{"all":"tcp port 81"}');
const expression = 'host 10.9.9.9';

const situations: readonly Situation[] = [
  { title: 'eBPF is off', log, kernel: unlocked, isOff: true, says: ['off'] },
  {
    title: 'eBPF is off, whatever else',
    log: atInfo,
    kernel: locked,
    isOff: true,
    expression,
    says: ['off'],
  },
  { title: 'no Debug', log: atInfo, kernel: unlocked, says: ['debug'] },
  { title: 'no Debug, with a filter, traffic', log: atInfo, expression, passed: 9, says: ['debug'] },
  { title: 'lockdown', log, kernel: locked, says: ['lockdown'] },
  { title: 'lockdown, a filter, no traffic', log, kernel: locked, expression, passed: 0, says: ['lockdown'] },
  { title: 'no Debug in lockdown', log: atInfo, kernel: locked, says: ['debug', 'lockdown'] },
  {
    title: 'lockdown of integrity alone',
    log,
    kernel: locked.replace('integrity [', '[integrity] ').replace('y]', 'y'),
    passed: 0,
    says: ['traffic'],
  },
  { title: 'a policy with the name lockdown', log: named, passed: 0, says: ['traffic'] },
  {
    title: 'Felix speaks of lockdown, the kernel of none',
    log: `${log}\nlockdown=confidentiality\n`,
    kernel: unlocked,
    passed: 0,
    says: ['traffic'],
  },
  {
    title: 'the filter matches nothing, or another reader',
    log,
    kernel: unlocked,
    expression,
    passed: 9,
    says: ['filter', 'reader'],
  },
  { title: 'the filter of before', log: withFilter, kernel: unlocked, passed: 9, says: ['filter', 'reader'] },
  { title: 'a filter without counters', log, kernel: unlocked, expression, says: ['filter', 'reader'] },
  { title: 'no traffic', log, kernel: unlocked, passed: 0, says: ['traffic'] },
  { title: 'no traffic for the filter', log, kernel: unlocked, expression, passed: 0, says: ['traffic'] },
  { title: 'no filter, but traffic', log, kernel: unlocked, passed: 9, says: ['reader'] },
  { title: 'nothing can be found out but the level', log, says: ['traffic', 'reader'] },
  { title: 'nothing can be found out', says: ['traffic', 'reader'] },
];

for (const { title, says, ...situation } of situations) {
  test(`says what is so, and nothing that is not: ${title}`, async () => {
    const said = await reasons(situation);
    const found = Object.entries(words).flatMap(([name, pattern]) => (pattern.test(said) ? [name] : []));
    assert.deepEqual(found, says, said);
  });
}
