import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNat } from '../../../src/core/dump/nat.ts';
import { blackhole } from '../../../src/core/dump/natLine.ts';
import { checkProblems } from './checkProblems.ts';

test('reads frontends with their backends', () => {
  const { entries, spans, problems } = parseNat(
    '10.96.0.10 port 53 proto 17 id 4 count 2 local 1\n\t4:0\t 10.65.0.9:53\n\t4:1\t 10.65.1.7:53\n10.96.77.5 port 80 proto 6 id 9 count 0 local 0\n',
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(entries[0]?.backends, [
    { ordinal: 0, endpoint: { address: '10.65.0.9', port: 53 } },
    { ordinal: 1, endpoint: { address: '10.65.1.7', port: 53 } },
  ]);
  assert.deepEqual(entries[1], {
    address: '10.96.77.5',
    port: 80,
    protocol: 6,
    id: 9,
    count: 0,
    local: 0,
    flags: [],
    source: undefined,
    backends: [],
  });
  assert.deepEqual(spans[0], { start: 0, end: 86 });
});

test('reads flags, source ranges and IPv6', () => {
  const { entries } = parseNat(
    '203.0.113.7 port 443 proto 6 id 12 count 2 local 0 flags external-local, maglev src 198.51.100.0/24\n\t12:0\t 10.65.0.31:8443\n\t12:1\t 10.65.1.12:8443\nfd00:96::a port 53 proto 17 id 4 count 1 local 1\n\t4:0\t [fd00:65::9]:53\n',
  );
  assert.deepEqual(entries[0]?.flags, ['external-local', 'maglev']);
  assert.equal(entries[0]?.source, '198.51.100.0/24');
  assert.deepEqual(entries[1]?.backends[0]?.endpoint, { address: 'fd00:65::9', port: 53 });
});

test('a missing backend is an entry without an endpoint', () => {
  const { entries, problems } = parseNat(
    '192.168.5.20 port 30080 proto 6 id 7 count 1 local 0\n\t7:0\t is missing\n',
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(entries[0]?.backends, [{ ordinal: 0, endpoint: undefined }]);
});

test('−1 and its unsigned spelling are the same black hole', () => {
  const { entries } = parseNat(
    '203.0.113.7 port 443 proto 6 id 12 count -1 local 0\n203.0.113.8 port 443 proto 6 id 13 count 4294967295 local 0\n\t13:0\t is missing\n',
  );
  assert.deepEqual(
    entries.map(({ count, backends }) => [count, backends.length]),
    [
      [blackhole, 0],
      [blackhole, 0],
    ],
  );
});

test('an endpoint with spaces around its colon, as v3.27.0 prints it, is read', () => {
  const { entries } = parseNat('10.96.0.10 port 53 proto 17 id 4 count 1 local 0\n\t4:0\t 10.65.0.9 : 53\n');
  assert.deepEqual(entries[0]?.backends[0]?.endpoint, { address: '10.65.0.9', port: 53 });
});

test('grouped by service, the frontends of an id share its backends', () => {
  const { entries, problems } = parseNat(
    '10.96.0.1 port 80 proto 6 id 5 count 2 local 0\n10.0.0.2 port 30084 proto 6 id 5 count 2 local 0\n\t5:0\t 10.65.0.1:80\n\t5:1\t 10.65.0.2:80\n10.96.0.9 port 80 proto 6 id 6 count 1 local 0\n\t6:0\t 10.65.0.3:80\n',
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(
    entries.map(({ backends }) => backends.map(({ endpoint }) => endpoint?.address)),
    [['10.65.0.1', '10.65.0.2'], ['10.65.0.1', '10.65.0.2'], ['10.65.0.3']],
  );
});

test('frontends of one id with backends of their own keep them apart', () => {
  const { entries } = parseNat(
    '10.96.0.1 port 80 proto 6 id 5 count 1 local 1\n\t5:0\t 10.65.0.1:80\n10.0.0.2 port 30084 proto 6 id 5 count 2 local 1\n\t5:0\t 10.65.0.1:80\n\t5:1\t 10.65.0.2:80\n',
  );
  assert.deepEqual(
    entries.map(({ backends }) => backends.length),
    [1, 2],
  );
});

test('what cannot be read is reported once, where it stands', () => {
  checkProblems(
    parseNat,
    `
10.96.0.10 port 53 proto 17 id 4 count 1 local 0
\t4:0\t 10.65.0.9:five
\t   \t ^^^^^^^^^^^^^^ expected an address and a port, or “is missing”
10.96.0.10 port http proto 17 id 4 count 1 local 0
                ^^^^ expected the port
10.96.0.10 port 53 proto 17 id 4 count 0 local 0 flags shiny
                                                       ^^^^^ unknown NAT flag “shiny”`,
  );
});

test('a backend below no frontend of its id is reported', () => {
  checkProblems(
    parseNat,
    `
10.96.0.10 port 53 proto 17 id 4 count 0 local 0
\t9:0\t 10.65.0.9:53
^^^^^^^^^^^^^^^^^^ expected a frontend with id 9 above its backend`,
  );
});
