import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeDocument } from '../../../src/core/felix/document.ts';
import { documentSnippets } from '../../../src/core/felix/snippets.ts';
import { checkSpec, judgeSpec, versionOf } from './check.ts';
import { readVerdicts } from './verdicts.ts';
import { readMap, readYaml } from './yaml.ts';

function judge(text: string, calico = 'v3.32.1'): readonly string[] {
  const found = judgeDocument(readMap(text), { version: versionOf(calico) });
  return found.map(({ path, code }) => `${path.join('.')} ${code}`);
}

for (const { calico, names, structure } of readVerdicts()) {
  test(`judges names and whole bodies as the API server with Calico ${calico} does`, () => {
    const head = 'apiVersion: crd.projectcalico.org/v1\nkind: FelixConfiguration\n';
    const bodies = [
      ...names.map(([name, server]) => ({ text: `${head}metadata: {name: ${name}}\nspec: {}`, server })),
      ...structure.map(([, body, server]) => ({ text: `${head}metadata: {name: default}\n${body}`, server })),
    ];
    for (const { text, server } of bodies) {
      const read = readYaml(text);
      const findings = read?.kind === 'map' ? judgeDocument(read, { version: versionOf(calico) }) : undefined;
      // What is no YAML is refused before anything is judged.
      const refused = findings?.some(({ severity }) => severity === 'error') ?? true;
      assert.equal(refused ? 'refused' : 'ok', server, text);
    }
  });
}

test('finds the key that is meant, also by its name in the environment', () => {
  checkSpec('bpfEnable: true', ['bpfEnable unknown-key']);
  const fixes = ['bpfEnable: true', 'BPFENABLED: true', 'FELIX_IPINIPENABLED: true', 'zebra: 1'].map(
    (spec) => judgeSpec(spec)[0]?.fix,
  );
  assert.deepEqual(
    fixes.map((fix) => (fix?.kind === 'rename' ? fix.key : undefined)),
    ['bpfEnabled', 'bpfEnabled', 'ipipEnabled', undefined],
  );
});

test('tells of a key that stands outside the spec', () => {
  const [found] = judgeDocument(readMap('metadata: {name: default}\nspec: {}\nbpfEnabled: true'), {
    version: versionOf('v3.32.1'),
  });
  assert.equal(found?.message, 'bpfEnabled belongs under spec; the API server refuses it here.');
});

test('wants metadata, a name and, from v3.32, a spec', () => {
  assert.deepEqual(judge('kind: FelixConfiguration'), [' missing-key', 'spec missing-key']);
  assert.deepEqual(judge('metadata: {}'), ['metadata missing-key', 'spec missing-key']);
  assert.deepEqual(judge('metadata: {name: default}', 'v3.31.0'), []);
  assert.deepEqual(judge('metadata: {name: 1}\nspec: {}'), ['metadata.name type']);
});

test('misses nothing in a patch', () => {
  const version = versionOf('v3.32.1');
  assert.deepEqual(judgeDocument(readMap('kind: FelixConfiguration'), { version, partial: true }), []);
});

test('tells of a key that is there twice, once', () => {
  checkSpec('bpfEnabled: true\nbpfEnabled: false', ['bpfEnabled duplicate-key']);
});

test('says nothing more of a value that is refused', () => {
  checkSpec('bpfDSROptoutCIDRs: all', ['bpfDSROptoutCIDRs type']);
});

test('draws no conclusion from a value that does not count', () => {
  checkSpec('bpfLogLevel: Off\nbpfLogFilters: {all: tcp}', ['bpfLogLevel yaml-boolean']);
});

test('tells both route table keys apart by who refuses them', () => {
  const both = 'routeTableRange: {min: 1, max: 9}\nrouteTableRanges: [{min: 1, max: 9}]';
  assert.equal(judgeSpec(both)[0]?.verdict, 'refused');
  assert.equal(judgeSpec(both, { calico: 'v3.31.0' })[0]?.verdict, 'calicoctl-refuses');
});

test('weighs annotations against the spec', () => {
  const annotated = (spec: string) =>
    judge(
      `metadata: {name: default, annotations: {config.projectcalico.org/BPFEnabled: "true"}}\nspec: {${spec}}`,
    );
  assert.deepEqual(annotated('bpfEnabled: true'), [
    'metadata.annotations.config.projectcalico.org/BPFEnabled no-effect',
  ]);
  assert.deepEqual(annotated(''), []);
});

test('judges labels and annotations as the API server does', () => {
  const metadata = (text: string) => judge(`metadata: {name: default, ${text}}\nspec: {}`);
  assert.deepEqual(metadata('labels: {a/b: c, d: ""}, annotations: {A.b/C_d: x y}'), []);
  assert.deepEqual(metadata('labels: {a: 1}'), ['metadata.labels.a type']);
  assert.deepEqual(metadata('labels: {a: b c}'), ['metadata.labels.a format']);
  assert.deepEqual(metadata('annotations: {a/b/c: x}'), ['metadata.annotations.a/b/c name']);
  assert.deepEqual(metadata('annotations: [a]'), ['metadata.annotations type']);
  assert.deepEqual(metadata('lables: {}'), ['metadata.lables unknown-key']);
  assert.deepEqual(metadata('namespace: kube-system'), ['metadata.namespace no-effect']);
  assert.deepEqual(metadata('labels: {a: b, a: c}'), ['metadata.labels.a duplicate-key']);
});

test('judges what Kubernetes itself writes into the metadata', () => {
  const metadata = (text: string) => judge(`metadata: {name: default, ${text}}\nspec: {}`);
  const fetched = 'uid: "5", resourceVersion: "7", generation: 2, creationTimestamp: "2026-11-21T04:08:36Z"';
  assert.deepEqual(metadata(`${fetched}, finalizers: [a/b], selfLink: null`), []);
  for (const [wrong, key] of [
    ['uid: 5', 'uid'],
    ['resourceVersion: 7', 'resourceVersion'],
    ['generation: "2"', 'generation'],
    ['creationTimestamp: 2026-11-21', 'creationTimestamp'],
    ['finalizers: [1]', 'finalizers.0'],
    ['finalizers: a/b', 'finalizers'],
    ['ownerReferences: {}', 'ownerReferences'],
    ['ownerReferences: [5]', 'ownerReferences.0'],
    ['ownerReferences: [{controller: "true"}]', 'ownerReferences.0.controller'],
    ['managedFields: [{time: 5}]', 'managedFields.0.time'],
    ['creationTimestamp: "2026-02-30T00:00:00Z"', 'creationTimestamp'],
    ['deletionTimestamp: "2026-01-01T24:00:00Z"', 'deletionTimestamp'],
  ] as const)
    assert.deepEqual(metadata(wrong), [`metadata.${key} type`]);
});

test('judges owners and finalizers as the API server does', () => {
  const metadata = (text: string) => judge(`metadata: {name: default, ${text}}\nspec: {}`);
  const owner = (change: string) => `{apiVersion: v1, kind: Node, name: a, uid: u${change}}`;
  const owners = (...all: readonly string[]) => metadata(`ownerReferences: [${all.join(', ')}]`);
  assert.deepEqual(owners(owner(', controller: true'), owner(', controller: false')), []);
  assert.deepEqual(owners(owner(', namespace: b')), ['metadata.ownerReferences.0.namespace unknown-key']);
  for (const wrong of [
    'null',
    '{}',
    '{apiVersion: a/b/c, kind: Node, name: a, uid: u}',
    '{apiVersion: v1, kind: Event, name: a, uid: u}',
  ])
    assert.deepEqual(owners(owner(''), wrong), ['metadata.ownerReferences.1 format'], wrong);
  const both = owner(', controller: yes');
  assert.deepEqual(owners(both, both), ['metadata.ownerReferences combination']);
  assert.deepEqual(metadata('finalizers: [orphan, example.org/a]'), []);
  assert.deepEqual(metadata('finalizers: ["", a/b/c]'), [
    'metadata.finalizers.0 name',
    'metadata.finalizers.1 name',
  ]);
  assert.deepEqual(metadata('finalizers: [orphan, foregroundDeletion]'), ['metadata.finalizers combination']);
});

test('takes as many annotations as the API server, and no more', () => {
  const noted = (length: number) =>
    judge(`metadata: {name: default, annotations: {a: ${'b'.repeat(length)}}}\nspec: {}`);
  assert.deepEqual(noted(256 * 1024 - 1), []);
  assert.deepEqual(noted(256 * 1024), ['metadata.annotations range']);
});

test('wants no spec in the CRD of the older group but for nodes that are named', () => {
  const inGroup = (group: string, name: string) =>
    judge(`apiVersion: ${group}\nkind: FelixConfiguration\nmetadata: {name: ${name}}`).includes(
      'spec missing-key',
    );
  assert.equal(inGroup('crd.projectcalico.org/v1', 'racks'), false);
  assert.equal(inGroup('crd.projectcalico.org/v1', 'node.a'), true);
  assert.equal(inGroup('projectcalico.org/v3', 'racks'), true);
});

test('takes null and an empty text for nothing said', () => {
  checkSpec('nftablesMode: Auto\nnftablesFilterDenyAction: ""', []);
  checkSpec('nftablesMode: Auto\nnftablesFilterDenyAction: null', []);
});

test('refuses a generated name', () => {
  assert.deepEqual(judge('metadata: {generateName: x}\nspec: {}'), ['metadata.generateName name']);
  assert.deepEqual(judge('metadata: {generateName: ""}\nspec: {}'), ['metadata missing-key']);
  assert.deepEqual(judge('metadata: {name: default, generateName: A_}\nspec: {}'), [
    'metadata.generateName name',
    'metadata.generateName name',
  ]);
});

test('offers documents in which nothing is wrong', () => {
  for (const { title, body } of documentSnippets) {
    const text = body.replace(/\$\{\d+(?::([^}]*)|\|([^,|]*)[^}]*)\}/g, '$1$2');
    const found = judgeDocument(readMap(text), { version: versionOf('v3.32.1') });
    assert.deepEqual(
      found.map(({ message }) => message),
      [],
      title,
    );
  }
});
