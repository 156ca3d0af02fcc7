import { finding, type FelixFinding } from './findings.ts';
import { matchesSelector, parseSelector } from '../names/selector.ts';
import { selectorError } from './syntax/selector.ts';
import { isDnsSubdomain } from './syntax/network.ts';
import { compareVersions, type CalicoVersion } from './versions.ts';
import type { ClusterFacts } from './cluster.ts';
import type { YamlValue } from './yamlValue.ts';

/** What begins the names of annotations that set a parameter of Felix past all checks (configurationprocessor.go). */
export const annotationPrefix = 'config.projectcalico.org/';

/** Whom a FelixConfiguration is for, by its name. */
export type Scope = 'cluster' | 'node' | 'selector';

export function scopeOf(name: string): Scope {
  if (name === 'default') return 'cluster';
  return name.startsWith('node.') ? 'node' : 'selector';
}

/** The first version in which a name of one's own means anything: objects for the nodes that a selector matches. */
export const selectorsCame: CalicoVersion = { major: 3, minor: 32, patch: 0 };

export interface NamedObject {
  readonly name: string;
  /** `spec.nodeSelector`. */
  readonly selector: YamlValue | undefined;
  readonly version: CalicoVersion;
  readonly cluster: ClusterFacts | undefined;
}

/** Judges the name of a FelixConfiguration; findings are about the name itself. */
export function judgeName(object: NamedObject): readonly FelixFinding[] {
  const { name, version, cluster } = object;
  if (!isDnsSubdomain(name)) return [badName(name)];
  switch (scopeOf(name)) {
    case 'cluster':
      return [];
    case 'node':
      return nodeFindings(name.slice('node.'.length), cluster);
    case 'selector':
      return compareVersions(version, selectorsCame) < 0 ? [nobodys(name)] : selectorless(object);
  }
}

/** Judges `spec.nodeSelector` beside the name of its object; findings are about the selector. */
export function judgeSelector({ name, selector, cluster }: NamedObject): readonly FelixFinding[] {
  if (selector === undefined || selector.kind === 'null') return [];
  if (scopeOf(name) !== 'selector') {
    const message = `The API server refuses a nodeSelector on “${name}”: only an object with a name of its own may have one.`;
    return [
      finding({
        code: 'selector',
        verdict: 'refused',
        message,
        fix: { kind: 'remove', title: 'Remove nodeSelector' },
      }),
    ];
  }
  const text = selector.kind === 'string' ? selector.value : undefined;
  const wrong = text === undefined ? undefined : selectorError(text);
  if (wrong === undefined) return text === undefined ? [] : matchlessFindings(text, cluster);
  const message = `This is not a selector: ${wrong}. The API server stores it, and then no node uses the object.`;
  return [finding({ code: 'selector', verdict: 'ignored', message })];
}

function matchlessFindings(text: string, cluster: ClusterFacts | undefined): readonly FelixFinding[] {
  const parsed = text.trim() === '' ? undefined : parseSelector(text);
  const nodes = cluster?.nodes ?? [];
  if (parsed === undefined || nodes.length === 0) return [];
  if (nodes.some(({ labels }) => matchesSelector(parsed, labels))) return [];
  const message = `It matches none of the ${nodes.length} nodes of the open cluster, so nothing uses this object there.`;
  return [finding({ code: 'selector', verdict: 'ignored', message })];
}

function badName(name: string): FelixFinding {
  const why =
    name.length > 253
      ? 'it has more than 253 characters'
      : 'only small letters, digits, “-” and “.” may be in it, and a letter or digit at each end';
  const lower = name.toLowerCase().replaceAll('_', '-');
  const fix = isDnsSubdomain(lower)
    ? ({ kind: 'replace', title: `Write ${lower}`, replacement: lower } as const)
    : undefined;
  return finding({
    code: 'name',
    verdict: 'refused',
    message: `The API server refuses this name: ${why}.`,
    fix,
  });
}

function nodeFindings(node: string, cluster: ClusterFacts | undefined): readonly FelixFinding[] {
  if (cluster === undefined || cluster.nodes.length === 0) return [];
  if (cluster.nodes.some(({ name }) => name === node)) return [];
  const there = cluster.nodes
    .slice(0, 5)
    .map(({ name }) => name)
    .join(', ');
  const message = `No node is named “${node}”, so nothing uses this object. Nodes: ${there}.`;
  return [finding({ code: 'name', verdict: 'ignored', message })];
}

function nobodys(name: string): FelixFinding {
  const message = `No node uses “${name}”: before v3.32 only “default” and “node.<name>” mean something.`;
  return finding({ code: 'name', verdict: 'ignored', message });
}

function selectorless({ name, selector }: NamedObject): readonly FelixFinding[] {
  const empty =
    selector === undefined ||
    selector.kind === 'null' ||
    (selector.kind === 'string' && selector.value.trim() === '');
  if (!empty) return [];
  const message = `No node uses “${name}” without a spec.nodeSelector. For the whole cluster name it “default”, for one node “node.<name>”.`;
  return [finding({ code: 'name', verdict: 'ignored', message })];
}
