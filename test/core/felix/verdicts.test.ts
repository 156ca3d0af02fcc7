import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreVerdicts } from './verdicts.ts';

for (const { calico, total, agreed, missed, falseAlarms, otherReason } of scoreVerdicts()) {
  test(`agrees with the API server and Felix ${calico} on 99.9 % of ${total} values`, () => {
    assert.ok(agreed / total >= 0.999, [`${agreed} of ${total}`, ...missed.slice(0, 20)].join('\n'));
  });

  test(`calls no value wrong that Calico ${calico} takes`, () => {
    assert.deepEqual(falseAlarms, []);
  });

  test(`tells who stumbles over a value in Calico ${calico}`, () => {
    assert.ok(otherReason.length / total <= 0.001, otherReason.slice(0, 20).join('\n'));
  });
}
