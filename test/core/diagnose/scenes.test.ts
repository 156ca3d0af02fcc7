/** What goes wrong in clusters like the recorded ones is found with all that follows from it, and no more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthyRecordings, type Scene } from '../../support/faults/scenes/scene.ts';
import { scenes } from '../../support/faults/scenes/scenes.ts';
import { expectedFindings, spell } from './expected.ts';
import { diagnoseRecording } from './recorded.ts';

for (const scene of scenes)
  for (const recording of scene.recordings ?? healthyRecordings)
    test(`${recording}: ${said(scene)}`, () => finds(recording, scene));

function said({ name, found }: Scene): string {
  return found.length === 0 ? `nothing is wrong where ${name}` : `finds that ${name}, and no more`;
}

async function finds(recording: string, { edits, found, known }: Scene): Promise<void> {
  const { findings } = await diagnoseRecording(recording, edits);
  const serious = findings.filter(({ severity }) => severity !== 'information');
  assert.deepEqual(
    serious.map(spell).toSorted(),
    [...(known ?? expectedFindings(recording)), ...found].toSorted(),
    serious.map(({ check, id, title }) => `${check}: ${title} [${id}]`).join('\n'),
  );
}
