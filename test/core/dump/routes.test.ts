import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRoutes } from '../../../src/core/dump/routes.ts';
import { checkProblems } from './checkProblems.ts';

test('reads local and remote workloads, nodes and black holes', () => {
  const { entries, problems } = parseRoutes(`   10.65.0.2/32: local workload in-pool nat-out idx 12
  10.65.1.64/26: remote workload in-pool nat-out tunneled nh 192.168.5.21
  10.96.64.0/18: blackhole-drop
`);
  assert.deepEqual(problems, []);
  assert.deepEqual(entries, [
    {
      dest: '10.65.0.2/32',
      flags: ['local', 'workload', 'in-pool', 'nat-out'],
      ifIndex: 12,
      nextHop: undefined,
    },
    {
      dest: '10.65.1.64/26',
      flags: ['remote', 'workload', 'in-pool', 'nat-out', 'tunneled'],
      ifIndex: undefined,
      nextHop: '192.168.5.21',
    },
    { dest: '10.96.64.0/18', flags: ['blackhole-drop'], ifIndex: undefined, nextHop: undefined },
  ]);
});

test('reads IPv6 routes, whose words stand in another order', () => {
  const { entries } = parseRoutes('fd00:65::2/128: local workload in-pool blackhole-drop idx 12\n');
  assert.equal(entries[0]?.dest, 'fd00:65::2/128');
  assert.equal(entries[0]?.ifIndex, 12);
});

test('keeps a route whose flags it only half knows, and says where', () => {
  checkProblems(
    parseRoutes,
    `
fd00::1/128: local hots idx
                   ^^^^ unknown route flag “hots”
                           ^ expected an interface index`,
  );
});

test('goes on after a line that is no route', () => {
  const { entries } = parseRoutes('what is this\n10.0.0.1/32: local host\n');
  assert.equal(entries.length, 1);
  checkProblems(
    parseRoutes,
    `
10.0.0.1/32: local host
10.0.0.300/32: local host
^^^^^^^^^^^^^^ expected a CIDR and a colon`,
  );
});

test('an error of the tool between the lines is reported, its chatter is not', () => {
  const { entries, problems } =
    parseRoutes(`2026-05-10 10:59:28.353 [INFO][2445] confd/maps.go 344: Loaded map file descriptor. fd=0x7
10.0.0.1/32: local host
2026-05-10 10:59:28.401 [ERROR][2460] node/routes.go 48: Failed to dump routes map. error=gone
`);
  assert.equal(entries.length, 1);
  assert.deepEqual(
    problems.map(({ code, message }) => [code, message]),
    [['tool-error', 'Failed to dump routes map. error=gone']],
  );
});

test('a text that is something else is named, once', () => {
  const foreign = (text: string) =>
    parseRoutes(text).problems.map(({ code, message }) => `${code}: ${message}`);
  assert.deepEqual(foreign('<html><body>502 Bad Gateway</body></html>\n<p>\n'), [
    'foreign: This is no routes dump: it is an HTML or XML page, perhaps of a proxy.',
  ]);
  assert.match(
    foreign('dev    2:    192.168.5.21 : 52:54:00:aa:bb:01 -> 52:54:00:cc:dd:02\n')[0] ?? '',
    /an ARP dump/,
  );
  assert.match(foreign('\0\0\0\n')[0] ?? '', /binary data/);
  assert.match(foreign('Error from server (NotFound): pods "x" not found\n')[0] ?? '', /kubectl/);
  assert.match(foreign('[\n  {\n    "svc_id": 7\n  }\n]\n')[0] ?? '', /a Maglev dump as JSON/);
});

test('of very many unreadable lines the first thousand are listed', () => {
  const { problems } = parseRoutes(`10.0.0.1/32: local host\n${'x\n'.repeat(5000)}`);
  assert.equal(problems.length, 1001);
  assert.match(problems.at(-1)?.message ?? '', /^4000 more/);
});
