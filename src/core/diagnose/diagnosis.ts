import { finishAtPace, type Pace } from '../steps.ts';
import type { Asked } from './asked.ts';
import { concernedBy, concerns, type Concerned } from './concerned.ts';
import type { Check, Found } from './check.ts';
import { Coverage, type CheckOutcome } from './coverage.ts';
import { digestOf } from './digest.ts';
import type { Draft, Finding } from './finding.ts';
import { Gathering } from './gathering.ts';
import type { KnownCluster } from './knownCluster.ts';
import type { KnownNode, NodeDigest } from './knownNode.ts';

export interface Report {
  readonly cluster: string;
  /** What was asked about; `undefined` for all of the cluster. */
  readonly about?: Asked | undefined;
  /** The most severe first. */
  readonly findings: readonly Finding[];
  readonly checks: readonly CheckOutcome[];
}

/** Runs checks over nodes one at a time, so that no more than a few of them have to be in memory. */
export class Diagnosis {
  readonly #cluster: KnownCluster;
  readonly #checks: readonly Check[];
  readonly #about: Asked | undefined;
  readonly #concerned: Concerned | undefined;
  readonly #gathering = new Gathering();
  readonly #coverage = new Coverage();
  readonly #digests: NodeDigest[] = [];

  /** `about` leaves out what does not concern it. */
  constructor(cluster: KnownCluster, checks: readonly Check[], about?: Asked) {
    this.#cluster = cluster;
    this.#checks = checks;
    this.#about = about;
    this.#concerned = about && concernedBy(about, cluster);
  }

  /** Runs the rules for a node; what its probes said is not needed afterwards. */
  async add(node: KnownNode, pace: Pace): Promise<void> {
    for (const { id: check, rules } of this.#checks) {
      for (const rule of rules) {
        if (rule.scope === 'cluster' || !this.#coverage.allows(rule, this.#cluster, node)) continue;
        const drafts = await atPace(rule.find(node, this.#cluster), pace);
        this.#gathering.take(drafts, { check, rule: rule.id, node: node.name });
        await pace();
      }
    }
    this.#digests.push(await finishAtPace(digestOf(node, this.#cluster), pace));
  }

  /** What was found so far, without the rules that need all nodes. */
  soFar(): readonly Finding[] {
    const concerned = this.#concerned;
    const found = this.#gathering.findings();
    return concerned === undefined ? found : found.filter((finding) => concerns(finding, concerned));
  }

  /** Runs the rules for the whole, and tells. */
  async finish(pace: Pace): Promise<Report> {
    const nodes = this.#digests.toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
    for (const { id: check, rules } of this.#checks) {
      for (const rule of rules) {
        if (rule.scope === 'node' || !this.#coverage.allowsWhole(rule, this.#cluster)) continue;
        const drafts = await atPace(rule.find(this.#cluster, nodes), pace);
        this.#gathering.take(drafts, { check, rule: rule.id, node: undefined });
        await pace();
      }
    }
    const findings = this.soFar();
    const serious = findings.filter(({ severity }) => severity !== 'information');
    const found = new Set(serious.map(({ check }) => check));
    return {
      cluster: this.#cluster.name,
      about: this.#about,
      findings,
      checks: this.#checks.map((check) => this.#coverage.outcomeOf(check, found.has(check.id))),
    };
  }
}

function atPace(found: Found, pace: Pace): readonly Draft[] | Promise<readonly Draft[]> {
  return 'next' in found ? finishAtPace(found, pace) : found;
}
