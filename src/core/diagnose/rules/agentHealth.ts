import { isAgent } from '../../nodes/agent.ts';
import { field, listField, numberField, textField, type KubernetesObject } from '../../objects/object.ts';
import { isPodReady } from './emptyService.ts';
import { advise, type Draft } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { isStarting } from './starting.ts';
import { nodeSubject, podSubject } from '../subjects.ts';

/** How to read what Felix said of late. */
export function logsOf(node: string): string {
  return `kubectl -n calico-system logs -c calico-node --tail=200 $(kubectl -n calico-system get pod -l k8s-app=calico-node --field-selector spec.nodeName=${node} -o name)`;
}

/** The calico-node pod of a node: there, running, ready, not restarting. */
export function agents(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  // Calico for Windows has pods of another name.
  if (node.facts().agent.kind === 'windows') return [];
  const agent = cluster.agentOn(node.name);
  const object = findObject(cluster, 'nodes', node.name);
  if (agent === undefined)
    return object === undefined || !hasAgents(cluster) ? [] : [withoutAgent(cluster, object)];
  if (object === undefined && cluster.objects('nodes').length > 0) return [withoutNode(cluster, agent)];
  const status = listField(agent, 'status', 'containerStatuses').find(
    (each) => textField(each, 'name') === 'calico-node',
  );
  const waiting = textField(status, 'state', 'waiting', 'reason');
  const restarts = numberField(status, 'restartCount') ?? 0;
  const isDown = waiting !== undefined || !isPodReady(agent);
  if (isDown && isStarting(agent, cluster)) return [startingAgent(cluster, agent, node.name)];
  const last = field(status, 'lastState', 'terminated');
  if (!isDown && !isRecent(last, cluster, restarts)) return [];
  const why = reasonOf(last);
  const evidence = [
    objectEvidence(cluster, {
      resource: 'pods',
      object: agent,
      shows: 'The state of calico-node.',
      value: `ready: ${isPodReady(agent) ? 'yes' : 'no'}, restarts: ${restarts}${waiting === undefined ? '' : `, waiting: ${waiting}`}${why === '' ? '' : `, last:${why}`}`,
    }),
  ];
  return [
    {
      severity: isDown ? 'error' : 'warning',
      subject: isDown
        ? nodeSubject(node.name)
        : podSubject(`${agent.metadata.namespace ?? ''}/${agent.metadata.name}`, node.name),
      cause: `${isDown} ${waiting ?? ''} ${why}`,
      title: isDown
        ? `calico-node on {nodes} is not ready${waiting === undefined ? '' : ` (${waiting})`}${why}: new pods and changes of Services do not reach the dataplane there.`
        : `calico-node on {nodes} restarts again and again (${restarts} times)${why}.`,
      evidence,
      fix: advise(
        'Its log says why, that of the container before the restart most of all.',
        logsOf(node.name),
        logsOf(node.name).replace('--tail=200', '--previous --tail=200'),
      ),
    },
  ];
}

function hasAgents(cluster: KnownCluster): boolean {
  return cluster.objects('pods').some(isAgent);
}

function startingAgent(cluster: KnownCluster, object: KubernetesObject, node: string): Draft {
  return {
    severity: 'information',
    subject: nodeSubject(node),
    cause: 'starting',
    title: 'calico-node on {nodes} was started a moment ago and is not ready yet.',
    evidence: [
      objectEvidence(cluster, {
        resource: 'pods',
        object,
        shows: 'The state of calico-node.',
        value: `created ${textField(object, 'metadata', 'creationTimestamp') ?? 'a moment ago'}`,
      }),
    ],
    fix: advise('Check again in a minute.'),
  };
}

/** Felix that starts without its Node object leaves its programs without maps, and the node drops everything. */
function withoutNode(cluster: KnownCluster, object: KubernetesObject): Draft {
  const node = textField(object, 'spec', 'nodeName') ?? '';
  return {
    severity: 'error',
    subject: nodeSubject(node),
    cause: 'unknown',
    title:
      'Kubernetes no longer knows {nodes}, on which calico-node still runs: others have no route to its pods, and Felix must not be restarted there before the Node object is back.',
    evidence: [
      objectEvidence(cluster, {
        resource: 'pods',
        object,
        shows: 'Its calico-node pod.',
        value: `nodeName: ${node}, of which there is no Node object`,
      }),
    ],
    fix: advise(
      'Let the kubelet register the node again by a restart of it, or drain and remove the machine.',
      'systemctl restart kubelet',
    ),
  };
}

function withoutAgent(cluster: KnownCluster, object: KubernetesObject): Draft {
  const { name } = object.metadata;
  return {
    severity: 'error',
    subject: nodeSubject(name),
    cause: 'absent',
    title: 'No calico-node pod runs on {nodes}: pods there have no network that anybody keeps.',
    evidence: [
      objectEvidence(cluster, {
        resource: 'nodes',
        object,
        shows: 'A node without calico-node.',
        value: `taints: ${JSON.stringify(field(object, 'spec', 'taints') ?? [])}`,
      }),
    ],
    fix: advise(
      'See why the DaemonSet leaves the node out: its node selector, tolerations, or a pod that cannot be scheduled.',
      'kubectl -n calico-system describe daemonset calico-node',
    ),
  };
}

const anHour = 3_600_000;

/** Several restarts of which the last is not long ago. */
function isRecent(terminated: unknown, { time }: KnownCluster, restarts: number): boolean {
  const ended = Date.parse(textField(terminated, 'finishedAt') ?? '');
  return restarts >= 3 && time !== undefined && Date.parse(time) - ended < anHour;
}

/** Felix ends with 129 when its configuration changed (felix/daemon/daemon.go). */
function reasonOf(terminated: unknown): string {
  const code = numberField(terminated, 'exitCode');
  const reason = textField(terminated, 'reason');
  if (reason === 'OOMKilled') return ', killed for want of memory (OOMKilled)';
  if (code === 129) return ', each time for a change of its configuration (exit code 129)';
  return code === undefined
    ? ''
    : `, last with exit code ${code}${reason === undefined ? '' : ` (${reason})`}`;
}
