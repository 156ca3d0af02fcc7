import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIfState } from '../../../src/core/dump/ifstate.ts';
import { createAddressBook } from '../../../src/core/names/addressBook.ts';
import { createNames, noNodeNaming } from '../../../src/core/names/createNames.ts';
import { noObjects } from '../../../src/core/names/objects.ts';
import { interfaceFacts } from '../../../src/core/nodes/interfaceFacts.ts';

const names = createNames(
  createAddressBook({
    ...noObjects,
    pods: [{ metadata: { namespace: 'default', name: 'nginx-0' }, spec: {}, status: { podIP: '10.65.0.2' } }],
  }),
  noNodeNaming,
);

/** One line for each interface, as it is sorted: its name, kind and readiness, and the pod. */
const facts = (ifstate: string) =>
  interfaceFacts(parseIfState(ifstate).entries, names).map(({ name, kind, ready, pod }) =>
    [name, kind, ready ? 'ready' : 'not ready', ...(pod === undefined ? [] : [pod.name])].join(' '),
  );

test('workloads come first, with their pods; then the others by name', () => {
  assert.deepEqual(
    facts(`    7 : {flags: v4Ready,vxlan, name: vxlan.calico}
    2 : {flags: v4Ready,host, name: eth0}
    3 : {flags: notmanaged, name: eth1}
   12 : {flags: workload,v4Ready, name: calic048fd9a750}
`),
    [
      'calic048fd9a750 workload ready nginx-0',
      'eth0 host ready',
      'eth1 unmanaged not ready',
      'vxlan.calico tunnel ready',
    ],
  );
});

test('an interface without a flag that says so is not ready', () => {
  assert.deepEqual(
    facts('   3 : {flags: workload, name: cali0123456789a}\n   9 : {flags: workload,ready, name: calib}\n'),
    ['cali0123456789a workload not ready', 'calib workload ready'],
  );
});

test('where a node runs both families, a workload is ready when both are', () => {
  assert.deepEqual(
    facts(`    2 : {flags: v4Ready,host, name: eth0}
    3 : {flags: workload,v4Ready,v6Ready, name: calia}
    4 : {flags: workload,v4Ready, name: calib}
`),
    ['calia workload ready', 'calib workload not ready', 'eth0 host ready'],
  );
});
