/** What two sources say of calico-node that cannot both hold: objects of Kubernetes, its pods, and the binary itself. */
import { agentVersion, readVersion } from '../../nodes/nodeFacts.ts';
import { field, listField, numberField, textField } from '../../objects/object.ts';
import { valueEvidence } from '../evidence.ts';
import { advise, type Draft } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode, NodeDigest } from '../knownNode.ts';
import { keySubject, nodeSubject } from '../subjects.ts';

const configMapName = 'kubernetes-services-endpoint';
const hostKey = 'KUBERNETES_SERVICE_HOST';

/** calico-node has another address of the API server in its environment than the ConfigMap names. */
export function otherServer(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const agent = cluster.agentOn(node.name);
  const said = cluster.environmentOn(node.name, hostKey);
  const hasOperator = cluster.objects('installations.operator.tigera.io').length > 0;
  const namespace = hasOperator ? 'tigera-operator' : agent?.metadata.namespace;
  const config = findObject(cluster, 'configmaps', configMapName, namespace);
  const asked = textField(config, 'data', hostKey);
  if (agent === undefined || config === undefined || said === undefined || asked === undefined) return [];
  if (said === asked) return [];
  return [
    {
      severity: 'warning',
      subject: keySubject(hostKey),
      cause: `${said} ${asked}`,
      title: `The ConfigMap ${configMapName} names ${asked} for the API server, and calico-node on {nodes} runs with ${said}: one of the two is out of date.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'configmaps',
          object: config,
          shows: 'What the ConfigMap says.',
          value: `${hostKey}: ${asked}`,
        }),
        objectEvidence(cluster, {
          resource: 'pods',
          object: agent,
          shows: 'The environment of calico-node.',
          value: `${hostKey}=${said}`,
        }),
      ],
      fix: {
        ...advise(
          'Let calico-node start anew with what the ConfigMap says, or correct the ConfigMap. A variable in the DaemonSet itself wins over it.',
          `kubectl -n ${agent.metadata.namespace ?? 'calico-system'} rollout restart daemonset calico-node`,
        ),
        restarts: 'calico-node on every node, one after another.',
      },
    },
  ];
}

/** The tag of calico-node’s image on a node. */
function tagOn(node: string, cluster: KnownCluster): string | undefined {
  const agent = cluster.agentOn(node);
  return agent && agentVersion(agent);
}

const release = /^v\d+\.\d+\.\d+$/;

/** The binary tells another version than the tag of the image that the pod was started with. */
export function otherBinary(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const agent = cluster.agentOn(node.name);
  const tag = tagOn(node.name, cluster);
  const printed = readVersion(node.text('version') ?? '');
  if (agent === undefined || tag === undefined || printed === undefined || tag === printed) return [];
  if (!release.test(tag) || !release.test(printed)) return [];
  // Where images differ between nodes, that is told.
  if (cluster.nodeNames.some((name) => (tagOn(name, cluster) ?? tag) !== tag)) return [];
  return [
    {
      severity: 'warning',
      subject: nodeSubject(node.name),
      cause: `${tag} ${printed}`,
      title: `calico-node on {nodes} has the image ${tag}, and its binary says that it is ${printed}: the tag was given to another build, or the node has an old image of that name.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'pods',
          object: agent,
          shows: 'The image of the pod.',
          value: imageOf(agent) ?? tag,
        }),
        valueEvidence(node, 'version', { value: `Version: ${printed}`, shows: 'What the binary says.' }),
      ],
      fix: advise(
        'Compare the digests of the image on the nodes with that of the registry, and pull it again.',
      ),
    },
  ];
}

/** The DaemonSet asks for another image than all of its pods have, and no update is under way. */
export function otherImage(cluster: KnownCluster, nodes: readonly NodeDigest[]): readonly Draft[] {
  const set = cluster.objects('daemonsets.apps').find(({ metadata }) => metadata.name === 'calico-node');
  const asked = imageOf(field(set, 'spec', 'template'));
  const updated = numberField(set, 'status', 'updatedNumberScheduled');
  const wanted = numberField(set, 'status', 'desiredNumberScheduled') ?? 0;
  if (set === undefined || asked === undefined || (updated !== undefined && updated < wanted)) return [];
  const agents = nodes.flatMap(({ name }) => {
    const agent = cluster.agentOn(name);
    return agent?.metadata.namespace === set.metadata.namespace && agent !== undefined ? { name, agent } : [];
  });
  const images = new Set(agents.map(({ agent }) => imageOf(agent)));
  const [image] = images;
  // Nodes that differ among themselves have a finding of their own.
  if (images.size !== 1 || image === undefined || image === asked) return [];
  return agents.map(({ name, agent }) => ({
    severity: 'warning',
    subject: nodeSubject(name),
    cause: `${asked} ${image}`,
    title: `The DaemonSet calico-node asks for ${asked}, its pods on {nodes} run ${image}, and no update is under way: they were not made anew.`,
    evidence: [
      objectEvidence(cluster, {
        resource: 'daemonsets.apps',
        object: set,
        shows: 'What the DaemonSet asks for.',
        value: `image: ${asked}`,
      }),
      objectEvidence(cluster, {
        resource: 'pods',
        object: agent,
        shows: 'What runs.',
        value: `image: ${image}`,
      }),
    ],
    fix: advise(
      'With strategy OnDelete delete the pods one by one; else see why the DaemonSet controller does not follow.',
      `kubectl -n ${set.metadata.namespace ?? 'calico-system'} rollout status daemonset calico-node`,
    ),
  }));
}

function imageOf(pod: unknown): string | undefined {
  const container = listField(pod, 'spec', 'containers').find(
    (each) => textField(each, 'name') === 'calico-node',
  );
  return textField(container, 'image');
}
