/** Faults that people have reported are found, with their subject, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editsOf } from '../../support/faults/elsewhere/elsewhere.ts';
import { reportedFaults } from '../../support/faults/faults.ts';
import { contradictions } from '../../support/faults/reported/contradictions.ts';
import { expectedFindings, spell } from './expected.ts';
import { diagnoseRecording } from './recorded.ts';

for (const { from, name, recording, found, known, ...fault } of reportedFaults)
  test(`${recording}: finds that ${name}, and no more (${from})`, async () => {
    const { findings } = await diagnoseRecording(recording, editsOf(fault));
    const serious = findings.filter(({ severity }) => severity !== 'information');
    assert.deepEqual(
      serious.map(spell).toSorted(),
      [...(known ?? expectedFindings(recording)), ...found].toSorted(),
      serious.map(({ check, id, title }) => `${check}: ${title} [${id}]`).join('\n'),
    );
    for (const { id, title, evidence, fix } of findings) {
      assert.ok(evidence.length > 0 && evidence.every(({ value }) => value !== ''), id);
      assert.match(title, /^[^{}]*\.$/, id);
      assert.notEqual(fix.text, '', id);
    }
  });

for (const { name, recording, ...fault } of contradictions)
  test(`both sides are evidence where ${name}`, async () => {
    const known = new Set((await diagnoseRecording(recording)).findings.map(({ id }) => id));
    const { findings } = await diagnoseRecording(recording, editsOf(fault));
    const told = findings.filter(({ id, severity }) => !known.has(id) && severity !== 'information');
    const sources = told.map(
      ({ evidence }) =>
        new Set(evidence.map(({ at }) => (at.kind === 'probe' ? at.probe : at.resource))).size,
    );
    assert.ok(Math.max(...sources) > 1, told.map(({ title }) => title).join('\n'));
  });
