/** A fault that is put into a healthy recording, of whichever version, is found, with its subject, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checks } from '../../../src/core/diagnose/checks.ts';
import type { Finding } from '../../../src/core/diagnose/finding.ts';
import type { Fault } from '../../support/faults/fault.ts';
import { mergeEdits } from '../../support/faults/edits.ts';
import { inIpv6, toIpv6 } from '../../support/healthy/ipv6.ts';
import { releases } from '../../support/healthy/releases.ts';
import { editsOf } from '../../support/faults/elsewhere/elsewhere.ts';
import { scenes } from '../../support/faults/scenes/scenes.ts';
import { elsewhereFaults, faults, nearMisses, reportedFaults } from '../../support/faults/faults.ts';
import { expectedFindings, spell } from './expected.ts';
import { diagnoseRecording } from './recorded.ts';

const healthy = diagnoseRecording('v3.32.1-healthy');

/** The rules that have found something. */
const fired = new Set<string>();

/** `nat-integrity/differs` of a finding. */
function ruleOf({ id }: Finding): string {
  return id.split('/', 2).join('/');
}

for (const recording of ['v3.30.7-healthy', 'v3.32.1-healthy', 'master-healthy', 'v3.32.1-dual-stack']) {
  for (const fault of faults.filter(({ recordings = /healthy$/ }) => recordings.test(recording))) {
    test(`${recording}: finds that ${fault.name}, and no more`, () => findsFault(recording, fault));
  }
}

for (const fault of faults.filter(({ recordings = /healthy$/ }) => recordings.test('v3.32.1-healthy')))
  test(`v3.32.1-healthy with IPv6 alone: finds that ${fault.name}, and no more`, () =>
    findsFault('v3.32.1-healthy', {
      ...fault,
      edits: toIpv6(fault.edits),
      found: fault.found.map((each) => inIpv6(each).replace('wireguard.cali', 'wg-v6.cali')),
    }));

/** As an old version prints it: raw conntrack, fewer flags of interfaces. */
const old = releases.find(({ name }) => name.startsWith('v3.27'))?.edits ?? {};

for (const fault of faults.filter(({ recordings = /healthy$/ }) => recordings.test('v3.30.7-healthy')))
  test(`v3.30.7-healthy as v3.27 prints it: finds that ${fault.name}, and no more`, () =>
    findsFault('v3.30.7-healthy', { ...fault, edits: mergeEdits(old, fault.edits) }));

async function findsFault(recording: string, { edits, found, withoutEbpf }: Fault): Promise<void> {
  const { findings } = await diagnoseRecording(recording, edits);
  for (const finding of findings) fired.add(ruleOf(finding));
  const serious = findings.filter(({ severity }) => severity !== 'information');
  // What is said of nodes that run eBPF is not said of the others.
  const known = expectedFindings(recording).map((each) =>
    withoutEbpf === undefined ? each : each.replace(`,${withoutEbpf}`, ''),
  );
  assert.deepEqual(
    serious.map(spell).toSorted(),
    [...known, ...found].toSorted(),
    serious.map(({ check, title }) => `${check}: ${title}`).join('\n'),
  );
}

for (const { rule, name, edits } of nearMisses) {
  test(`${rule} is silent: ${name}`, async () => {
    const known = new Set((await healthy).findings.map(({ id }) => id));
    const { findings } = await diagnoseRecording('v3.32.1-healthy', edits);
    const found = findings.filter((finding) => !known.has(finding.id) && ruleOf(finding) === rule);
    assert.deepEqual(
      found.map(({ title }) => title),
      [],
    );
  });
}

test('every rule finds its fault, and is silent where there is nearly one', async () => {
  for (const recording of [
    'v3.32.1-healthy',
    'v3.32.1-node-bpf-off',
    'v3.32.1-dual-stack',
    'v3.32.1-kube-proxy-rules-left',
  ])
    for (const finding of (await diagnoseRecording(recording)).findings) fired.add(ruleOf(finding));
  for (const fault of [...elsewhereFaults, ...reportedFaults]) {
    const { findings } = await diagnoseRecording(fault.recording, editsOf(fault));
    for (const finding of findings) fired.add(ruleOf(finding));
  }
  for (const { edits } of scenes.filter(({ found }) => found.length > 0))
    for (const finding of (await diagnoseRecording('v3.32.1-healthy', edits)).findings)
      fired.add(ruleOf(finding));
  const rules = checks.flatMap(({ id, rules: own }) => own.map((rule) => `${id}/${rule.id}`));
  const nearly = new Set(nearMisses.map(({ rule }) => rule));
  assert.deepEqual(
    rules.map((rule) => ({ rule, fires: fired.has(rule), nearly: nearly.has(rule) })),
    rules.map((rule) => ({ rule, fires: true, nearly: true })),
  );
});
