/** Of two faults at once both are found, and nothing else: neither hides the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeEdits } from '../../support/faults/edits.ts';
import type { Fault } from '../../support/faults/fault.ts';
import { nodeFaults } from '../../support/faults/nodes.ts';
import { serviceFaults } from '../../support/faults/services.ts';
import { stateFaults } from '../../support/faults/states.ts';
import { expectedFindings, spell } from './expected.ts';
import { diagnoseRecording } from './recorded.ts';

// Of a node without eBPF, or without an answer, nothing else is known.
const all = [...serviceFaults, ...nodeFaults, ...stateFaults].filter(
  ({ withoutEbpf, edits }) => withoutEbpf === undefined && edits.failures === undefined,
);
const recordings = ['v3.32.1-healthy', 'v3.30.7-healthy', 'master-healthy'];

/** Far enough that most pairs are of two checks. */
const distance = 17;

for (const [at, first] of all.entries()) {
  const second = all[(at + distance) % all.length] ?? first;
  const possible = recordings.filter((name) =>
    [first, second].every(({ recordings: own = /^/ }) => own.test(name)),
  );
  const recording = possible[at % possible.length] ?? '';
  test(`${recording}: ${first.name}, and ${second.name}`, () => check(recording, first, second));
}

async function check(recording: string, first: Fault, second: Fault): Promise<void> {
  const { findings } = await diagnoseRecording(recording, mergeEdits(first.edits, second.edits));
  const serious = findings.filter(({ severity }) => severity !== 'information');
  assert.deepEqual(
    serious.map(spell).toSorted(),
    [...expectedFindings(recording), ...first.found, ...second.found].toSorted(),
    serious.map(({ check: id, title }) => `${id}: ${title}`).join('\n'),
  );
}
