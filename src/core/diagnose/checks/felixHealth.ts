import { field, listField, numberField, textField, type KubernetesObject } from '../../objects/object.ts';
import { findFirst } from '../../text/sought.ts';
import { calicoPage, clusterRule, ebpfRule, nodeRule, troubleshooting, type Check } from '../check.ts';
import { absentPods } from '../absentPods.ts';
import { isPodReady } from '../emptyService.ts';
import { lineEvidence, valueEvidence } from '../evidence.ts';
import { advise, listNodes, listSome, type Draft, type Evidence } from '../finding.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode, NodeDigest } from '../knownNode.ts';
import { logPatterns } from '../logPatterns.ts';
import { natOfNode } from '../natOfNode.ts';
import { interfaceSubject, nodeSubject, podSubject } from '../subjects.ts';

/** Whether Felix runs, is well, and follows its API server. */
export const felixHealth: Check = {
  id: 'felix-health',
  title: 'Felix runs, is ready and follows the API server',
  documentation: {
    why: 'When Felix is stopped or cut off, nothing fails at first: the maps just grow old. New pods and services do not work, and addresses of pods that are gone are sent to.',
    how: 'The calico-node pods, their restarts, what Felix’s log says of its components and of known faults, its versions, and what its maps say beside Kubernetes.',
    links: [troubleshooting, calicoPage('Monitor Calico component metrics', 'operations/monitor/')],
  },
  rules: [
    nodeRule('agent', { objects: ['pods', 'nodes'] }, agents),
    nodeRule('components', { probes: ['felix.log'] }, components),
    ebpfRule(
      'stale',
      {
        probes: ['routes.dump', 'nat.dump'],
        objects: ['pods', 'nodes', 'services', 'endpointslices.discovery.k8s.io'],
        uses: ['ifstate.dump', 'routes.dump.v6'],
      },
      stale,
    ),
    nodeRule('log', { probes: ['felix.log'] }, known),
    clusterRule('versions', { objects: ['pods'] }, versions),
    nodeRule('readiness', { objects: ['pods'], uses: ['readiness'] }, readiness),
  ],
};

function logsOf(node: string): string {
  return `kubectl -n calico-system logs -c calico-node --tail=200 $(kubectl -n calico-system get pod -l k8s-app=calico-node --field-selector spec.nodeName=${node} -o name)`;
}

/** The calico-node pod of a node: there, running, ready, not restarting. */
function agents(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
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
  return cluster.objects('pods').some(({ metadata }) => metadata.labels?.['k8s-app'] === 'calico-node');
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

/** The components whose last report in the log is that they are not ready or not alive. */
function components(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const log = node.currentLog();
  if (log === undefined) return [];
  const last = new Map<string, { readonly report: string; readonly offset: number }>();
  for (const { 1: name = '', 2: report = '', index } of log.text.matchAll(
    /Health of component changed name="([^"]+)" newReport="([^"]*)"/g,
  ))
    last.set(name, { report, offset: log.offset + index });
  const bad = [...last].filter(([, { report }]) => /non-ready|non-live|timed out|not ready/i.test(report));
  const [first] = bad;
  if (first === undefined) return [];
  const names = bad.map(([name]) => name);
  const agent = cluster.agentOn(node.name);
  const contrary = agent !== undefined && isPodReady(agent) ? agent : undefined;
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: names.toSorted().join(' '),
      title: `Felix on {nodes} is not ready${contrary === undefined ? '' : ', though Kubernetes calls its pod ready'}: ${bad.map(([name, { report }]) => `${name} is ${report}`).join(', ')}.`,
      evidence: [
        ...bad.map(([name, { offset }]) =>
          lineEvidence(node, 'felix.log', { span: { start: offset }, shows: `The last report of ${name}.` }),
        ),
        ...(contrary === undefined
          ? []
          : [
              objectEvidence(cluster, {
                resource: 'pods',
                object: contrary,
                shows: 'What Kubernetes says of calico-node.',
                value: 'condition Ready: True',
              }),
            ]),
      ],
      fix: advise(
        'The lines before it say what it waits for; BPFEndpointManager waits for programs to load, and for kube-ipvs0 to go.',
        logsOf(node.name),
      ),
    },
  ];
}

/** From so many kinds of disagreement with Kubernetes on, it is Felix and not a change on its way. */
const disagreements = 2;

/** Maps that have grown old: Felix runs no more, or hears nothing. */
function stale(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const signs = [...goneRoutes(node, cluster), ...unknownPods(node, cluster), ...oldNat(node, cluster)];
  if (signs.length < disagreements) return [];
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: 'stale',
      title: `Felix on {nodes} no longer follows Kubernetes: ${signs.map(({ text }) => text).join('; ')}. It is stopped, or cut off from its API server.`,
      evidence: signs.flatMap(({ evidence }) => evidence),
      fix: advise(
        'See whether calico-node runs on the node, and in its log whether it reaches the API server (or Typha).',
        logsOf(node.name),
      ),
    },
  ];
}

interface Sign {
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/** Routes to local pods that are gone. */
function goneRoutes(node: KnownNode, cluster: KnownCluster): readonly Sign[] {
  const signs = [
    goneIn(node, cluster, { probe: 'routes.dump', dump: node.routes() }),
    goneIn(node, cluster, { probe: 'routes.dump.v6', dump: node.routesV6() }),
  ];
  // One sign, whether of one family or of both.
  return signs.find((found) => found.length > 0) ?? [];
}

function goneIn(
  node: KnownNode,
  cluster: KnownCluster,
  { probe, dump }: { readonly probe: string; readonly dump: ReturnType<KnownNode['routes']> },
): readonly Sign[] {
  const { book } = cluster.surroundings;
  const rows = (dump?.entries ?? []).flatMap(({ dest, flags, ifIndex }, row) => {
    const isLocalPod = flags.includes('local') && flags.includes('workload') && ifIndex !== undefined;
    return isLocalPod && book.podsAt(dest.replace(/\/\d+$/, '')).length === 0 ? row : [];
  });
  if (dump === undefined || rows.length === 0) return [];
  const shows = 'A route to a pod that is gone.';
  return [
    {
      text: `${rows.length === 1 ? 'a route leads' : `${rows.length} routes lead`} to pods that are gone`,
      evidence: rows.slice(0, 2).flatMap((row) => {
        const span = dump.spans[row];
        return span === undefined ? [] : lineEvidence(node, probe, { span, shows });
      }),
    },
  ];
}

function unknownPods(node: KnownNode, cluster: KnownCluster): readonly Sign[] {
  const absent = absentPods(node, cluster);
  if (absent.length === 0) return [];
  const names = listSome(absent, 'pods');
  return [
    {
      text: `${names} ${absent.length === 1 ? 'is' : 'are'} not known to it`,
      evidence: [
        valueEvidence(node, 'ifstate.dump', {
          value: `no interface of ${names}`,
          shows: 'Running pods without an interface.',
        }),
      ],
    },
  ];
}

function oldNat(node: KnownNode, cluster: KnownCluster): readonly Sign[] {
  const old = natOfNode(node, cluster).findings.filter(({ rule }) =>
    ['nat-backend-not-ready', 'nat-endpoint-missing', 'nat-service-missing'].includes(rule),
  );
  const services = [...new Set(old.map(({ subject }) => subject))];
  if (services.length === 0) return [];
  return [
    {
      text: `NAT differs for ${listSome(services, 'services')}`,
      evidence: old.flatMap(({ evidence }) => evidence).slice(0, 2),
    },
  ];
}

/** Faults that Felix tells in words that are known; of a line that several mean, the first. */
function known(node: KnownNode): readonly Draft[] {
  const log = node.currentLog();
  if (log === undefined) return [];
  const told = new Set<number>();
  return logPatterns.flatMap(({ words, pattern, severity, title, fix, subject }): readonly Draft[] => {
    const found = findFirst(log.text, { words, pattern });
    if (found === null) return [];
    const start = log.text.lastIndexOf('\n', found.index) + 1;
    if (told.has(start)) return [];
    told.add(start);
    const name = subject === 'interface' ? found[1] : undefined;
    return [
      {
        severity,
        subject: name === undefined ? nodeSubject(node.name) : interfaceSubject(name, node.name),
        cause: `${pattern.source} ${name ?? ''}`,
        title: title.replaceAll('{name}', name ?? ''),
        evidence: [
          lineEvidence(node, 'felix.log', {
            span: { start: log.offset + found.index },
            shows: 'What Felix says.',
          }),
        ],
        fix,
      },
    ];
  });
}

function versions(cluster: KnownCluster, nodes: readonly NodeDigest[]): readonly Draft[] {
  const byVersion = Map.groupBy(
    nodes.filter(
      ({ name, calicoVersion }) => calicoVersion !== undefined && cluster.agentOn(name) !== undefined,
    ),
    ({ calicoVersion }) => calicoVersion ?? '',
  );
  if (byVersion.size < 2) return [];
  const daemonSet = cluster
    .objects('daemonsets.apps')
    .find(({ metadata }) => metadata.name === 'calico-node');
  const updated = numberField(daemonSet, 'status', 'updatedNumberScheduled');
  const wanted = numberField(daemonSet, 'status', 'desiredNumberScheduled');
  const isRolling = updated !== undefined && wanted !== undefined && updated < wanted;
  const spelled = [...byVersion]
    .map(([version, each]) => `${version} on ${listNodes(each.map(({ name }) => name))}`)
    .join(', ');
  const [fewest] = [...byVersion.values()].toSorted((a, b) => a.length - b.length);
  const agent = cluster.agentOn(fewest?.[0]?.name ?? '');
  return [
    {
      severity: isRolling ? 'information' : 'warning',
      subject: nodeSubject(fewest?.[0]?.name ?? ''),
      cause: [...byVersion.keys()].toSorted().join(' '),
      title: `Nodes run different versions of Calico: ${spelled}${isRolling ? `; an update is under way (${updated} of ${wanted})` : ''}.`,
      evidence:
        agent === undefined
          ? []
          : [
              objectEvidence(cluster, {
                resource: 'pods',
                object: agent,
                shows: 'The image of calico-node.',
                value: textField(listField(agent, 'spec', 'containers')[0], 'image') ?? '',
              }),
            ],
      fix: advise(
        isRolling
          ? 'Wait for the update to end.'
          : 'Let the update go on: pods of the DaemonSet with strategy OnDelete must be deleted by hand.',
        'kubectl -n calico-system rollout status daemonset calico-node',
      ),
    },
  ];
}

/** What the readiness command itself says. */
function readiness(node: KnownNode): readonly Draft[] {
  const heard = node.heard('readiness');
  const said =
    heard.kind === 'failed' ? heard.said : heard.kind === 'answered' ? `${heard.text}${heard.stderr}` : '';
  if (!/is not ready/i.test(said)) return [];
  const line = said.split('\n').find((each) => /is not ready/i.test(each)) ?? said;
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: line.replace(/^.*is not ready:?/i, '').trim(),
      title: `calico-node on {nodes} says that it is not ready: ${line.replace(/^.*is not ready:?\s*/i, '').trim() || 'without a reason'}.`,
      evidence: [
        valueEvidence(node, 'readiness', { value: line, shows: 'The answer of the readiness check.' }),
      ],
      fix: advise('Felix’s log says which component it waits for.', logsOf(node.name)),
    },
  ];
}
