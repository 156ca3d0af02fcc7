/** Faults of clusters that are made otherwise, spread over nodes otherwise, or seen only in part. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Elsewhere } from '../../support/faults/elsewhere/elsewhere.ts';
import { installFaults } from '../../support/faults/elsewhere/installs.ts';
import { elsewhereNearMisses } from '../../support/faults/elsewhere/near.ts';
import { networkFaults } from '../../support/faults/elsewhere/networks.ts';
import { partialFaults } from '../../support/faults/elsewhere/partial.ts';
import { spreadFaults } from '../../support/faults/elsewhere/spread.ts';
import { findingsElsewhere } from './elsewhere.ts';
import { expectedFindings, spell } from './expected.ts';

for (const fault of [...spreadFaults, ...networkFaults, ...installFaults, ...partialFaults])
  test(`${place(fault)}: finds that ${fault.name}, and no more`, () => finds(fault));

for (const near of elsewhereNearMisses)
  test(`${place(near)}: nothing is wrong where ${near.name}`, () => finds({ ...near, found: [] }));

function place({ recording, in: variant }: Omit<Elsewhere, 'found'>): string {
  return variant === undefined ? recording : `${recording} with ${variant}`;
}

async function finds({ found, known, ...cluster }: Elsewhere): Promise<void> {
  const findings = await findingsElsewhere(cluster);
  const serious = findings.filter(({ severity }) => severity !== 'information');
  assert.deepEqual(
    serious.map(spell).toSorted(),
    [...(known ?? expectedFindings(cluster.recording)), ...found].toSorted(),
    serious.map(({ check, id, title }) => `${check}: ${title} [${id}]`).join('\n'),
  );
}
