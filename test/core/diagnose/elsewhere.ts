import type { Finding } from '../../../src/core/diagnose/finding.ts';
import { mergeEdits } from '../../support/faults/edits.ts';
import type { Elsewhere } from '../../support/faults/elsewhere/elsewhere.ts';
import { hosts } from '../../support/healthy/hosts.ts';
import { networks } from '../../support/healthy/networks.ts';
import { diagnoseRecording } from './recorded.ts';

const variants = [...networks, ...hosts];

/** What is found in a cluster that is made otherwise, with its fault. */
export async function findingsElsewhere({
  recording,
  in: variant,
  edits,
}: Omit<Elsewhere, 'found'>): Promise<readonly Finding[]> {
  const base = variants.find(({ name }) => name === variant)?.edits ?? {};
  const { findings } = await diagnoseRecording(recording, mergeEdits(base, edits));
  return findings;
}
