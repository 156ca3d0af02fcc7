/** Clusters that are made of recorded ones, with what has to be found in each. */
import { expectedFindings } from '../../core/diagnose/expected.ts';
import type { Edits } from '../../support/edited.ts';
import { editsOf } from '../../support/faults/elsewhere/elsewhere.ts';
import { elsewhereNearMisses } from '../../support/faults/elsewhere/near.ts';
import { elsewhereFaults, faults } from '../../support/faults/faults.ts';
import { variants } from '../../support/healthy/variants.ts';

interface Case {
  readonly recording: string;
  readonly edits: Edits;
  /** Errors and warnings, as `spell` writes them. */
  readonly expected: readonly string[];
}

const healthy = ['v3.32.1-healthy', 'v3.30.7-healthy', 'master-healthy', 'v3.32.1-dual-stack'];

/** The recordings that something can be put into. */
function fitting({ recordings = /healthy$/ }: { readonly recordings?: RegExp }): readonly string[] {
  return healthy.filter((name) => recordings.test(name));
}

export function madeCases(): readonly { readonly group: string; readonly cases: readonly Case[] }[] {
  return [
    {
      group: 'faults',
      cases: faults.flatMap((fault) =>
        fitting(fault).map((recording) => ({
          recording,
          edits: fault.edits,
          expected: [
            ...expectedFindings(recording).map((each) =>
              fault.withoutEbpf === undefined ? each : each.replace(`,${fault.withoutEbpf}`, ''),
            ),
            ...fault.found,
          ],
        })),
      ),
    },
    {
      group: 'faults elsewhere',
      cases: elsewhereFaults.map((fault) => ({
        recording: fault.recording,
        edits: editsOf(fault),
        expected: [...(fault.known ?? expectedFindings(fault.recording)), ...fault.found],
      })),
    },
    {
      group: 'near misses elsewhere',
      cases: elsewhereNearMisses.map((near) => ({
        recording: near.recording,
        edits: editsOf(near),
        expected: expectedFindings(near.recording),
      })),
    },
    {
      group: 'healthy variants',
      cases: variants.flatMap((variant) =>
        fitting(variant).map((recording) => ({
          recording,
          edits: variant.edits,
          expected: expectedFindings(recording).map((each) =>
            variant.joined === undefined ? each : each.replace(/(key .*)$/, `$1,${variant.joined}`),
          ),
        })),
      ),
    },
  ];
}
