import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  documentText,
  mirror,
  readConfigurations,
  toYaml,
  UnreadableText,
} from '../../src/configuration/text.ts';

const file = `# The shop's cluster.
apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default # all nodes
spec:
  bpfLogLevel: "Off" # quiet
  # Ports that stay open.
  failsafeInboundHostPorts:
    - { protocol: tcp, port: 22 }
  bpfEnabled: true
`;

function only(text: string) {
  const [one, ...others] = readConfigurations(text);
  assert.ok(one);
  assert.deepEqual(others, []);
  return one;
}

test('finds FelixConfigurations among other documents, in lists, and in JSON', () => {
  const other = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n';
  const list = 'kind: List\nitems:\n- kind: Pod\n- {kind: FelixConfiguration, metadata: {name: node.a}}\n';
  const found = readConfigurations(`${other}---\n${file}---\n${list}`);
  assert.deepEqual(
    found.map(({ object, document, path }) => [object.metadata.name, document, path]),
    [
      ['default', 1, []],
      ['node.a', 2, ['items', 1]],
    ],
  );
  assert.equal(only(file).isWhole, true);
  assert.equal(only(`${file}---\n${other}`).isWhole, false);
  assert.equal(only('{"kind":"FelixConfiguration","metadata":{"name":"a"}}').object.metadata.name, 'a');
});

test('reads values as kubectl does: YAML 1.1 without its times', () => {
  const { object } = only(`${file}  a: Off\n  b: 1:20\n  c: 2001-12-14\n  d: 0o17\n  e: 017\n`);
  const { a, b, c, e } = object['spec'] as Record<string, unknown>;
  assert.deepEqual({ a, b, c, e }, { a: false, b: '1:20', c: '2001-12-14', e: 15 });
});

test('says at which line a text is no YAML', () => {
  assert.throws(
    () => readConfigurations(`${file}  bad: [1\n`),
    (error) => {
      assert.ok(error instanceof UnreadableText);
      assert.match(error.message, /^Line 1[23]: .*\.$/);
      return true;
    },
  );
});

test('aliases that explode are refused, not expanded', () => {
  const bomb = [
    'a: &a [x]',
    ...'bcdefghi'.split('').map((key, i) => `${key}: &${key} [${`*${'abcdefgh'[i]},`.repeat(9)}]`),
  ];
  assert.throws(() => readConfigurations(bomb.join('\n')), UnreadableText);
});

test('a mirrored file differs from it only where the cluster does', () => {
  const one = only(file);
  assert.equal(documentText(file, one), file);
  assert.equal(mirror(file, one, one.object), file);
  const there = {
    ...one.object,
    spec: {
      bpfLogLevel: 'Debug',
      failsafeInboundHostPorts: [{ protocol: 'tcp', port: 22 }],
      vxlanEnabled: true,
    },
  };
  const lines = file.replace('"Off"', '"Debug"').replace('bpfEnabled: true', 'vxlanEnabled: true');
  assert.equal(mirror(file, one, there), lines);
  assert.equal(mirror(file, one, undefined), '');
});

test('an object is written so that kubectl reads the same, without what the server notes', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        fc.oneof(fc.string(), fc.boolean(), fc.integer()),
      ),
      (values) => {
        const spec = { ...values, a: 'Off', b: '1:20', c: 'y', d: '0755', e: '~' };
        const object = {
          apiVersion: 'projectcalico.org/v3',
          kind: 'FelixConfiguration',
          metadata: { name: 'default', uid: 'x', managedFields: [], resourceVersion: '7' },
          spec,
        };
        const { object: read } = only(toYaml(object));
        assert.deepEqual(read.metadata, { name: 'default' });
        assert.deepEqual(read['spec'], spec);
      },
    ),
  );
});

test('a copy to edit knows the version that it was made from', () => {
  const { object } = only(file);
  const copy = toYaml(
    { ...object, metadata: { ...object.metadata, resourceVersion: '291' } },
    { forEdit: true },
  );
  assert.equal(only(copy).object.metadata['resourceVersion'], '291');
});
