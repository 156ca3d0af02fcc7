/** Clusters that are made otherwise than the recorded ones, and are as healthy: nothing more is found in them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addresses } from '../../support/healthy/addresses.ts';
import type { Healthy } from '../../support/healthy/healthy.ts';
import { hosts } from '../../support/healthy/hosts.ts';
import { installs } from '../../support/healthy/installs.ts';
import { toIpv6 } from '../../support/healthy/ipv6.ts';
import { lifecycle } from '../../support/healthy/lifecycle.ts';
import { networks } from '../../support/healthy/networks.ts';
import { releases } from '../../support/healthy/releases.ts';
import { services } from '../../support/healthy/services.ts';
import { expectedFindings, spell } from './expected.ts';
import { diagnoseRecording } from './recorded.ts';

const healthy = [...networks, ...addresses, ...hosts, ...installs, ...services, ...lifecycle, ...releases];

for (const recording of ['v3.30.7-healthy', 'v3.32.1-healthy', 'master-healthy', 'v3.32.1-dual-stack'])
  for (const each of healthy.filter(({ recordings = /healthy$/ }) => recordings.test(recording)))
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
