import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSummary } from '../../../src/core/table/summaryStream.ts';
import { readDump } from '../../../src/core/dump/readers.ts';
import { summarizeMap } from '../../../src/core/dump/summary.ts';
import { mapKinds } from '../../../src/core/probes.ts';
import { recordedOutputs, recordingNames } from '../../support/recordings.ts';

test('a map that is summed up piece by piece is the same as one that is read as a whole', async () => {
  for (const recording of recordingNames) {
    for (const { probe, stream, text } of await recordedOutputs(recording)) {
      const kind = mapKinds.find((each) => probe.startsWith(each.probe));
      if (stream !== 'out' || kind === undefined) continue;
      const summing = openSummary(kind.id, probe);
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length; at += 1000) summing.push(bytes.subarray(at, at + 1000));
      const dump = readDump(probe, text);
      assert.ok(dump !== undefined);
      const whole = { summary: summarizeMap(kind.id, dump), problemCount: dump.problems.length };
      assert.deepEqual(summing.end(), whole, `${recording} ${probe}`);
    }
  }
});

test('what nobody reads is not summed up', () => {
  assert.equal(openSummary('arp', 'uname').end(), undefined);
});
