import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterError } from '../../src/cluster/cluster.ts';
import { silenceReasons } from '../../src/tracing/silence.ts';
import { openSample } from '../support/sample.ts';

const sample = await openSample();
const { signal } = new AbortController();
const { text: log } = await sample.text({ node: 'node-a', probe: 'felix.log' }, signal);

interface Case {
  readonly log?: string | undefined;
  readonly isOff?: boolean;
  readonly expression?: string;
  /** How many packets pass while it is watched; nothing where the counters cannot be had. */
  readonly passed?: number;
}

const counters = await sample.cluster.probe({ node: 'node-a', probe: 'counters.dump' }, signal);
const countersText = new TextDecoder().decode(counters.stdout);
assert.match(countersText, /389 \|    185/);

/** What is said of a node with such a log. */
async function reasons({ log, isOff = false, expression, passed }: Case): Promise<string> {
  const nodes = await sample.nodes(signal);
  let asks = 0;
  const asked = {
    nodes: async () =>
      nodes.map((node) =>
        isOff
          ? { ...node, ebpf: { state: 'off' as const, why: 'bpfEnabled is false.', source: 'felix-log' } }
          : node,
      ) as typeof nodes,
    text: async () => {
      if (log === undefined) throw new ClusterError('forbidden', 'Not allowed.');
      return { text: log, truncated: false } as Awaited<ReturnType<typeof sample.text>>;
    },
    cluster: {
      probe: async () => {
        if (passed === undefined) throw new ClusterError('forbidden', 'Not allowed.');
        const text = countersText.replace('389 |    185', `${389 + passed * asks++} |    185`);
        return { ...counters, stdout: new TextEncoder().encode(text) };
      },
    },
  };
  return (await silenceReasons(asked, 'node-a', expression, 0)).join('\n');
}

const atInfo = log
  .replace(/BPFLogLevel:"?\w+"?/g, 'BPFLogLevel:"Info"')
  .replace(/BPFLogLevel":"\w+"/g, 'BPFLogLevel":"Info"');

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
  const kernel = '/sys/kernel/security/lockdown none integrity [confidentiality]';
  assert.match(await reasons({ log: kernel }), /The kernel of node-a is in lockdown/);
});

test('where the log of Felix may not be read, there still is a reason', async () => {
  assert.match(await reasons({}), /Nothing comes yet/);
});
