/** Faults that people have reported are found, with their subject, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editsOf } from '../../support/faults/elsewhere/elsewhere.ts';
import { reportedFaults } from '../../support/faults/faults.ts';
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
  });
