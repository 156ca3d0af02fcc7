import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIfState } from '../../../src/core/dump/ifstate.ts';
import { parseIpSets } from '../../../src/core/dump/ipsets.ts';
import { parseNat } from '../../../src/core/dump/nat.ts';
import { parseRoutes } from '../../../src/core/dump/routes.ts';
import { findIpSetUses } from '../../../src/core/names/ipSetUses.ts';
import type { Identity } from '../../../src/core/names/names.ts';
import { readFelixLog } from '../../../src/core/nodes/felixLog.ts';
import { recordingNames } from '../../support/recordings.ts';
import { openRecording, recordedNames, recordedPolicies } from './recorded.ts';

const labels = (identities: readonly Identity[]) => identities.map(({ kind, label }) => `${kind} ${label}`);

for (const name of recordingNames) {
  test(`in ${name} every route, frontend and workload interface of every node has a name`, async () => {
    const recording = await openRecording(name);
    const nodes = recording.objects('nodes').map(({ metadata }) => metadata.name);
    let count = 0;
    for (const node of nodes) {
      const names = recordedNames(recording, node);
      const dump = (probe: string) => recording.text(`nodes/${node}/${probe}.out`);
      for (const { dest, nextHop } of parseRoutes(dump('routes.dump')).entries) {
        assert.notDeepEqual(names.cidr(dest), [], `${node}: ${dest}`);
        if (nextHop !== undefined) assert.equal(names.address(nextHop)[0]?.kind, 'node', nextHop);
        count++;
      }
      for (const { id, address, port, protocol } of parseNat(dump('nat.dump')).entries) {
        const [service] = names.address(address, { port, protocol });
        assert.equal(service?.kind, 'service', `${node}: ${address} port ${port}`);
        assert.ok(
          names.serviceId(id).some(({ label }) => label === service?.label),
          `${node}: id ${id}`,
        );
        count++;
      }
      for (const { index, name: interfaceName, flags } of parseIfState(dump('ifstate.dump')).entries) {
        if (!flags.includes('workload')) continue;
        assert.deepEqual(
          names.interfaceIndex(index).map(({ kind }) => kind),
          ['interface', 'pod'],
          interfaceName,
        );
        count++;
      }
    }
    assert.ok(count > 20);
  });

  test(`in ${name} the policies tell what each IP set of the dumps and of Felix’s logs is for`, async () => {
    const recording = await openRecording(name);
    const uses = findIpSetUses(recordedPolicies(recording));
    let count = 0;
    for (const { metadata } of recording.objects('nodes')) {
      const log = recording.text(`nodes/${metadata.name}/felix.log.out`);
      for (const { number } of parseIpSets(recording.text(`nodes/${metadata.name}/ipsets.dump.out`))
        .entries) {
        assert.ok(uses.has(number), number);
        count++;
      }
      for (const [number, id] of readFelixLog(log).ipSetNames) {
        if (id === formerSet && !uses.has(number)) continue;
        assert.equal(uses.get(number)?.id, id);
        count++;
      }
    }
    assert.ok(count > 0);
  });
}

/** A set of the scenario policy-deny, whose policy the logs of the scenarios recorded after it still tell of. */
const formerSet = 's:b4sWc81MQqtsNxG5habiaQCXwAKuJJbRfKXZUg';

test('in the policy-deny recording the shop is known', async () => {
  const names = recordedNames(await openRecording('v3.32.1-policy-deny'), 'node-a');
  assert.deepEqual(labels(names.address('10.244.174.131')), ['pod shop/loadgen-5b7f8d9c66-tt6zn']);
  assert.deepEqual(labels(names.address('10.244.174.129')), ['pod shop/frontend-7d9c6b8f5-x2k4q']);
  assert.deepEqual(labels(names.interfaceName('cali8cb945225b4')), ['pod shop/cart-6f5b9c7d4c-m8t2l']);
  assert.deepEqual(labels(names.address('10.96.118.66', { port: 80, protocol: 6 })), [
    'service shop/cart:http',
  ]);
  assert.deepEqual(labels(names.address('10.244.218.64')), ['node node-b']);
  const [cut] = names.ipSet('0x27e6ff21d0b1479c');
  assert.equal(cut?.label, "pods with app == 'front-end' in shop");
  assert.deepEqual(cut?.details, [
    'matched by policy shop/cart-from-frontend',
    'empty: an empty set is not in the map',
  ]);
});
