import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  defaultIn,
  existsIn,
  fields,
  fieldsIn,
  valuesIn,
  type Field,
} from '../../../src/core/felix/fields.ts';
import { judgeValue } from '../../../src/core/felix/judge.ts';
import { compareVersions, parseVersion, type CalicoVersion } from '../../../src/core/felix/versions.ts';
import { toYamlValue } from './jsonValue.ts';

/** Every line, and each patch release that changed a key. */
const versions: readonly string[] = (
  'v3.22.0 v3.22.2 v3.23.0 v3.23.4 v3.24.0 v3.24.2 v3.25.0 v3.26.0 v3.27.0 v3.27.1 v3.28.0 v3.28.3 v3.29.0 v3.29.1 ' +
  'v3.30.0 v3.30.1 v3.30.4 v3.30.5 v3.30.6 v3.31.0 v3.31.4 v3.32.0 v3.32.1 master'
).split(' ');

function versionOf(text: string): CalicoVersion {
  const version = parseVersion(text);
  assert.ok(version, text);
  return version;
}

function fieldOf(name: string): Field {
  const field = fields.get(name);
  assert.ok(field, name);
  return field;
}

for (const text of versions) {
  const version = versionOf(text);

  test(`accepts the default of every key of ${text}`, () => {
    const refused = fieldsIn(version).filter((field) => {
      const standard = defaultIn(field, version);
      if (standard === undefined || standard === null) return false;
      return judgeValue(field, toYamlValue(standard), version).some(
        ({ verdict }) => verdict !== 'calicoctl-refuses',
      );
    });
    // No value of this key reaches Felix through the resource, its default neither.
    assert.deepEqual(
      refused.map(({ name }) => name),
      ['kubeNodePortRanges'],
    );
  });

  test(`accepts each allowed value of every key of ${text}`, () => {
    const wrong = fieldsIn(version).flatMap((field) =>
      valuesIn(field, version)
        .filter(({ value }) => judgeValue(field, toYamlValue(value), version).length > 0)
        .map(({ value }) => `${field.name}: ${value}`),
    );
    // The API listed Auto before Felix understood it.
    const early = [30, 31].includes(version.minor) ? ['nftablesMode: Auto'] : [];
    assert.deepEqual(wrong, early);
  });
}

test('knows every key of every version: 192 of them', () => {
  assert.equal(fields.size, 192);
  assert.equal(fieldsIn(versionOf('v3.32.1')).length, 181);
});

test('says of each key and each part of it what it is', () => {
  for (const field of fields.values()) {
    assert.match(field.summary, /^[A-Z].*\.$/, field.name);
    for (const { name, description } of field.fields) assert.ok(description, `${field.name}.${name}`);
  }
});

test('says what a key is about in the row of a completion, where there is room for so much', () => {
  // A row has room for 52 small letters, and those of the label are wider.
  const tooLong = [...fields.values()].filter(({ name, gist }) => name.length * 1.17 + gist.length > 52);
  assert.deepEqual(
    tooLong.map(({ name }) => name),
    [],
  );
});

test('says of each key in two sentences what it does, none of which is said of another key', () => {
  const said = new Map<string, string>();
  for (const { name, description } of fields.values()) {
    const sentences = description.split(/(?<=\.) /);
    assert.ok(sentences.length >= 2, `${name}: ${description}`);
    for (const sentence of sentences) {
      assert.match(sentence, /^\S.{10,}\.$/, name);
      assert.equal(said.get(sentence), undefined, `${name}: ${sentence}`);
      said.set(sentence, name);
    }
  }
});

test('says of each value in a sentence of its own what it does', () => {
  for (const { name, values } of fields.values()) {
    const meanings = values.map(({ meaning = '' }) => meaning);
    assert.equal(new Set(meanings).size, values.length, name);
    for (const meaning of meanings) assert.match(meaning, /^\S.{10,}\.$/, name);
  }
});

test('has a schema, a type and a dataplane for each key', () => {
  for (const field of fields.values()) {
    assert.ok(field.schemas.length > 0, field.name);
    assert.equal(typeof field.type, 'string', field.name);
    assert.ok(field.dataplanes.length > 0, field.name);
  }
});

test('names related keys that exist', () => {
  for (const field of fields.values())
    for (const other of field.related) assert.ok(fields.has(other), `${field.name} → ${other}`);
});

test('follows defaults through the versions', () => {
  const bypass = fieldOf('bpfHostConntrackBypass');
  assert.equal(defaultIn(bypass, versionOf('v3.29.0')), true);
  assert.equal(defaultIn(bypass, versionOf('v3.30.0')), false);
  assert.equal(defaultIn(fieldOf('bpfAttachType'), versionOf('master')), 'Netkit');
  assert.equal(defaultIn(fieldOf('bpfAttachType'), versionOf('v3.32.1')), 'TCX');
});

test('knows a key that was backported in its own line only from that patch on', () => {
  const rate = fieldOf('logActionRateLimit');
  const known = ['v3.30.5', 'v3.30.6', 'v3.31.0', 'v3.31.4', 'v3.32.0'].filter((text) =>
    existsIn(rate, versionOf(text)),
  );
  assert.deepEqual(known, ['v3.30.6', 'v3.31.4', 'v3.32.0']);
});

test('knows a key that was there for one release', () => {
  const misspelt = fieldOf('bpfKubeProxyHealtzPort');
  const known = ['v3.30.3', 'v3.30.4', 'v3.30.5', 'v3.31.0'].filter((text) =>
    existsIn(misspelt, versionOf(text)),
  );
  assert.deepEqual(known, ['v3.30.4']);
});

test('says of each key that came later which version brought it', () => {
  for (const field of fields.values()) {
    if (existsIn(field, versionOf('v3.22.0'))) continue;
    const since = parseVersion(field.since ?? '');
    assert.ok(since, field.name);
    assert.ok(existsIn(field, since), `${field.name}: ${field.since}`);
  }
});

test('takes a whole line for its newest patch', () => {
  assert.ok(compareVersions(versionOf('v3.30'), versionOf('v3.30.7')) > 0);
  assert.ok(existsIn(fieldOf('logActionRateLimit'), versionOf('v3.30')));
});
