import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AddressTable } from '../../../src/core/columns/addresses.ts';
import { parseNat } from '../../../src/core/dump/nat.ts';
import { ExpectedNat } from '../../../src/core/facts/expectedNat.ts';
import { frontendFacts, natFacts } from '../../../src/core/facts/nat.ts';
import { buildSurroundings } from '../../../src/core/facts/surroundings.ts';
import { finish } from '../../../src/core/steps.ts';
import { recordedOutputs, recordingNames } from '../../support/recordings.ts';
import { readNatMap } from './readColumns.ts';

const names = ['cart', 'web', 'mail'] as const;
const protocols = { cart: 6, web: 6, mail: 17 } as const;
const addressOf = (name: string) => `10.96.0.${names.findIndex((each) => each === name) + 1}`;

const endpoint = fc.record({
  host: fc.integer({ min: 1, max: 4 }),
  condition: fc.constantFrom({ ready: true }, { ready: false, serving: true }, { ready: false }),
});

const cluster = fc.record({ cart: fc.array(endpoint), web: fc.array(endpoint), mail: fc.array(endpoint) });

const frontend = fc.record({
  address: fc.constantFrom(...names.map(addressOf), '10.96.0.9', '192.168.5.20'),
  port: fc.constantFrom(80, 81, 30080),
  protocol: fc.constantFrom(6, 17),
  id: fc.integer({ min: 1, max: 4 }),
  count: fc.integer({ min: -1, max: 4 }),
  hosts: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
});

test('what is screened out has no facts, whatever is in the map and in the cluster', () => {
  fc.assert(
    fc.property(cluster, fc.array(frontend, { maxLength: 6 }), (endpoints, frontends) => {
      const surroundings = finish(
        buildSurroundings({
          nodes: [
            {
              metadata: { name: 'a' },
              status: { addresses: [{ type: 'InternalIP', address: '192.168.5.20' }] },
            },
          ],
          pods: [],
          services: names.map((name) => ({
            metadata: { namespace: 'shop', name },
            spec: {
              clusterIP: addressOf(name),
              ports: [
                {
                  port: 80,
                  protocol: protocols[name] === 6 ? 'TCP' : 'UDP',
                  ...(name === 'web' && { nodePort: 30080 }),
                },
              ],
            },
          })),
          endpointSlices: names.map((name) => ({
            metadata: { namespace: 'shop', name, labels: { 'kubernetes.io/service-name': name } },
            ports: [{ name: '', port: 8080, protocol: protocols[name] === 6 ? 'TCP' : 'UDP' }],
            endpoints: endpoints[name].map(({ host, condition }) => ({
              addresses: [`10.65.0.${host}`],
              conditions: condition,
            })),
          })),
          ipPools: [],
          blockAffinities: [],
        }),
      );
      const expected = finish(ExpectedNat.build(surroundings));
      const text = frontends.map(spell).join('');
      const map = readNatMap(text, expected.addresses);
      const screened = expected.screen(map);
      assert.deepEqual(
        natFacts(map, { screened, surroundings }).filter(({ rule }) => rule !== 'nat-service-missing'),
        frontendFacts(parseNat(text).entries.entries(), surroundings),
      );
    }),
  );
});

function spell({
  address,
  port,
  protocol,
  id,
  count,
  hosts,
}: typeof frontend extends fc.Arbitrary<infer T> ? T : never): string {
  const backends = hosts.slice(0, Math.max(count, 0)).map((host, ordinal) => {
    const to = host === 0 ? 'is missing' : `10.65.0.${host}:8080`;
    return `\t${id}:${ordinal}\t ${to}\n`;
  });
  return `${address} port ${port} proto ${protocol} id ${id} count ${count} local 0\n${backends.join('')}`;
}

test('a frontend that announces no backends has no part in those below', () => {
  const head = '10.96.0.1 port 80 proto 6 id 2 count';
  const text = `${head} 1 local 0\n${head} 0 local 0\n${head} 1 local 0\n\t2:0\t is missing\n`;
  const map = readNatMap(text, new AddressTable());
  assert.deepEqual(
    [0, 1, 2].map((row) => map.entry(row)),
    parseNat(text).entries,
  );
});

test('a map that agrees leaves nothing to look at, in whatever order and with whatever ids', () => {
  const surroundings = finish(
    buildSurroundings({
      nodes: [],
      pods: [],
      services: [
        {
          metadata: { namespace: 'shop', name: 'cart' },
          spec: { clusterIP: '10.96.0.1', ports: [{ port: 80 }] },
        },
      ],
      endpointSlices: [
        {
          metadata: { namespace: 'shop', name: 'cart', labels: { 'kubernetes.io/service-name': 'cart' } },
          ports: [{ name: '', port: 8080, protocol: 'TCP' }],
          endpoints: [{ addresses: ['10.65.0.2'] }, { addresses: ['10.65.0.3'] }],
        },
      ],
      ipPools: [],
      blockAffinities: [],
    }),
  );
  const expected = finish(ExpectedNat.build(surroundings));
  const map = (first: string, second: string) =>
    readNatMap(
      `10.96.0.1 port 80 proto 6 id 7 count 2 local 0\n\t7:0\t 10.65.0.${first}\n\t7:1\t 10.65.0.${second}\n`,
      expected.addresses,
    );
  assert.deepEqual(expected.screen(map('3:8080', '2:8080')).doubtful, []);
  assert.deepEqual(expected.screen(map('3:8080', '2:8081')).doubtful, [0]);
  assert.deepEqual(expected.screen(map('3:8080', '3:8080')).doubtful, [0]);
});

test('a frontend that is asked for is what the whole dump says of it', async () => {
  const outputs = (await Promise.all(recordingNames.map(recordedOutputs))).flat();
  const dumps = outputs.filter(
    ({ probe, stream }) => /^nat\.dump(?:\.grouped|\.v6)*$/.test(probe) && stream === 'out',
  );
  assert.ok(dumps.some(({ probe }) => probe.includes('grouped')));
  for (const { text } of dumps) {
    const map = readNatMap(text, new AddressTable());
    const asked = Array.from({ length: map.count }, (_, row) => map.entry(row));
    assert.deepEqual(asked, parseNat(text).entries);
  }
});
