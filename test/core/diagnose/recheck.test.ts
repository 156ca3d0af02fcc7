import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareFindings, spellChanges } from '../../../src/core/diagnose/compare.ts';
import { checksToRepeat, mergeReports } from '../../../src/core/diagnose/recheck.ts';
import { diagnoseRecording } from './recorded.ts';

const healthy = 'v3.32.1-healthy';

test('only checks that found something, or could not look everywhere, are worth running again', async () => {
  const report = await diagnoseRecording(healthy, { probes: { 'node-a/ip.link': () => undefined } });
  const found = new Set(report.findings.map(({ check }) => check));
  const unclear = report.checks.filter(({ why }) => why?.includes('ip.link')).map(({ id }) => id);
  assert.ok(unclear.length > 0 && found.size > 0);
  assert.deepEqual([...checksToRepeat(report)].toSorted(), [...new Set([...found, ...unclear])].toSorted());
});

test('a report in which some checks ran again is as if all had, and what was mended is gone', async () => {
  const before = await diagnoseRecording(healthy, {
    probes: { 'node-b/sysctl': (text) => text.replaceAll(/(ip_forward) 1/g, '$1 0') },
  });
  const again = await diagnoseRecording(healthy, {}, { only: checksToRepeat(before) });
  assert.ok(again.checks.length < before.checks.length);
  const merged = mergeReports(before, again);
  assert.deepEqual(merged, await diagnoseRecording(healthy));
  const changes = compareFindings(before.findings, merged.findings);
  assert.equal(spellChanges(changes), '1 gone (node node-b) since the last time.');
  assert.equal(
    spellChanges(compareFindings(merged.findings, before.findings)),
    '1 new (node node-b) since the last time.',
  );
});
