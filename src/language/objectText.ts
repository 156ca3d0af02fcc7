import { scopeOf, selectorsCame } from '../core/felix/names.ts';
import { documentationUrl } from '../core/felix/fields.ts';
import { compareVersions, formatVersion } from '../core/felix/versions.ts';
import type { CalicoVersion } from '../core/felix/versions.ts';
import { nodesMeant } from './effective.ts';
import type { ClusterAnswer } from './protocol.ts';
import type { Surroundings } from './surroundings.ts';

/** The parts of a FelixConfiguration that are no parameters. */
export type ObjectPart = 'apiVersion' | 'kind' | 'name';

export interface DescribedObject {
  readonly name: string;
  /** Its spec.nodeSelector. */
  readonly selector: string | undefined;
  readonly apiVersion: string;
}

/** What a part of a FelixConfiguration means, in Markdown. */
export function describePart(part: ObjectPart, object: DescribedObject, surroundings: Surroundings): string {
  switch (part) {
    case 'apiVersion':
      return apiVersionText(object, surroundings.version);
    case 'kind':
      return kindText;
    case 'name':
      return nameText(object, surroundings);
  }
}

const precedence =
  'Felix takes each parameter from the first that sets it: an environment variable `FELIX_…`, `/etc/calico/felix.cfg`, ' +
  'the object `node.<name>`, from v3.32 one whose `nodeSelector` matches the node, `default`, and last what is built in.';

const kindText = [
  '**FelixConfiguration** · cluster-scoped, short name `felixconfig`',
  'The parameters of Felix, Calico’s agent on each node. The name decides for which nodes an object is; with all but one parameter, a change restarts Felix there.',
  precedence,
  `[Documentation](${documentationUrl})`,
].join('\n\n');

function apiVersionText({ apiVersion }: DescribedObject, version: CalicoVersion): string {
  const own =
    apiVersion === 'crd.projectcalico.org/v1'
      ? 'The resource that Calico keeps its configuration in. What is written here is checked by the CRD alone; Felix replaces or stumbles over what only Calico’s own validator would have refused.'
      : 'Calico’s own API: served by the Calico API server and by calicoctl, which check values with Calico’s validator besides the CRD, or, from v3.32, by CRDs of this group where a cluster is installed so.';
  return [
    `**${apiVersion}** · ${compareVersions(version, selectorsCame) < 0 ? 'needs the Calico API server or calicoctl' : 'FelixConfiguration'}`,
    own,
    'Both names lead to the same parameters.',
  ].join('\n\n');
}

function nameText({ name, selector }: DescribedObject, { version, cluster }: Surroundings): string {
  return [
    `**${name}** · name of a FelixConfiguration`,
    meaningOf(name, version),
    precedence,
    cluster === undefined ? '' : reachText(name, selector, cluster, version),
  ]
    .filter((line) => line !== '')
    .join('\n\n');
}

function meaningOf(name: string, version: CalicoVersion): string {
  switch (scopeOf(name)) {
    case 'cluster':
      return 'For all nodes.';
    case 'node':
      return `For the node \`${name.slice('node.'.length)}\` alone. That is the name by which its Felix knows itself: the node’s name in Kubernetes, unless \`NODENAME\` or \`FELIX_FELIXHOSTNAME\` says otherwise.`;
    case 'selector':
      return compareVersions(version, selectorsCame) < 0
        ? `In Calico ${formatVersion(version)} only \`default\` and \`node.<name>\` mean something: this object is stored, and no node uses it.`
        : 'For the nodes that `spec.nodeSelector` matches. Where several such objects match a node, the oldest one is used and nothing of the others.';
  }
}

function reachText(
  name: string,
  nodeSelector: string | undefined,
  cluster: ClusterAnswer,
  version: CalicoVersion,
): string {
  const spec = nodeSelector === undefined ? {} : { nodeSelector };
  return describeNodes(nodesMeant({ name, spec }, cluster, version), cluster);
}

/** `On shop: 2 of 3 nodes, a and b.` */
export function describeNodes(names: readonly string[], { name, nodes }: ClusterAnswer): string {
  if (names.length === 0) return `On ${name} no node is meant.`;
  const most = 5;
  const rest = names.length > most ? ` and ${names.length - most} more` : '';
  const listed = names
    .slice(0, most)
    .map((each) => `\`${each}\``)
    .join(', ');
  return `On ${name} this is ${names.length} of ${nodes.length} nodes: ${listed}${rest}.`;
}
