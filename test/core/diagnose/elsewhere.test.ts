/** Faults of clusters that are made otherwise, spread over nodes otherwise, or seen only in part. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editsOf, type Elsewhere } from '../../support/faults/elsewhere/elsewhere.ts';
import { elsewhereNearMisses } from '../../support/faults/elsewhere/near.ts';
import { elsewhereFaults } from '../../support/faults/faults.ts';
import { expectedFindings, spell } from './expected.ts';
import { diagnoseRecording } from './recorded.ts';

for (const fault of elsewhereFaults)
  test(`${place(fault)}: finds that ${fault.name}, and no more`, () => finds(fault));

for (const near of elsewhereNearMisses)
  test(`${place(near)}: nothing is wrong where ${near.name}`, () => finds({ ...near, found: [] }));

function place({ recording, in: variant }: Omit<Elsewhere, 'found'>): string {
  return variant === undefined ? recording : `${recording} with ${variant}`;
}

async function finds({ found, known, ...cluster }: Elsewhere): Promise<void> {
  const { findings } = await diagnoseRecording(cluster.recording, editsOf(cluster));
  const serious = findings.filter(({ severity }) => severity !== 'information');
  assert.deepEqual(
    serious.map(spell).toSorted(),
    [...(known ?? expectedFindings(cluster.recording)), ...found].toSorted(),
    serious.map(({ check, id, title }) => `${check}: ${title} [${id}]`).join('\n'),
  );
}
