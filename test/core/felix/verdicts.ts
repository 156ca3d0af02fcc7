import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fields } from '../../../src/core/felix/fields.ts';
import type { FelixFinding } from '../../../src/core/felix/findings.ts';
import { judgeValue } from '../../../src/core/felix/judge.ts';
import { parseVersion, type CalicoVersion } from '../../../src/core/felix/versions.ts';
import { readYaml } from './yaml.ts';

/** Values of FelixConfiguration keys with what a real API server and Felix's own code made of them. */
interface Verdicts {
  readonly calico: string;
  readonly cases: readonly Case[];
  readonly names: readonly (readonly [name: string, server: string, reason: string])[];
  readonly structure: readonly (readonly [title: string, body: string, server: string, reason: string])[];
}

type Case = readonly [key: string, value: string, server: string, felix: string | null, reason: string];

export interface Score {
  readonly calico: string;
  readonly total: number;
  readonly agreed: number;
  /** Bad values that are not called so. */
  readonly missed: readonly string[];
  /** Good values that are called errors. */
  readonly falseAlarms: readonly string[];
  /** Bad values that are called so, for another reason than theirs. */
  readonly otherReason: readonly string[];
}

const recorded = join(import.meta.dirname, '..', '..', 'fixtures', 'verdicts');

export function readVerdicts(folder: string = recorded): readonly Verdicts[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json.gz'))
    .map((name) => JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString('utf8')));
}

/** Judges every recorded value of a folder and compares. */
export function scoreVerdicts(folder?: string): readonly Score[] {
  return readVerdicts(folder).map(scoreOf);
}

function scoreOf({ calico, cases }: Verdicts): Score {
  const version = parseVersion(calico);
  if (version === undefined) throw new Error(`no version: ${calico}`);
  const missed: string[] = [];
  const falseAlarms: string[] = [];
  const otherReason: string[] = [];
  for (const verdict of cases) {
    const findings = findingsOf(verdict, version);
    const said = findings.map((finding) => `${finding.verdict} – ${finding.message}`).join(' ') || 'nothing';
    const line = `${verdict[0]}: ${verdict[1]} is ${truthOf(verdict)} (${verdict[4].slice(0, 120)}); said: ${said}`;
    switch (compare(verdict, findings)) {
      case 'missed':
        missed.push(line);
        break;
      case 'false-alarm':
        falseAlarms.push(line);
        break;
      case 'other-reason':
        otherReason.push(line);
        break;
      case 'agreed':
    }
  }
  const agreed = cases.length - missed.length - falseAlarms.length;
  return { calico, total: cases.length, agreed, missed, falseAlarms, otherReason };
}

function findingsOf([key, text]: Case, version: CalicoVersion): readonly FelixFinding[] {
  const field = fields.get(key);
  const value = readYaml(text);
  if (field === undefined || value === undefined) throw new Error(`cannot judge ${key}: ${text}`);
  return judgeValue(field, value, version);
}

function truthOf([, , server, felix]: Case): string {
  return server === 'refused' ? 'refused' : (felix ?? 'ok');
}

function compare(
  verdict: Case,
  findings: readonly FelixFinding[],
): 'agreed' | 'missed' | 'false-alarm' | 'other-reason' {
  const truth = truthOf(verdict);
  const isError = findings.some(({ severity }) => severity === 'error');
  if (truth === 'unknown') return 'agreed';
  if (truth === 'ok')
    return findings.some(({ severity }) => severity !== 'information') ? 'false-alarm' : 'agreed';
  if (findings.length === 0) return 'missed';
  const wantsError = truth === 'refused' || truth === 'error' || truth === 'undecodable';
  if (wantsError && !isError) return 'missed';
  if (truth === 'calicoctl-refuses' && isError) return 'false-alarm';
  return findings.some((finding) => finding.verdict === truth) ? 'agreed' : 'other-reason';
}
