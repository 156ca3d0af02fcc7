import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  changeInForce,
  compareVersions,
  formatVersion,
  newestVersion,
  nextVersion,
  parseVersion,
} from '../../../src/core/felix/versions.ts';
import { versionOf } from './check.ts';

test('reads versions as people and images write them', () => {
  assert.deepEqual(parseVersion('v3.32.1'), newestVersion);
  assert.deepEqual(parseVersion(' 3.32.1-rc2 '), newestVersion);
  assert.deepEqual(parseVersion('master'), nextVersion);
  for (const text of ['', '3', 'v3', 'latest', '3.x', 'v3.32.1.1'])
    assert.equal(parseVersion(text), undefined, text);
});

test('writes them back', () => {
  for (const text of ['v3.32.1', 'v3.30']) assert.equal(formatVersion(versionOf(text)), text);
});

test('compares by number', () => {
  assert.ok(compareVersions(versionOf('v3.9.0'), versionOf('v3.10.0')) < 0);
  assert.equal(compareVersions(versionOf('v3.10.1'), versionOf('3.10.1')), 0);
});

test('lets a backport hold in its own line only', () => {
  const changes = [{ since: 'v3.22.0' }, { since: 'v3.30.6' }, { since: 'v3.32.0' }];
  const inForce = (text: string) => changeInForce(changes, versionOf(text))?.since;
  assert.equal(inForce('v3.30.5'), 'v3.22.0');
  assert.equal(inForce('v3.30.7'), 'v3.30.6');
  assert.equal(inForce('v3.31.9'), 'v3.22.0');
  assert.equal(inForce('v3.32.0'), 'v3.32.0');
  assert.equal(inForce('v3.21.0'), undefined);
});
