import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipSetId, ipSetNumber } from '../../../src/core/names/ipSetId.ts';
import { findIpSetUses } from '../../../src/core/names/ipSetUses.ts';
import type { KubernetesObject } from '../../../src/core/objects/object.ts';

const metadata = { namespace: 'shop', name: 'web' };
const find = (policy: KubernetesObject, id: string) => findIpSetUses([policy]).get(ipSetNumber(id));

test('a rule of a Kubernetes policy selects pods in its own namespace', () => {
  const policy = {
    metadata,
    spec: { ingress: [{ from: [{ podSelector: { matchLabels: { app: 'a' } } }] }] },
  };
  const selector =
    '(projectcalico.org/namespace == "shop" && (projectcalico.org/orchestrator == "k8s" && app == "a"))';
  const id = ipSetId('s', selector);
  assert.deepEqual(find(policy, id), {
    id,
    members: "pods with app == 'a' in shop",
    selector,
    policies: ['shop/web'],
  });
});

test('a namespace selector stands in the place of the namespace', () => {
  const peer = {
    namespaceSelector: {},
    podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
  };
  const id = ipSetId(
    's',
    '(has(projectcalico.org/namespace) && (projectcalico.org/orchestrator == "k8s" && has(app)))',
  );
  assert.equal(
    find({ metadata, spec: { egress: [{ to: [peer] }] } }, id)?.members,
    'pods with has(app) of all namespaces',
  );
});

test('a global policy of Calico selects endpoints and network sets of anywhere', () => {
  const rule = { action: 'Deny', destination: { selector: "feed == 'threats'" } };
  const id = ipSetId('s', 'feed == "threats"');
  const use = find({ metadata: { name: 'default.block' }, spec: { egress: [rule] } }, id);
  assert.deepEqual(use?.policies, ['default.block']);
  assert.equal(use?.members, "endpoints and network sets with feed == 'threats'");
});

test('a named port is a set of its own', () => {
  const id = 'n:6eV5j5aFnrMnyoK7BqNViMDmbZSRMjiiEUu4Xg';
  const kubernetes = { metadata, spec: { ingress: [{ ports: [{ port: 'postgres', protocol: 'TCP' }] }] } };
  const calico = {
    metadata,
    spec: {
      ingress: [{ action: 'Allow', protocol: 'TCP', destination: { ports: ['postgres', '1:3', 80] } }],
    },
  };
  for (const policy of [kubernetes, calico])
    assert.match(find(policy, id)?.members ?? '', /^the port named postgres \(TCP\)/);
  assert.equal(findIpSetUses([calico]).size, 1);
});

test('policies that want the same set are named together', () => {
  const spec = { egress: [{ action: 'Deny', destination: { selector: 'has(a)' } }] };
  const policies = ['one', 'two'].map((name) => ({ metadata: { name }, spec }));
  assert.deepEqual(findIpSetUses(policies).get(ipSetNumber(ipSetId('s', 'has(a)')))?.policies, [
    'one',
    'two',
  ]);
});

test('rules without selectors, and selectors that cannot be read, want nothing', () => {
  const rules = [
    { action: 'Allow' },
    { action: 'Deny', source: { selector: 'a ==' } },
    { from: [{ ipBlock: {} }] },
  ];
  assert.equal(findIpSetUses([{ metadata, spec: { ingress: rules } }, { metadata }]).size, 0);
});
