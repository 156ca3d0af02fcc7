import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  conntrackFlagMeanings,
  counterMeanings,
  interfaceFlagMeanings,
  natFlagMeanings,
} from '../../../src/core/hover/meanings.ts';
import type { TokenLanguage } from '../../../src/core/hover/patterns.ts';
import { describeToken } from '../../../src/core/hover/describe.ts';
import { meaningKinds, tokenAt } from '../../../src/core/hover/tokens.ts';
import { parseCounters } from '../../../src/core/dump/counters.ts';
import { ifStateFlags } from '../../../src/core/dump/ifstate.ts';
import { natFlags } from '../../../src/core/dump/natLine.ts';
import { createAddressBook } from '../../../src/core/names/addressBook.ts';
import { createNames, noNodeNaming } from '../../../src/core/names/createNames.ts';
import { noObjects } from '../../../src/core/names/objects.ts';
import { openRecording, recordedNames } from '../names/recorded.ts';
import { recordedOutputs, recordingNames } from '../../support/recordings.ts';

const names = createNames(
  createAddressBook({
    ...noObjects,
    pods: [{ metadata: { namespace: 'shop', name: 'we_b*1' }, spec: {}, status: { podIP: '10.65.0.2' } }],
  }),
  noNodeNaming,
);

function describe(language: TokenLanguage, line: string, column: number): string {
  const token = tokenAt(language, line, column);
  return token === undefined ? '' : describeToken(token, names).join('\n');
}

test('an address tells who has it and how that is known, safe as Markdown', () => {
  const text = describe('calico-bpf-routes', '10.65.0.2/32: local workload idx 3', 4);
  assert.match(text, /pod \*\*shop\/we\\_b\\\*1\*\*/);
  assert.match(text, /status\.podIPs/);
});

test('an address that nobody has is said to be unknown', () => {
  assert.match(
    describe('calico-bpf-nat', '10.9.9.9 port 53 proto 17 id 4 count 0 local 0', 3),
    /nobody that is known/,
  );
});

test('words of the dumps have a meaning', () => {
  assert.match(describe('calico-bpf-routes', '10.65.0.0/16: remote in-pool nat-out', 30), /outgoing NAT/);
  assert.match(
    describe('calico-bpf-nat', '10.9.9.9 port 53 proto 17 id 4 count -1 local 0', 38),
    /loadBalancerSourceRanges/,
  );
  assert.match(
    describe('calico-bpf-conntrack', 'TCP 1.2.3.4:1 -> 1.2.3.5:2  Active ago 1.2s SYN-SENT', 48),
    /no answer/,
  );
  assert.match(
    describe('calico-bpf-counters', '| Dropped  | packets with unknown source    |', 20),
    /spoofed/,
  );
  assert.match(
    describe('calico-bpf-counters', '|          | resolution failed              |', 20),
    /source port/,
  );
});

test('every flag and counter that a version prints has a meaning', async () => {
  for (const flag of natFlags) assert.ok(natFlagMeanings[flag] !== undefined, flag);
  for (const flag of ifStateFlags) assert.ok(interfaceFlagMeanings[flag] !== undefined, flag);
  const outputs = (await Promise.all(recordingNames.map(recordedOutputs))).flat();
  const printed = (wanted: string) => outputs.filter(({ probe }) => probe === wanted).map(({ text }) => text);
  const tables = printed('counters.dump').flatMap((text) => parseCounters(text).entries);
  for (const { type } of tables.flatMap(({ counters }) => counters)) {
    assert.ok(counterMeanings[type] !== undefined, type);
  }
  const flags = /Flags: (?:0x[0-9a-f]+ )?((?:[A-Za-z][A-Za-z-]* )*)(?:Data|REVKey)/g;
  const words = printed('conntrack.dump.raw').flatMap((text) =>
    [...text.matchAll(flags)].flatMap(([, found = '']) => found.trim().split(' ')),
  );
  for (const flag of new Set(words))
    assert.ok(flag === '' || conntrackFlagMeanings[flag] !== undefined, flag);
});

const languages: readonly (readonly [probe: RegExp, language: TokenLanguage])[] = [
  [/^routes\.dump/, 'calico-bpf-routes'],
  [/^nat\./, 'calico-bpf-nat'],
  [/^conntrack\.dump/, 'calico-bpf-conntrack'],
  [/^counters\.dump/, 'calico-bpf-counters'],
  [/^ipsets\.dump/, 'calico-bpf-ipsets'],
  [/^ifstate\.dump/, 'calico-bpf-ifstate'],
  [/^arp\.dump/, 'calico-bpf-arp'],
  [/^policy\.dump/, 'calico-bpf-policy'],
];

for (const recording of ['v3.30.7-policy-deny', 'v3.32.1-policy-deny', 'master-policy-deny']) {
  test(`in ${recording} every word that means something is explained`, async () => {
    const node = 'node-a';
    const recorded = recordedNames(await openRecording(recording), node);
    const seen = new Set<string>();
    for (const { node: at, probe, stream, text } of await recordedOutputs(recording)) {
      const language = languages.find(([pattern]) => pattern.test(probe))?.[1];
      if (language === undefined || at !== node || stream !== 'out' || probe.includes('json')) continue;
      for (const line of new Set(text.split('\n').slice(0, 300))) {
        for (const { index, 0: word } of line.matchAll(/[^\s|,]+/g)) {
          const token = tokenAt(language, line, index + word.length - 1);
          if (token === undefined || !(meaningKinds as readonly string[]).includes(token.kind)) continue;
          seen.add(token.kind);
          // The name of a protocol, as pretty conntrack prints it, speaks for itself.
          if (token.kind === 'protocol' && !/\d/.test(token.text)) continue;
          assert.notDeepEqual(describeToken(token, recorded), [], `${probe}: ${token.kind} ${token.text}`);
        }
      }
    }
    for (const kind of [
      'routeFlag',
      'natLocal',
      'idle',
      'category',
      'counter',
      'interfaceFlag',
      'program',
      'action',
    ])
      assert.ok(seen.has(kind), kind);
  });
}

test('in the policy-deny recording a rule’s IP set tells why nobody is let in', async () => {
  const recorded = recordedNames(await openRecording('v3.32.1-policy-deny'), 'node-a');
  const token = tokenAt('calico-bpf-policy', '      IP sets: src=0x27e6ff21d0b1479c', 25);
  assert.ok(token !== undefined);
  const [text = ''] = describeToken(token, recorded);
  assert.match(text, /IP set \*\*pods with app == 'front-end' in shop/);
  assert.match(text, /matched by policy shop\/cart-from-frontend/);
  assert.match(text, /empty/);
});

test('an address in hexadecimal is shown as an address, too', () => {
  const line = 'x-1 [000] .Ns1  6851.690474: 0: ens192---E: IP id=1 s=a410002 d=1020304';
  assert.match(describe('calico-bpf-trace', line, 57), /\*\*a410002 = 10\.65\.0\.2\*\* — pod/);
});

test('an address of old versions is known wherever it stands, and nothing else is taken for one', () => {
  const at = (message: string, word: string) => {
    const line = `x-1 [000] .Ns1  6851.690474: 0: cali6d21-E: ${message}`;
    return describe('calico-bpf-trace', line, line.indexOf(word) + 1);
  };
  for (const message of [
    'CT: DNAT to a410002:8080',
    'NAT: backend selected a410002:8080',
    'FWD a410002 -> a600001',
    'CT-6 lookup from a410002:54376',
    'FIB ipv4_src=a410002',
    'L4 checksum update (csum is at 50) dst IP from a410002 to a410103',
  ])
    assert.match(at(message, 'a410002'), /\*\*a410002 = 10\.65\.0\.2\*\* — pod/, message);
  assert.doesNotMatch(at('x mark=43b00000', '43b00000'), /43b00000 = /);
  assert.doesNotMatch(at('it took a decade 1234567', 'decade'), /=/);
  assert.match(at('CT-6 result: NEW.', 'NEW'), /the first packet of a connection/);
  assert.match(at('CT-6 Miss for TCP SYN, NEW flow.', 'Miss'), /not in the conntrack table/);
});

test('numbers of a trace are decoded', () => {
  const decode = (message: string, word: string) => {
    const line = `x-1 [000] ..s2.  1.5: bpf_trace_printk: calic048fd9a750-E: ${message}`;
    return describe('calico-bpf-trace', line, line.indexOf(word) + word.length - 1);
  };
  assert.match(decode('New packet at ifindex=12; mark=0', 'mark=0'), /fresh packet/);
  assert.match(decode('x mark=43000000', '43000000'), /tunnel’s key is set; accepted already/);
  assert.match(decode('x mark=0x85000000', '85000000'), /bpfout\.cali/);
  assert.match(decode('CT: result: 0x1002', '0x1002'), /ESTABLISHED: part of a known connection; SYN/);
  assert.match(decode('Final result=DENY (b). x', 'DENY (b'), /not authorised/);
  assert.match(decode('Final result=ALLOW rc 7. x', 'rc 7'), /redirected/);
  assert.match(decode('pol_rc=0', 'pol_rc=0'), /No rule matched/);
  assert.match(decode('conntrack entry flags 0x8140', '0x8140'), /ext-local, B-A, dscp/);
  assert.match(decode('WEP with no policy, deny.', 'WEP'), /not in place yet/);
});

test('a count of the same name means another thing in another category', () => {
  const rows = ['| Accepted | by policy | 1 | 0 | N/A |', '| Dropped  | by policy | 1 | 0 | N/A |'];
  const [accepted, dropped] = rows.map((row) => describe('calico-bpf-counters', row, 15));
  assert.match(accepted ?? '', /allowed the packet/);
  assert.match(dropped ?? '', /denied the packet/);
});
