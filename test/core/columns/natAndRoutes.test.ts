import { test } from 'node:test';
import fc from 'fast-check';
import { natRows } from '../../../src/core/columns/natRows.ts';
import { routeRows } from '../../../src/core/columns/routes.ts';
import { readPacked, recordedOutputs, recordingNames } from '../../support/recordings.ts';
import { checkColumns, readByGrammar } from './checkColumns.ts';

const nat = { open: natRows, judge: (text: string) => readByGrammar(natRows(), text) };
const routes = { open: routeRows, judge: (text: string) => readByGrammar(routeRows(), text) };

const frontends = `10.96.0.10 port 53 proto 17 id 4 count 2 local 1
\t4:0\t 10.65.0.9:53
\t4:1\t is missing
\t4:2\t 10.65.0.9:53
10.96.77.5 port 80 proto 6 id 9 count 0 local 0
203.0.113.7 port 443 proto 6 id 12 count 2 local 0 flags external-local, maglev src 198.51.100.0/24
203.0.113.8 port 443 proto 6 id 12 count 1 local 0 flags external-local
203.0.113.9 port 443 proto 6 id 12 count 0 local 0
203.0.113.7 port 443 proto 6 id 12 count 3 local 0 src 2001:db8::/32
\t12:0\t 10.65.0.31:8443

\t12:1\t 10.65.1.12:8443
\t12:2\t 10.65.1.13 : 8443
\t13:0\t 10.65.1.13:8443
203.0.113.7 port 443 proto 6 id 12 count -1 local 0 flags unknown-one
\t12:0\t is missing
203.0.113.7 port 443 proto 6 id 4294967296 count 4294967295 local 0
fd00:96::a port 53 proto 17 id 14 count 1 local 1 src 10.0.0.0/33
\t14:0\t [fd00:65::9]:53
10.0.0.1 port 99999 proto 6 id 15 count 1 local 0 src 10.0.0.0/08
\t15:4294967296\t 10.65.1.13:8443
`;

const routeText = `   10.65.0.0/16: remote in-pool nat-out
   10.65.0.2/32: local workload in-pool nat-out idx 12
  10.65.1.64/26: remote workload in-pool nat-out nh 192.168.5.21
192.168.5.20/32: local host
   10.65.1.0/32: remote host in-pool nat-out tunneled
  10.96.64.0/18: blackhole-drop
 fd00:65::2/128: local workload in-pool blackhole-reject idx 0
 fd00:65::/122: remote workload idx 7 nh fd00::1
10.0.0.1/8: remote nh 10.0.0.2 blackhole-drop
10.0.0.0/33: local
10.0.0.0/08: local
10.0.0.0/8: local  host
10.0.0.0/8:
10.0.0.0/8: strange idx x
10.0.0.0/8: local idx 4294967295
10.0.0.0/8: local idx
`;

test('every form of a line is the same in columns, wherever chunks end', () => {
  for (const size of [1, 5, 64, 1000]) {
    checkColumns(nat, frontends, size);
    checkColumns(nat, frontends.replaceAll('\n', '\r\n'), size);
    checkColumns(routes, routeText, size);
    checkColumns(routes, routeText.replaceAll('\n', '\r\n'), size);
  }
});

for (const recording of recordingNames) {
  test(`the NAT and route dumps of ${recording} are the same in columns`, async () => {
    for (const { probe, stream, text } of await recordedOutputs(recording)) {
      if (stream === 'out' && probe.startsWith('nat.dump')) checkColumns(nat, text, 1000);
      if (stream === 'out' && probe.startsWith('routes.dump')) checkColumns(routes, text, 1000);
    }
  });
}

test('a NAT dump that does not end is left at the same place', () => {
  checkColumns(nat, readPacked('nat.dump.endless-v3.26.5.out.gz'), 4096);
});

test('cut-off and changed dumps are the same in columns', () => {
  const change = fc.record({
    at: fc.nat(routeText.length + frontends.length),
    removed: fc.nat(40),
    added: fc.oneof(
      fc.constantFrom(
        '',
        '\n',
        '\t',
        ' ',
        '/',
        ' src ',
        ' flags ',
        ' idx ',
        ' nh ',
        '4:0',
        'is missing',
        '-1',
        '9',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    chunkSize: fc.integer({ min: 1, max: 2000 }),
  });
  const changed = (text: string, at: number, removed: number, added: string) =>
    text.slice(0, at % text.length) + added + text.slice((at % text.length) + removed);
  fc.assert(
    fc.property(change, ({ at, removed, added, chunkSize }) => {
      checkColumns(nat, changed(frontends, at, removed, added), chunkSize);
      checkColumns(routes, changed(routeText, at, removed, added), chunkSize);
    }),
    { numRuns: 2000 },
  );
});
