import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Asked } from '../../../src/core/diagnose/asked.ts';
import { concerns, type Concerned } from '../../../src/core/diagnose/concerned.ts';
import type { Finding, Subject } from '../../../src/core/diagnose/finding.ts';
import { workloadInterface } from '../../../src/core/names/workloadInterface.ts';
import { diagnoseRecording } from './recorded.ts';

const cart = 'cart-6f5b9c7d4c-m8t2l';
const own = workloadInterface('shop', cart, '');

const ofPod: Concerned = {
  pods: new Set([`shop/${cart}`]),
  services: new Set(['shop/cart']),
  nodes: new Set(['node-a']),
  interfaces: new Set([own]),
};
const ofService: Concerned = { ...ofPod, nodes: undefined };

function finding(subject: Subject, nodes: readonly string[] = []): Finding {
  const fix = { text: '', commands: [], restarts: undefined, links: [] };
  return { id: '', check: '', severity: 'error', cause: '', title: '', evidence: [], subject, nodes, fix };
}

const cases: readonly (readonly [what: string, finding: Finding, pod: boolean, service: boolean])[] = [
  ['the pod', finding({ kind: 'pod', namespace: 'shop', name: cart }), true, true],
  ['another pod', finding({ kind: 'pod', namespace: 'shop', name: 'db-0' }), false, false],
  ['the same name elsewhere', finding({ kind: 'pod', namespace: 'test', name: cart }), false, false],
  ['its Service', finding({ kind: 'service', namespace: 'shop', name: 'cart' }), true, true],
  ['another Service', finding({ kind: 'service', namespace: 'shop', name: 'web' }), false, false],
  ['its node', finding({ kind: 'node', name: 'node-a' }, ['node-a', 'node-b']), true, true],
  ['another node', finding({ kind: 'node', name: 'node-b' }, ['node-b']), false, true],
  ['a card of its node', finding({ kind: 'interface', name: 'eth0', node: 'node-a' }), true, true],
  ['its interface', finding({ kind: 'interface', name: `cali${own}`, node: 'node-a' }), true, true],
  [
    'the interface of another pod',
    finding({ kind: 'interface', name: workloadInterface('shop', 'db-0'), node: 'node-a' }),
    false,
    false,
  ],
  ['a key of all nodes', finding({ kind: 'key', name: 'bpfLogLevel' }), true, true],
  ['a key of another node', finding({ kind: 'key', name: 'bpfLogLevel' }, ['node-c']), false, true],
];
for (const [what, about, pod, service] of cases) {
  test(`what is about ${what} ${pod ? 'concerns' : 'does not concern'} a pod, and ${service ? 'concerns' : 'does not concern'} its Service`, () => {
    assert.deepEqual([concerns(about, ofPod), concerns(about, ofService)], [pod, service]);
  });
}

async function titlesAbout(about: Asked): Promise<readonly string[]> {
  const { findings } = await diagnoseRecording('v3.32.1-policy-deny', {}, { about });
  return findings.filter(({ severity }) => severity !== 'information').map(({ title }) => title);
}

test('the pod that is cut off is what concerns its Service, and not another one', async () => {
  const about = (name: string): Asked => ({ kind: 'service', namespace: 'shop', name });
  assert.match((await titlesAbout(about('cart'))).join('\n'), /cart-\S+ is cut off/);
  assert.doesNotMatch((await titlesAbout(about('web'))).join('\n'), /cart|reports/);
});

test('what is not there is said, with what may be meant', async () => {
  await assert.rejects(titlesAbout({ kind: 'service', namespace: 'shop', name: 'crat' }), {
    message: /^There is no service shop\/crat in \S+; is shop\/cart meant\?$/,
  });
});
