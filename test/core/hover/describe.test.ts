import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  conntrackFlagMeanings,
  counterMeanings,
  interfaceFlagMeanings,
  natFlagMeanings,
} from '../../../src/core/hover/meanings.ts';
import { describeToken } from '../../../src/core/hover/describe.ts';
import { tokenAt } from '../../../src/core/hover/tokens.ts';
import { parseCounters } from '../../../src/core/dump/counters.ts';
import { ifStateFlags } from '../../../src/core/dump/ifstate.ts';
import { natFlags } from '../../../src/core/dump/nat.ts';
import { createAddressBook } from '../../../src/core/names/addressBook.ts';
import { createNames, noNodeNaming } from '../../../src/core/names/createNames.ts';
import type { DumpLanguage } from '../../../src/core/probes.ts';
import { recordedOutputs, recordingNames } from '../../support/recordings.ts';

const names = createNames(
  createAddressBook({
    nodes: [],
    pods: [{ metadata: { namespace: 'shop', name: 'we_b*1' }, spec: {}, status: { podIP: '10.65.0.2' } }],
    services: [],
    endpointSlices: [],
    ipPools: [],
    blockAffinities: [],
  }),
  noNodeNaming,
);

function describe(language: DumpLanguage, line: string, column: number): string {
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
