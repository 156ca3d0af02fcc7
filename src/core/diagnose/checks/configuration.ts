import type { ClusterFacts } from '../../felix/cluster.ts';
import { fieldOfVariable, judgeEnvironment, variableOf } from '../../felix/environment.ts';
import { existsIn, fields } from '../../felix/fields.ts';
import type { FelixFinding } from '../../felix/findings.ts';
import { judgeSpec } from '../../felix/spec.ts';
import { indexOnce } from '../../objects/indexOnce.ts';
import { field, listField, textField, type KubernetesObject } from '../../objects/object.ts';
import { findAll } from '../../text/sought.ts';
import { clusterRule, ebpfRule, felixReference, nodeRule, type Check } from '../check.ts';
import { lineEvidence, matchEvidence, valueEvidence } from '../evidence.ts';
import { lockedDatastore } from '../rules/datastore.ts';
import { advise, configure, patchFelix, type Draft } from '../finding.ts';
import { configurationsOfNobody, otherDataplane } from '../rules/installation.ts';
import { bypassingConntrack } from '../rules/hostConntrack.ts';
import { toYamlValue } from '../jsonYaml.ts';
import { findObject, objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { misledMeshes } from '../rules/meshes.ts';
import { spoofingPods } from '../rules/misledPods.ts';
import { fromObjects, plainText } from '../settings.ts';
import { keySubject, nodeSubject } from '../subjects.ts';

const resource = 'felixconfigurations';

/** Whether Felix does what its configuration says. */
export const configuration: Check = {
  id: 'configuration',
  title: 'Felix does what its configuration says',
  documentation: {
    why: 'Felix ignores values that it cannot read, lets the environment win over FelixConfiguration, and does some things only together with others. Debug logging of the programs costs a good part of the throughput.',
    how: 'Every FelixConfiguration and the environment of calico-node is judged as in the editor, and compared with the configuration that Felix’s log says it started with.',
    links: [felixReference],
  },
  rules: [
    clusterRule('meaning', { objects: [resource] }, meanings),
    nodeRule('environment', { objects: ['pods', resource] }, environment),
    nodeRule('debug', { objects: [resource], uses: ['felix.log'] }, debugLevel),
    nodeRule('pending', { probes: ['felix.log'], objects: [resource] }, pending),
    clusterRule('dataplane', { objects: ['installations.operator.tigera.io', resource] }, otherDataplane),
    clusterRule('nobody', { objects: [resource, 'nodes'] }, configurationsOfNobody),
    clusterRule('datastore', { objects: ['clusterinformations'] }, lockedDatastore),
    ebpfRule('mesh', { objects: ['pods', 'namespaces', resource], uses: ['felix.log'] }, misledMeshes),
    ebpfRule(
      'bypass',
      { objects: ['pods', 'namespaces', resource], uses: ['felix.log'] },
      bypassingConntrack,
    ),
    ebpfRule('spoofing', { objects: ['pods'] }, spoofingPods),
    nodeRule('replaced', { probes: ['felix.log'], objects: [resource] }, replaced),
  ],
};

/** The keys of which something serious is to be said. */
const judgedKeys = indexOnce((cluster: KnownCluster): ReadonlySet<string> => {
  const serious = meanings(cluster).filter(({ severity }) => severity !== 'information');
  return new Set(serious.map(({ subject }) => subject.name));
});

function meanings(cluster: KnownCluster): readonly Draft[] {
  // That a node has a configuration of its own is no finding: what it leads to has its own.
  const facts: ClusterFacts = { nodes: [], configurations: new Map() };
  return cluster.objects(resource).flatMap((object) => {
    const { name } = object.metadata;
    const found = judgeSpec(toYamlValue(specOf(object)), name, { version: cluster.version, cluster: facts });
    return found
      .filter((each) => isWorthTelling(String(each.path[0]), object))
      .map((each) => toDraft(each, object, cluster));
  });
}

function specOf(object: KubernetesObject): object {
  const spec = field(object, 'spec');
  return typeof spec === 'object' && spec !== null ? spec : {};
}

/** Whether the API server fills a value in, in whichever version: then it is nobody’s mistake. */
function isServersDefault(key: string, value: unknown): boolean {
  const schemas = fields.get(key)?.schemas ?? [];
  return schemas.some(
    ({ schema }) => schema !== false && schema.default !== undefined && schema.default === value,
  );
}

function isWorthTelling(key: string, object: KubernetesObject): boolean {
  return !saidElsewhere.has(key) && !isServersDefault(key, field(object, 'spec', key));
}

/** Keys with a rule of their own below. */
const saidElsewhere: ReadonlySet<string> = new Set(['bpfLogLevel']);

function toDraft(
  { severity, path, message, fix }: FelixFinding,
  object: KubernetesObject,
  cluster: KnownCluster,
): Draft {
  const [key = 'spec'] = path.map(String);
  const { name } = object.metadata;
  const value = field(object, 'spec', key);
  return {
    severity,
    subject: keySubject(key),
    cause: `${name} ${key} ${message}`,
    title: `FelixConfiguration ${name}, ${path.join('.')}: ${message}`,
    evidence: [
      objectEvidence(cluster, {
        resource,
        object,
        shows: 'What is written.',
        value: `${key}: ${JSON.stringify(value)}`,
      }),
    ],
    fix:
      fix?.kind === 'remove'
        ? configure(fix.title, patchFelix(key, null, name))
        : configure(
            fix === undefined ? 'Correct the value, or take the key out.' : fix.title,
            ...(fix?.kind === 'replace' && path.length === 1 ? [patchFelix(key, fix.replacement, name)] : []),
          ),
  };
}

/** Variables that win over what FelixConfiguration says otherwise, and those that Felix does not use. */
function environment(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  return variablesOf(node.name, cluster).flatMap(({ name, value }) => [
    ...overriding(node, cluster, { name, value }),
    ...judgeEnvironment(name, value, cluster.version).map(({ severity, message }): Draft => ({
      severity,
      subject: keySubject(fieldOfVariable(name)?.name ?? name),
      cause: `${name}=${value}`,
      title: `The variable ${name} of calico-node: ${message}`,
      evidence: agentEvidence(node.name, cluster, `${name}=${value}`),
      fix: advise(
        'Correct it in the DaemonSet calico-node, or in the Installation of the operator; calico-node then restarts on every node.',
      ),
    })),
  ]);
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

function variablesOf(node: string, cluster: KnownCluster): readonly Variable[] {
  const container = listField(cluster.agentOn(node), 'spec', 'containers').find(
    (each) => textField(each, 'name') === 'calico-node',
  );
  return listField(container, 'env').flatMap((each) => {
    const name = textField(each, 'name') ?? '';
    const value = textField(each, 'value');
    return /^FELIX_/i.test(name) && value !== undefined ? { name, value } : [];
  });
}

function overriding(node: KnownNode, cluster: KnownCluster, { name, value }: Variable): readonly Draft[] {
  const known = fieldOfVariable(name);
  if (known === undefined) return [];
  for (const config of [`node.${node.name}`, 'default']) {
    const object = findObject(cluster, resource, config);
    const said = plainText(field(object, 'spec', known.name));
    if (object === undefined || said === undefined) continue;
    if (isSame(said, value)) return [];
    return [
      {
        severity: 'warning',
        subject: keySubject(known.name),
        cause: `${name}=${value} ${said}`,
        title: `The variable ${name}=${value} of calico-node wins over ${known.name}: ${said} of FelixConfiguration ${config.replace(node.name, 'of the node')}, which has no effect.`,
        evidence: [
          ...agentEvidence(node.name, cluster, `${name}=${value}`),
          objectEvidence(cluster, {
            resource,
            object,
            shows: 'What the resource says.',
            value: `${known.name}: ${said}`,
          }),
        ],
        fix: advise(
          'Keep one of the two: take the variable out of the DaemonSet, or the key out of the resource.',
          `kubectl -n calico-system set env daemonset/calico-node ${variableOf(known) ?? name}-`,
        ),
      },
    ];
  }
  return [];
}

function agentEvidence(node: string, cluster: KnownCluster, value: string): Draft['evidence'] {
  const agent = cluster.agentOn(node);
  return agent === undefined
    ? []
    : [
        objectEvidence(cluster, {
          resource: 'pods',
          object: agent,
          shows: 'The environment of calico-node.',
          value,
        }),
      ];
}

/** Booleans and words in any case. */
function isSame(a: string, b: string): boolean {
  const plain = (text: string) => {
    const word = text.trim().toLowerCase();
    return /^(?:true|1|yes|y|t)$/.test(word) ? 'true' : /^(?:false|0|no|n|f)$/.test(word) ? 'false' : word;
  };
  return plain(a) === plain(b);
}

/** The level Debug on the programs of a node. */
function debugLevel(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const level = fromObjects(node.name, cluster, 'bpfLogLevel');
  if (level?.value?.toLowerCase() !== 'debug' || node.facts().ebpf.state === 'off') return [];
  const filters = fromObjects(node.name, cluster, 'bpfLogFilters');
  const object = findObject(cluster, resource, level.source.replace('FelixConfiguration ', ''));
  return [
    {
      severity: 'warning',
      subject: keySubject('bpfLogLevel'),
      cause: level.source.replace(node.name, 'node'),
      title: `bpfLogLevel is Debug on {nodes} (${level.source.replace(`node.${node.name}`, 'of the node')}): every program logs every packet${filters === undefined ? '' : ' that its filter takes'}, which costs much of the throughput.`,
      evidence: [
        ...(object === undefined
          ? []
          : [
              objectEvidence(cluster, {
                resource,
                object,
                shows: 'What is written.',
                value: 'bpfLogLevel: Debug',
              }),
            ]),
        ...some(
          matchEvidence(node, 'felix.log', {
            pattern: /Parsed value for BPFLogLevel: \S+/,
            shows: 'What Felix made of it.',
          }),
        ),
      ],
      fix: configure(
        'Set it to Off once the trace is done.',
        patchFelix('bpfLogLevel', 'Off', object?.metadata.name),
      ),
    },
  ];
}

function some<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

/** Simple values, which Felix's log shows as they were written. */
function pending(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const config = node.config();
  const started = config?.sources.get('default FelixConfiguration');
  const own = config?.sources.get('FelixConfiguration of the node');
  if (config === undefined || started === undefined) return [];
  const changed = [
    ...changedKeys(findObject(cluster, resource, 'default'), started, cluster),
    ...changedKeys(findObject(cluster, resource, `node.${node.name}`), own ?? new Map(), cluster),
  ];
  const [first] = changed;
  if (first === undefined) return [];
  return [
    {
      severity: 'warning',
      subject: nodeSubject(node.name),
      cause: changed.map(({ key, value }) => `${key}=${value}`).join(' '),
      title: `Felix on {nodes} has not taken up ${changed.map(({ key, value }) => `${key}: ${value}`).join(', ')}: it runs with the configuration of its start. It is about to restart, or cut off from its API server.`,
      evidence: changed.flatMap(({ key, value, had, object }) => [
        valueEvidence(node, 'felix.log', {
          value: `${key}: ${had ?? 'not set'}`,
          shows: `What Felix started with; FelixConfiguration says ${value}.`,
        }),
        objectEvidence(cluster, {
          resource,
          object,
          shows: 'What is written now.',
          value: `${key}: ${value}`,
        }),
      ]),
      fix: advise(
        'Felix restarts by itself when it hears of a change. Where it does not, look at its log for the way to the API server.',
      ),
    },
  ];
}

interface Changed {
  readonly key: string;
  readonly value: string;
  readonly had: string | undefined;
  readonly object: KubernetesObject;
}

function changedKeys(
  object: KubernetesObject | undefined,
  started: ReadonlyMap<string, string>,
  { version }: KnownCluster,
): readonly Changed[] {
  if (object === undefined) return [];
  return Object.entries(specOf(object)).flatMap(([key, value]: [string, unknown]) => {
    const known = fields.get(key);
    const isPlain =
      typeof value === 'boolean' ||
      (typeof value === 'number' && key.startsWith('bpfMapSize')) ||
      (typeof value === 'string' && known?.type !== 'duration' && known?.type !== 'port range');
    if (known?.parameter === undefined || !isPlain || !existsIn(known, version)) return [];
    const { parameter } = known;
    const had = started.get(parameter);
    if (had !== undefined && isSame(had, String(value))) return [];
    // Empty texts do not reach Felix.
    if (value === '' || (had === undefined && isSame(String(value), plainText(known.default) ?? '')))
      return [];
    return { key, value: String(value), had, object };
  });
}

/** What Felix said of its start about values that it does not use. */
function replaced(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const current = node.text('felix.log') ?? '';
  const words = ['Replacing invalid value with default'];
  const pattern =
    /Replacing invalid value with default default=(\S+) error=(?:"|)Failed to parse config parameter (\w+); value "([^"]*)"[^\n]*?source=([^\n]+)$/gm;
  const drafts = new Map<string, Draft>();
  for (const { 1: standard = '', 2: parameter = '', 3: value = '', 4: source = '', index } of findAll(
    current,
    { words, pattern },
  )) {
    const known = [...fields.values()].find((each) => each.parameter === parameter);
    if (isServersDefault(known?.name ?? '', value)) continue;
    // What is written in a FelixConfiguration is judged there, and with better words.
    if (source.startsWith('datastore') && judgedKeys(cluster).has(known?.name ?? '')) continue;
    drafts.set(parameter, {
      severity: 'warning',
      subject: keySubject(known?.name ?? parameter),
      cause: `${parameter} ${value}`,
      title: `Felix on {nodes} ignores ${known?.name ?? parameter}: “${value}” (from ${source}) and uses its default ${standard.replaceAll('"', '')}.`,
      evidence: [lineEvidence(node, 'felix.log', { span: { start: index }, shows: 'What Felix says.' })],
      fix: configure('Write a value that this version knows.'),
    });
  }
  return [...drafts.values()];
}
