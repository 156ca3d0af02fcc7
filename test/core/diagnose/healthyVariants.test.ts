/** Clusters that are made otherwise than the recorded ones, and are as healthy: nothing more is found in them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Healthy } from '../../support/healthy/healthy.ts';
import { variants } from '../../support/healthy/variants.ts';
import { toIpv6 } from '../../support/healthy/ipv6.ts';
import { expectedFindings, spell } from './expected.ts';
import { diagnoseRecording } from './recorded.ts';

for (const recording of ['v3.30.7-healthy', 'v3.32.1-healthy', 'master-healthy', 'v3.32.1-dual-stack'])
  for (const each of variants.filter(({ recordings = /healthy$/ }) => recordings.test(recording)))
    test(`${recording} is as healthy with ${each.name}`, () => isHealthy(recording, each));

for (const recording of ['v3.30.7-healthy', 'v3.32.1-healthy', 'master-healthy'])
  test(`${recording} is as healthy with IPv6 alone`, () => isHealthy(recording, { edits: toIpv6({}) }));

async function isHealthy(recording: string, { edits, joined }: Omit<Healthy, 'name'>): Promise<void> {
  const { findings } = await diagnoseRecording(recording, edits);
  const serious = findings.filter(({ severity }) => severity !== 'information');
  assert.deepEqual(
    serious.map(spell).toSorted(),
    expectedFindings(recording)
      .map((each) => (joined === undefined ? each : each.replace(/(key .*)$/, `$1,${joined}`)))
      .toSorted(),
    serious.map(({ check, id, title }) => `${check}: ${title} [${id}]`).join('\n'),
  );
}
