import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EvidencePlace, Finding, Subject } from '../../../src/core/diagnose/finding.ts';
import { placeOfSubject } from '../../../src/core/diagnose/subjectPlace.ts';

function placeOf(subject: Subject, said: readonly EvidencePlace[] = []): EvidencePlace {
  const evidence = said.map((at) => ({ shows: '', value: '', at, time: undefined }));
  const fix = { text: '', commands: [], restarts: undefined, links: [] };
  const rest = {
    id: '',
    check: '',
    severity: 'error',
    cause: '',
    title: '',
    nodes: ['node-a'],
    fix,
  } as const;
  return placeOfSubject({ ...rest, subject, evidence } satisfies Finding);
}

function object(resource: string, name: string, namespace?: string): EvidencePlace {
  return { kind: 'object', resource, namespace, name };
}

test('a pod, a Service and a node lead to their objects', () => {
  assert.deepEqual(placeOf({ kind: 'pod', namespace: 'shop', name: 'db-0' }), object('pods', 'db-0', 'shop'));
  assert.deepEqual(
    placeOf({ kind: 'service', namespace: 'shop', name: 'db' }),
    object('services', 'db', 'shop'),
  );
  assert.deepEqual(placeOf({ kind: 'node', name: 'node-b' }), object('nodes', 'node-b'));
});

test('an interface leads to the dump of the node that lists it', () => {
  const ifstate = { kind: 'probe', probe: 'ifstate.dump', line: undefined } as const;
  const eth0 = { kind: 'interface', name: 'eth0' } as const;
  assert.deepEqual(placeOf({ ...eth0, node: 'node-c' }), { ...ifstate, node: 'node-c' });
  assert.deepEqual(placeOf(eth0), { ...ifstate, node: 'node-a' });
});

test('a key leads to the FelixConfiguration that says it, else to the default one', () => {
  const key = { kind: 'key', name: 'bpfLogLevel' } as const;
  const own = object('felixconfigurations.crd.projectcalico.org', 'node.node-a');
  assert.deepEqual(placeOf(key, [object('nodes', 'node-a'), own]), own);
  assert.deepEqual(placeOf(key), object('felixconfigurations.projectcalico.org', 'default'));
});
