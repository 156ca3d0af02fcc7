import { withoutLength } from '../../net/address.ts';
import { listField, numberField, textField } from '../../objects/object.ts';
import { calicoPage, clusterRule, ebpfRule, nodeRule, troubleshooting, type Check } from '../check.ts';
import { absentPods } from '../rules/absentPods.ts';
import { isPodReady } from '../rules/emptyService.ts';
import { otherBinary, otherImage } from '../rules/disagreements.ts';
import { lineEvidence, valueEvidence } from '../evidence.ts';
import { advise, listNodes, listSome, type Draft, type Evidence } from '../finding.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode, NodeDigest } from '../knownNode.ts';
import { agents, logsOf } from '../rules/agentHealth.ts';
import { notReady, twoAgents, unavailableNetwork } from '../rules/installation.ts';
import { logPatternsIn } from '../rules/logPatterns.ts';
import { natOfNode } from '../rules/natOfNode.ts';
import { findStop, isCut, quietTime } from '../rules/stopped.ts';
import { interfaceSubject, nodeSubject } from '../subjects.ts';

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
    nodeRule('twice', { objects: ['pods'] }, twoAgents),
    nodeRule('unavailable', { objects: ['pods', 'nodes'] }, unavailableNetwork),
    nodeRule('not-ready', { objects: ['pods', 'nodes'] }, notReady),
    nodeRule('components', { probes: ['felix.log'] }, components),
    ebpfRule(
      'stale',
      {
        probes: ['routes.dump', 'nat.dump'],
        objects: ['pods', 'nodes', 'services', 'endpointslices.discovery.k8s.io'],
        uses: ['ifstate.dump', 'routes.dump.v6', 'sockets', 'ss', 'felix.log'],
      },
      stale,
    ),
    nodeRule('log', { probes: ['felix.log'] }, known),
    clusterRule('versions', { objects: ['pods'] }, versions),
    nodeRule('binary', { objects: ['pods'], uses: ['version'] }, otherBinary),
    clusterRule('image', { objects: ['pods', 'daemonsets.apps'] }, otherImage),
    nodeRule('readiness', { objects: ['pods'], uses: ['readiness'] }, readiness),
  ],
};

/** The components whose last report in the log is that they are not ready or not alive. */
function components(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const log = node.currentLog();
  // Of a log that was cut off the last reports are not known.
  if (log === undefined || isCut(node, 'felix.log')) return [];
  const last = new Map<string, { readonly report: string; readonly offset: number }>();
  for (const { 1: name = '', 2: report = '', index } of log.text.matchAll(
    /Health of component changed name="([^"]+)" newReport="([^"]*)"/g,
  ))
    last.set(name, { report, offset: log.offset + index });
  const recent = lately(log.text);
  for (const { 1: name = '', index } of recent.matchAll(silentReporter))
    last.set(name, { report: 'timed out', offset: log.offset + log.text.length - recent.length + index });
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

/** A component that has not reported for too long: said at each question of the kubelet, for as long as it is so. */
const silentReporter = /Reporter is not (?:live|ready): timed out\. name="([^"]+)"/g;

/** The last lines of a log: the kubelet asks every few seconds. */
function lately(log: string): string {
  return log.slice(-4000);
}

/** From so many kinds of disagreement with Kubernetes on, it is Felix and not a change on its way. */
const disagreements = 2;

/** Maps that have grown old: Felix runs no more, or hears nothing. */
function stale(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const stop = findStop(node, cluster);
  const signs = [
    ...goneRoutes(node, cluster),
    ...unknownPods(node, cluster),
    ...oldNat(node, cluster),
    ...silentLog(node, cluster),
  ];
  if (stop === undefined && signs.length < disagreements) return [];
  const differences = signs.map(({ text }) => text).join('; ');
  const since = signs.length === 0 ? '' : ` Since then ${differences}.`;
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: stop === undefined ? 'stale' : 'stopped',
      title:
        stop === undefined
          ? `Felix on {nodes} no longer follows Kubernetes: ${differences}. It is stopped, or cut off from its API server.`
          : `Felix does not run on {nodes}: ${stop.text}. Its programs go on by maps that nobody updates.${since}`,
      evidence: [...(stop?.evidence ?? []), ...signs.flatMap(({ evidence }) => evidence)],
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
    return isLocalPod && book.podsAt(withoutLength(dest)).length === 0 ? row : [];
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

/** Felix tells of its loops every minute or so; milliseconds. */
const silence = 300_000;

/** A log that has stopped, at the level at which Felix tells of its loops. */
function silentLog(node: KnownNode, cluster: KnownCluster): readonly Sign[] {
  const quiet = quietTime(node, cluster);
  if (quiet === undefined || quiet < silence) return [];
  if (!(node.currentLog()?.text ?? '').includes('dataplane reconciliation loops')) return [];
  const text = `it has said nothing for ${Math.floor(quiet / 60_000)} minutes`;
  return [
    { text, evidence: [valueEvidence(node, 'felix.log', { value: text, shows: 'The end of Felix’s log.' })] },
  ];
}

/** Faults that Felix tells in words that are known; of a line that several mean, the first. */
function known(node: KnownNode): readonly Draft[] {
  const log = node.currentLog();
  if (log === undefined) return [];
  const told = new Set<number>();
  return logPatternsIn(log.text).flatMap(({ pattern, severity, title, fix, subject }): readonly Draft[] => {
    const found = pattern.exec(log.text);
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
