import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordedOutputs, recordingNames } from '../support/recordings.ts';
import { checkColoured, grammars } from './coloured.ts';

/** So many lines show every form that a dump has. */
const mostLines = 60;

for (const [probes, name] of grammars) {
  test(`each word of the recorded dumps of every version is coloured by the grammar of ${name}`, async () => {
    let count = 0;
    for (const recording of recordingNames) {
      for (const { probe, stream, text } of await recordedOutputs(recording)) {
        const isOther =
          !probes.test(probe) || probe.endsWith('.json') || text.includes('Available Commands:');
        if (stream === 'err' || isOther) continue;
        count += await checkColoured(name, text.split('\n', mostLines), `${recording} ${probe}`);
      }
    }
    assert.ok(count > 10, String(count));
  });
}
