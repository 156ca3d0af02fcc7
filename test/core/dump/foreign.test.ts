import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readableProbes, readDump } from '../../../src/core/dump/readers.ts';
import { judgeBlank } from '../../../src/core/dump/blank.ts';

/** What is taken for a dump now and then, and how it is named. */
const others: readonly (readonly [what: string, text: string, name: RegExp])[] = [
  ['a zip archive', 'PK\u0003\u0004\u0014\0\0\0\u0008\0abc\0\0', /it is binary data\.$/],
  ['bytes that are no UTF-8', '\uFFFD\uFFFD\u0001\u0002\uFFFD\u001Bq\uFFFDabcdefgh', /it is binary data\.$/],
  ['an HTML page', '<!DOCTYPE html>\n<html><body>502</body></html>\n', /it is an HTML or XML page/],
  [
    'an error of kubectl',
    'Error from server (NotFound): pods "calico-node-x" not found\n',
    /it is an error of kubectl/,
  ],
  [
    'what kubectl says when the command failed',
    'OCI runtime exec failed: exec failed: unable to start container process\ncommand terminated with exit code 126\n',
    /it is an error of kubectl/,
  ],
  [
    'a table of kubectl',
    'NAME                READY   STATUS    RESTARTS   AGE\ncalico-node-h7q9d   1/1     Running   0          3d\n',
    /it is a table of kubectl\.$/,
  ],
  [
    'an object of Kubernetes',
    '{\n  "apiVersion": "v1",\n  "kind": "Status"\n}\n',
    /it is an object of Kubernetes\.$/,
  ],
  [
    'routes of the kernel',
    'default via 10.0.0.1 dev eth0 \n10.65.0.0/24 dev cali1 scope link \n',
    /“ip route”/,
  ],
  [
    'the help of the tool',
    'Usage:\n  calico-node -bpf nat [command]\n\nAvailable Commands:\n  dump\n',
    /it is the help text of the tool/,
  ],
];

for (const [what, text, name] of others) {
  test(`${what} is named as such, whatever dump it is taken for`, () => {
    for (const probe of readableProbes.flatMap((id) => [id, `${id}.json`])) {
      const dump = readDump(probe, text);
      assert.deepEqual(dump?.entries, [], probe);
      assert.deepEqual(
        dump.problems.map(({ code }) => code),
        ['foreign'],
        probe,
      );
      assert.match(dump.problems[0]?.message ?? '', name, probe);
    }
  });
}

/** A beginning of each dump, which no other dump has. */
const tables: Readonly<Record<string, string>> = {
  'arp.dump': 'dev    2:        10.0.0.1 : 52:54:00:aa:bb:01 -> 52:54:00:cc:dd:02\n',
  'conntrack.dump': 'TCP 10.0.0.1:1 -> 10.0.0.2:2  Active ago 1s CLOSED\n',
  'conntrack.stats': 'Conntrack map size: 512000\n',
  'counters.dump': '+----------+------+\n| CATEGORY | TYPE | INGRESS |\n',
  'ifstate.dump': '   2 : {flags: workload,ready,  name: cali1}\n',
  'ipsets.dump': 'IP set 0x9bb9786e55d550fe\n   10.65.0.2/32\n',
  'nat.aff': 'client 10.0.0.1 svc proto 6 10.96.0.10:80\n',
  'nat.dump': '10.96.0.10 port 53 proto 17 id 1 count 0 local 0\n',
  'nat.maglev': 'svc 1 ordinal 0 -> 10.65.0.2:80\n',
  'policy.dump': 'IfaceName: eth0\nHook: tc ingress\n',
  'profiling.e2e': '+-------+------+\n| IFACE | TYPE |\n',
  'routes.dump': '10.65.0.2/32: local workload idx 7\n',
  version: 'Version:            v3.32.1\nFull git commit ID: 0123456789ab\n',
};

/** The same in JSON: a key, which no other dump has. */
const jsonTables: Readonly<Record<string, string>> = {
  'arp.dump': '[\n  {\n    "src_mac": "52:54:00:aa:bb:01"\n  }\n]\n',
  'conntrack.dump': '[\n  {\n    "active_ago": "1s"\n  }\n]\n',
  'nat.aff': '[\n  {\n    "client_ip": "10.0.0.1"\n  }\n]\n',
  'nat.maglev': '[\n  {\n    "svc_id": 1\n  }\n]\n',
  'routes.dump': '[\n  {\n    "dest": "10.65.0.2/32"\n  }\n]\n',
};

test('the table of another command is named as such', () => {
  for (const [own, text] of Object.entries(tables)) {
    for (const probe of readableProbes.filter((id) => id !== own)) {
      const [problem] = readDump(probe, text)?.problems ?? [];
      assert.equal(problem?.code, 'foreign', `${own} as ${probe}`);
    }
  }
});

test('the JSON of another command is named as such', () => {
  for (const [own, text] of Object.entries(jsonTables)) {
    for (const probe of readableProbes.filter((id) => id !== own)) {
      const problems = readDump(`${probe}.json`, text)?.problems ?? [];
      assert.ok(
        problems.some(({ code }) => code === 'foreign'),
        `${own} as ${probe}`,
      );
    }
  }
});

test('nothing is named as such, and told from an empty map where the command would tell', () => {
  const codes = (text: string) =>
    Object.fromEntries(readableProbes.map((probe) => [probe, judgeBlank(probe, text)?.code]));
  const expected = {
    'arp.dump': 'empty',
    'conntrack.dump': 'empty',
    'conntrack.stats': 'foreign',
    'counters.dump': 'foreign',
    'ifstate.dump': 'empty',
    'ipsets.dump': 'foreign',
    'nat.aff': 'foreign',
    'nat.dump': 'empty',
    'nat.maglev': 'empty',
    'policy.dump': 'empty',
    'profiling.e2e': 'foreign',
    'routes.dump': 'empty',
    version: 'foreign',
  };
  assert.deepEqual(codes(''), expected);
  // Of an empty map NAT affinity is one line feed.
  assert.deepEqual(codes('\n'), { ...expected, 'nat.aff': undefined });
  assert.equal(judgeBlank('routes.dump.json', '')?.code, 'foreign');
  assert.equal(judgeBlank('routes.dump', '10.65.0.2/32: local\n'), undefined);
  assert.match(judgeBlank('nat.dump.v6', '\r\n')?.message ?? '', /^This is empty: the map has no entries, /);
});
