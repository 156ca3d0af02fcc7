import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArpJson } from '../../../src/core/dump/arp.ts';
import { parseConntrackJson } from '../../../src/core/dump/conntrackJson.ts';
import { parseCountersJson } from '../../../src/core/dump/counters.ts';
import type { Dump } from '../../../src/core/dump/dump.ts';
import { parseIfStateJson } from '../../../src/core/dump/ifstate.ts';
import { parseIpSetsJson } from '../../../src/core/dump/ipsets.ts';
import { parseMaglevJson } from '../../../src/core/dump/maglev.ts';
import { parseNatAffinityJson } from '../../../src/core/dump/natAffinity.ts';
import { parseNat } from '../../../src/core/dump/nat.ts';
import { readDump } from '../../../src/core/dump/readers.ts';
import { parseRoutes } from '../../../src/core/dump/routes.ts';
import { recordedOutputs, recordingNames } from '../../support/recordings.ts';
import { checkProblems } from './checkProblems.ts';

/** The entries, which must have been read without a problem. */
function entriesOf<T>({ entries, problems }: Dump<T>): readonly T[] {
  assert.deepEqual(problems, []);
  return entries;
}

test('null, an empty list and nothing at all hold no entries', () => {
  for (const text of ['null\n', '[]\n', '']) {
    assert.deepEqual(parseRoutes(text), { entries: [], spans: [], problems: [] });
  }
});

test('compact JSON is read like indented JSON', () => {
  const text =
    '[{"dest":"10.65.0.2/32","flags":["local","workload"],"ifindex":7},{"dest":"10.65.1.0/26","flags":["remote"],"next_hop":"172.17.0.7"}]';
  const entries = entriesOf(parseRoutes(text));
  assert.deepEqual(entriesOf(parseRoutes(JSON.stringify(JSON.parse(text), undefined, 2))), entries);
  assert.deepEqual(
    entriesOf(parseRoutes('10.65.0.2/32: local workload idx 7\n10.65.1.0/26: remote nh 172.17.0.7\n')),
    entries,
  );
});

test('an entry stands where its object does', () => {
  const text = '[\n  {\n    "dest": "10.65.0.2/32",\n    "flags": ["local"]\n  }\n]\n';
  const [span] = parseRoutes(text).spans;
  assert.equal(
    text.slice(span?.start, span?.end).replaceAll(/\s/g, ''),
    '{"dest":"10.65.0.2/32","flags":["local"]}',
  );
});

test('what is not of its form is reported where it stands, and reading goes on', () => {
  checkProblems(
    parseRoutes,
    `
[
  {
    "dest": "10.65.0.300/32",
            ^^^^^^^^^^^^^^^^ expected a CIDR
    "flags": [
      "local",
      "hots"
      ^^^^^^ expected a route flag
    ],
    "metric": 4
              ^ unknown field “metric”
  },
  {
  ^ expected a field “dest”: a CIDR
    "flags": null
  }
]`,
  );
});

test('a broken object leaves the others', () => {
  const broken = `
[
  {
    "ifindex": 2,
    "ip": 10.0.0.1,
    "src_mac": "52:54:00:aa:bb:01"
  },
  {
    "ifindex": 3,
    "ip": "10.0.0.2",
    "src_mac": "52:54:00:aa:bb:01",
    "dst_mac": "52:54:00:aa:bb:02"
  }
]`;
  checkProblems(
    parseArpJson,
    broken.replace('10.0.0.1,\n', '10.0.0.1,\n    ^^^^^^^^^^^^^^^ expected JSON\n'),
  );
  assert.deepEqual(
    parseArpJson(broken).entries.map(({ ifIndex }) => ifIndex),
    [3],
  );
});

test('JSON that ends early is told from JSON that is wrong', () => {
  const whole = '[\n  {\n    "dest": "10.65.0.2/32",\n    "flags": []\n  }\n]\n';
  const codes = (text: string) => parseRoutes(text).problems.map(({ code }) => code);
  assert.deepEqual(codes(whole), []);
  assert.deepEqual(codes(whole.slice(0, 20)), ['truncated']);
  assert.deepEqual(codes(whole.slice(0, -3)), ['truncated']);
  assert.deepEqual(codes('[\n  7\n]\n'), ['expected']);
});

test('JSON of another dump, or of Kubernetes, is named as such', () => {
  const messages = (text: string) => parseNat(text).problems.map(({ message }) => message);
  assert.deepEqual(messages('[\n  {\n    "dest": "10.65.0.2/32",\n    "flags": []\n  }\n]\n'), [
    'This is no NAT dump: it is a routes dump as JSON.',
  ]);
  assert.deepEqual(messages('{"apiVersion":"v1","kind":"List","items":[]}'), [
    'This is no NAT dump: it is an object of Kubernetes.',
  ]);
});

test('NAT: flat and grouped by service give the entries of the text', () => {
  const text =
    '203.0.113.7 port 443 proto 6 id 12 count 2 local 1 flags external-local, maglev src 198.51.100.0/24\n' +
    '\t12:0\t 10.65.0.31:8443\n\t12:1\t is missing\n203.0.113.7 port 443 proto 6 id 12 count -1 local 0\n';
  const refusing = '"addr":"203.0.113.7","port":443,"proto":6,"id":12,"count":-1,"local":0';
  const allowing =
    '"addr":"203.0.113.7","port":443,"proto":6,"src_cidr":"198.51.100.0/24","id":12,"count":2,"local":1,"flags":"external-local, maglev"';
  const backends = '[{"addr":"10.65.0.31","port":8443},{"addr":"missing","port":0}]';
  const entries = entriesOf(parseNat(text));
  assert.deepEqual(
    entriesOf(
      parseNat(
        `[{"frontend":{${allowing}},"backends":${backends}},{"frontend":{${refusing}},"backends":null}]`,
      ),
    ),
    entries,
  );
  assert.deepEqual(
    entriesOf(parseNat(`[{"id":12,"frontends":[{${allowing}},{${refusing}}],"backends":${backends}}]`)),
    entries,
  );
});

test('affinity and Maglev name their backends', () => {
  const affinity =
    '[{"client_ip":"0.0.0.0","proto":6,"addr":"10.96.4.7","port":80,"backend":{"addr":"10.65.1.9","port":8080},"timestamp":"19m54.5s"}]';
  assert.deepEqual(entriesOf(parseNatAffinityJson(affinity)), [
    {
      client: '0.0.0.0',
      protocol: 6,
      frontend: { address: '10.96.4.7', port: 80 },
      backend: { address: '10.65.1.9', port: 8080 },
      sinceBoot: 1_194_500_000_000,
    },
  ]);
  const maglev = '[{"svc_id":12,"ordinal":2,"addr":"fd00:65::9","port":53}]';
  assert.deepEqual(entriesOf(parseMaglevJson(maglev)), [
    { serviceId: 12, ordinal: 2, backend: { address: 'fd00:65::9', port: 53 } },
  ]);
});

test('counters stand one object after another; what exceeds a double is exact', () => {
  const table = (name: string, count: string) =>
    `{\n  "interface": "${name}",\n  "counters": [\n    {\n      "category": "Dropped",\n      "type": "by policy",\n      "ingress": ${count},\n      "egress": 0,\n      "xdp": null\n    }\n  ]\n}\n`;
  const entries = entriesOf(parseCountersJson(table('lo', '7') + table('eth0', '18446744073709551615')));
  assert.deepEqual(
    entries.map(({ interface: name, counters }) => [name, counters[0]?.ingress, counters[0]?.xdp]),
    [
      ['lo', 7n, undefined],
      ['eth0', 18_446_744_073_709_551_615n, undefined],
    ],
  );
});

test('conntrack: a service connection says where it was opened to, and who forwards it', () => {
  const [entry] = entriesOf(
    parseConntrackJson(
      '[{"type":"nat","proto":"TCP","src":"[fd00::2]:43562","dst":"10.65.1.9:8080","orig_dst":"10.96.4.7:80","tunnel_ip":"192.168.5.21","orig_src_port":40000,"flags":null,"active_ago":"1.2s","tcp_state":"ESTABLISHED"}]',
    ),
  );
  assert.deepEqual(entry, {
    kind: 'connection',
    protocol: 'TCP',
    source: { address: 'fd00::2', port: 43_562 },
    service: { address: '10.96.4.7', port: 80 },
    destination: { address: '10.65.1.9', port: 8080 },
    forwarder: '192.168.5.21',
    originalSourcePort: 40_000,
    age: undefined,
    idle: 1_200_000_000,
    state: 'ESTABLISHED',
    flags: [],
  });
});

test('conntrack: a raw entry leads to its other half, and its own TCP state means nothing', () => {
  const [entry] = entriesOf(
    parseConntrackJson(
      '[{"proto":"TCP","addr_a":"10.65.0.2","port_a":34567,"addr_b":"10.96.0.10","port_b":53,"type":"nat-forward","flags":["B-A"],"active_ago":"2.5s","tcp_state":"CLOSED","rev_proto":"TCP","rev_addr_a":"10.65.0.2","rev_port_a":34567,"rev_addr_b":"10.65.1.9","rev_port_b":53}]',
    ),
  );
  assert.ok(entry?.kind === 'raw');
  assert.deepEqual(
    [entry.type, entry.protocol, entry.state, entry.flags],
    ['nat-forward', 6, undefined, ['B-A']],
  );
  assert.deepEqual(entry.reverse?.b, { address: '10.65.1.9', port: 53 });
});

test('IP sets and interfaces: members and flags that are not known are reported', () => {
  checkProblems(
    parseIpSetsJson,
    `
[{"set_id": "0x9b", "members": ["10.65.0.2/32", "10.65.1.9:8080 (proto 6)", "pod"]}]
                                                                            ^^^^^ expected a CIDR, or an address with a port and “(proto n)”`,
  );
  checkProblems(
    parseIfStateJson,
    `
[{"ifindex": 3, "name": "eth0", "flags": ["host", "quick"], "ingress_policy_v4": -1}]
                                                  ^^^^^^^ unknown interface flag “quick”`,
  );
});

/** What lasts from one command to the next, in an order of its own. */
const stable = [
  'arp.dump',
  'ifstate.dump',
  'ipsets.dump',
  'nat.dump',
  'nat.maglev',
  'routes.dump',
  'version',
];

for (const recording of recordingNames) {
  test(`text and JSON of ${recording} say the same`, async () => {
    const outputs = (await recordedOutputs(recording)).filter(({ stream }) => stream === 'out');
    let compared = 0;
    for (const { node, probe, text } of outputs) {
      if (!stable.some((start) => probe.startsWith(start)) || /\.(?:json|grouped)/.test(probe)) continue;
      const json = outputs.find((other) => other.node === node && other.probe === `${probe}.json`);
      if (json === undefined || text === '') continue;
      compared++;
      assert.deepEqual(comparable(probe, json.text), comparable(probe, text), `${node} ${probe}`);
    }
    assert.ok(compared > 10 || recording.startsWith('v3.30'), `${compared} were compared`);
  });
}

test('conntrack: what lives through both commands is the same connection in both forms', async () => {
  let same = 0;
  let whole = 0;
  for (const recording of ['v3.32.1-healthy', 'v3.32.1-dual-stack', 'master-healthy']) {
    const outputs = (await recordedOutputs(recording)).filter(({ stream }) => stream === 'out');
    for (const { node, probe, text } of outputs) {
      if (!/^conntrack\.dump(?:\.raw)?(?:\.v6)?$/.test(probe)) continue;
      const json = outputs.find((other) => other.node === node && other.probe === `${probe}.json`);
      if (json === undefined) continue;
      const inText = new Set(lasting(text));
      const inJson = lasting(json.text);
      whole += inJson.length;
      same += inJson.filter((entry) => inText.has(entry)).length;
    }
  }
  assert.ok(whole > 300 && same > whole * 0.9, `${same} of ${whole} are the same`);
});

/** Conntrack entries without what changes with every packet, and what only one form says. */
function lasting(text: string): readonly string[] {
  const dump = readDump('conntrack.dump', text);
  assert.ok(dump !== undefined);
  const changing = [
    'created',
    'lastSeen',
    'legs',
    'original',
    'idle',
    'state',
    'flags',
    'flagBits',
    'natSourcePort',
  ];
  return entriesOf(dump).map((entry) =>
    JSON.stringify(entry, (key, value: unknown) => (changing.includes(key) ? undefined : value)),
  );
}

test('NAT: grouped by service gives the same frontends as the flat list', async () => {
  const outputs = (await recordedOutputs('v3.32.1-dual-stack')).filter(({ stream }) => stream === 'out');
  const find = (node: string, probe: string) =>
    outputs.find((other) => other.node === node && other.probe === probe)?.text ?? '';
  for (const node of ['node-a', 'node-b', 'node-c']) {
    const flat = comparable('nat.dump', find(node, 'nat.dump'));
    assert.deepEqual(comparable('nat.dump', find(node, 'nat.dump.grouped.json')), flat);
    // There the text hides which frontends refuse: it prints the service's count.
    const allowing = (entries: readonly string[]) => entries.filter((entry) => !entry.includes('"192.0.2.'));
    assert.deepEqual(allowing(comparable('nat.dump', find(node, 'nat.dump.grouped'))), allowing(flat));
  }
});

function comparable(probe: string, text: string): readonly string[] {
  const dump = readDump(probe, text);
  assert.ok(dump !== undefined);
  // Only JSON tells that a route leads through VXLAN; flags come in any order.
  const plain = (key: string, value: unknown) => {
    if (key !== 'flags' || !Array.isArray(value)) return value;
    const flags = (value as string[]).filter((flag) => flag !== 'vxlan' || probe !== 'routes.dump');
    return flags.toSorted((one, other) => one.localeCompare(other));
  };
  return entriesOf(dump)
    .map((entry) => JSON.stringify(entry, plain))
    .toSorted((one, other) => one.localeCompare(other));
}
