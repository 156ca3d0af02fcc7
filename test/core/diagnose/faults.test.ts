/** A fault that is put into a healthy recording, of whichever version, is found, with its subject, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeFaults } from '../../support/faults/nodes.ts';
import { serviceFaults } from '../../support/faults/services.ts';
import { expectedFindings, spell } from './expected.ts';
import { diagnoseRecording } from './recorded.ts';

for (const recording of ['v3.30.7-healthy', 'v3.32.1-healthy', 'master-healthy']) {
  for (const { name, edits, found } of [...serviceFaults, ...nodeFaults]) {
    test(`${recording}: finds that ${name}, and no more`, async () => {
      const { findings } = await diagnoseRecording(recording, edits);
      const serious = findings.filter(({ severity }) => severity !== 'information');
      assert.deepEqual(
        serious.map(spell).toSorted(),
        [...expectedFindings(recording), ...found].toSorted(),
        serious.map(({ check, title }) => `${check}: ${title}`).join('\n'),
      );
    });
  }
}
