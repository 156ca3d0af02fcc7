import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMapKind } from '../../../src/core/probes.ts';
import { idOf, type Element, type MapElement, type MapState } from '../../../src/views/cluster/elements.ts';
import { LastGood } from '../../../src/views/cluster/lastGood.ts';

const read = new Date('2026-11-21T12:00:00Z');
const parent: Element = { kind: 'group', node: 'n', group: 'maps', count: undefined };

function map(state: MapState): MapElement {
  const kind = findMapKind('nat');
  assert.ok(kind);
  return { kind: 'map', node: 'n', map: kind, family: 'IPv4', state };
}

const good = map({
  kind: 'read',
  summary: { count: 3, used: 3, usedBackends: undefined, unit: 'frontends', trouble: undefined },
  facts: [],
  capacity: undefined,
  problems: 0,
});
const failed = (reason: 'unreachable' | 'no-map') =>
  map({ kind: 'failed', reason, message: 'It is silent.' });

test('what cannot be read again is shown as it was, under the reason', () => {
  const lastGood = new LastGood();
  assert.equal(lastGood.recall(parent, 'unreachable', 'It is silent.'), undefined);
  lastGood.keep(parent, [good], read);
  assert.deepEqual(lastGood.recall(parent, 'unreachable', 'It is silent.'), [
    { kind: 'stale', under: idOf(parent), since: read, message: 'It is silent.' },
    good,
  ]);
  lastGood.clear();
  assert.equal(lastGood.recall(parent, 'unreachable', 'It is silent.'), undefined);
});

test('a map that cannot be read again keeps its numbers, with their age and the reason', () => {
  const lastGood = new LastGood();
  lastGood.keep(parent, [good], read);
  const [shown] = lastGood.keep(parent, [failed('unreachable')], new Date());
  assert.deepEqual(shown, {
    ...good,
    state: { ...good.state, stale: { since: read, message: 'It is silent.' } },
  });
});

test('what is really gone is not shown as it was', () => {
  const lastGood = new LastGood();
  lastGood.keep(parent, [good], read);
  assert.deepEqual(lastGood.keep(parent, [failed('no-map')], new Date()), [failed('no-map')]);
  assert.equal(lastGood.recall(parent, 'no-map', 'It is not there.'), undefined);
});
