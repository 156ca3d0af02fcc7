import { field, listField, numberField, textField, type KubernetesObject } from '../../objects/object.ts';
import { clusterRule, ebpfRule, enabling, calicoPage, nodeRule, type Check } from '../check.ts';
import { matchEvidence } from '../evidence.ts';
import { advise, type Draft, type Evidence } from '../finding.ts';
import { objectEvidence, type KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { otherServer } from '../rules/disagreements.ts';
import { ownLocalhost } from '../rules/misledPods.ts';
import { natOfNode } from '../rules/natOfNode.ts';
import { claimsOfServers } from '../rules/serviceClaims.ts';
import { endOfLog, hasRecovered, refusedByServer } from '../rules/serverRefusals.ts';
import { isOn, fromObjects } from '../settings.ts';
import { keySubject, nodeSubject, serviceSubject } from '../subjects.ts';
import { apiServerService } from './natIntegrity.ts';

const configMapName = 'kubernetes-services-endpoint';
const hostKey = 'KUBERNETES_SERVICE_HOST';

/** Whether calico-node reaches the API server without kube-proxy, and whether pods do. */
export const apiServer: Check = {
  id: 'api-server',
  title: 'calico-node and pods reach the API server',
  documentation: {
    why: 'Without kube-proxy the service address of the API server is served by Felix itself, which needs the API server first. After a reboot a node then never comes up.',
    how: 'The ConfigMap kubernetes-services-endpoint, the environment of calico-node, bpfNetworkBootstrap of the Installation, and the entry of default/kubernetes in each node’s NAT.',
    links: [
      enabling,
      calicoPage(
        'Configure access to the API server',
        'operations/ebpf/enabling-ebpf#configure-calico-to-talk-directly-to-the-api-server',
      ),
    ],
  },
  rules: [
    clusterRule('endpoint', { objects: ['configmaps', 'pods', 'services'] }, endpoint),
    ebpfRule(
      'service',
      { probes: ['nat.dump'], objects: ['services', 'endpointslices.discovery.k8s.io'] },
      ownService,
    ),
    clusterRule('claimed', { objects: ['services', 'endpointslices.discovery.k8s.io'] }, claimsOfServers),
    nodeRule('other', { objects: ['configmaps', 'pods'] }, otherServer),
    clusterRule('localhost', { objects: ['pods'], isAside: true }, ownLocalhost),
    ebpfRule('unreachable', { probes: ['felix.log'], objects: ['services'] }, unreachable),
    nodeRule('refused', { probes: ['felix.log'] }, refusedByServer),
  ],
};

interface Configured {
  readonly host: string;
  readonly port: string;
  readonly object: KubernetesObject;
  readonly resource: string;
}

/** Where calico-node is told to find the API server. */
function configuredEndpoint(cluster: KnownCluster): Configured | undefined {
  for (const object of cluster.objects('configmaps')) {
    const host = textField(object, 'data', hostKey);
    if (object.metadata.name !== configMapName || host === undefined) continue;
    return {
      host,
      port: textField(object, 'data', 'KUBERNETES_SERVICE_PORT') ?? '',
      object,
      resource: 'configmaps',
    };
  }
  for (const node of cluster.nodeNames) {
    const host = cluster.environmentOn(node, hostKey);
    const object = cluster.agentOn(node);
    if (host === undefined || object === undefined) continue;
    return {
      host,
      port: cluster.environmentOn(node, 'KUBERNETES_SERVICE_PORT') ?? '',
      object,
      resource: 'pods',
    };
  }
  return undefined;
}

function endpoint(cluster: KnownCluster): readonly Draft[] {
  if (
    !cluster.nodeNames.some((node) =>
      isOn(fromObjects(node, cluster, 'bpfEnabled') ?? { value: '', source: '' }),
    )
  )
    return [];
  const installation = cluster.objects('installations.operator.tigera.io')[0];
  const isBootstrapped =
    textField(installation, 'spec', 'calicoNetwork', 'bpfNetworkBootstrap') === 'Enabled';
  const configured = configuredEndpoint(cluster);
  if (configured === undefined) return isBootstrapped ? [] : absent(cluster);
  return [
    ...wrongHost(cluster, configured),
    ...unread(cluster, configured),
    ...(isBootstrapped && installation !== undefined ? [both(cluster, configured, installation)] : []),
  ];
}

function exampleFor(cluster: KnownCluster): string {
  const [host = '<address of the API server>', port = '6443'] = apiServerAddresses(cluster)[0] ?? [];
  const namespace =
    cluster.objects('installations.operator.tigera.io').length > 0 ? 'tigera-operator' : 'kube-system';
  return `kubectl -n ${namespace} create configmap ${configMapName} --from-literal=${hostKey}=${host} --from-literal=KUBERNETES_SERVICE_PORT=${port}`;
}

function apiServerAddresses(cluster: KnownCluster): readonly (readonly [host: string, port: string])[] {
  return cluster.objects('endpointslices.discovery.k8s.io').flatMap((slice) => {
    if (
      slice.metadata.labels?.['kubernetes.io/service-name'] !== 'kubernetes' ||
      slice.metadata.namespace !== 'default'
    )
      return [];
    const port = String(numberField(listField(slice, 'ports')[0], 'port') ?? 6443);
    return listField(slice, 'endpoints').flatMap((each) =>
      listField(each, 'addresses').map((address) => [String(address), port] as const),
    );
  });
}

/** Where the list of ConfigMaps is known to hold those of calico-node’s namespace. */
function absent(cluster: KnownCluster): readonly Draft[] {
  const agent = cluster.nodeNames.map((node) => cluster.agentOn(node)).find((each) => each !== undefined);
  const spaces = new Set(cluster.objects('configmaps').map(({ metadata }) => metadata.namespace));
  const hasProxy = cluster
    .objects('pods')
    .some(({ metadata }) => metadata.labels?.['k8s-app'] === 'kube-proxy');
  const isKnown = agent !== undefined && spaces.has(agent.metadata.namespace);
  const hasOwnWay = listField(agent, 'spec', 'containers').some((container) =>
    listField(container, 'env').some((each) =>
      /^(?:KUBECONFIG|K8S_API_ENDPOINT)$/.test(textField(each, 'name') ?? ''),
    ),
  );
  if (!isKnown || hasProxy || hasOwnWay) return [];
  return [
    {
      severity: 'warning',
      subject: keySubject(hostKey),
      cause: 'absent',
      title: `calico-node is not told where the API server is: there is no ConfigMap ${configMapName}, no bpfNetworkBootstrap and no kube-proxy, so that a node does not come up again after a reboot.`,
      evidence: [
        objectEvidence(cluster, {
          resource: 'pods',
          object: agent,
          shows: 'The environment of calico-node.',
          value: `no ${hostKey}`,
        }),
      ],
      fix: {
        ...advise(
          'Name an address of the API server that needs no Service, or enable bpfNetworkBootstrap (v3.31 and later).',
          exampleFor(cluster),
        ),
        restarts: 'calico-node on every node, one after another.',
      },
    },
  ];
}

/** Where an operator is, it reads the ConfigMap in its own namespace alone and tells calico-node of it. */
function unread(cluster: KnownCluster, { object, resource }: Configured): readonly Draft[] {
  const { namespace } = object.metadata;
  const hasOperator = cluster.objects('installations.operator.tigera.io').length > 0;
  if (!hasOperator || resource !== 'configmaps' || namespace === 'tigera-operator') return [];
  return [
    {
      severity: 'warning',
      subject: keySubject(configMapName),
      cause: 'unread',
      title: `The ConfigMap ${configMapName} is in ${namespace ?? 'no namespace'}, and the operator reads that in tigera-operator: calico-node is not told where the API server is.`,
      evidence: [
        objectEvidence(cluster, {
          resource,
          object,
          shows: 'The ConfigMap.',
          value: `namespace: ${namespace ?? ''}`,
        }),
      ],
      fix: advise('Create it in tigera-operator.', exampleFor(cluster)),
    },
  ];
}

/** Names that only the cluster’s own DNS can tell. */
const clusterName = /\.svc(?:\.|$)|\.cluster\.local\.?$|^kubernetes(?:\.default)?$/;

function wrongHost(cluster: KnownCluster, { host, port, object, resource }: Configured): readonly Draft[] {
  const service = cluster
    .objects('services')
    .find(({ metadata }) => metadata.name === 'kubernetes' && metadata.namespace === 'default');
  const own = [textField(service, 'spec', 'clusterIP'), ...listField(service, 'spec', 'clusterIPs')];
  const others = cluster.objects('services').find((each) => textField(each, 'spec', 'clusterIP') === host);
  const isName = !/^[\d.]+$/.test(host) && !host.includes(':');
  const needsDns = isName && (clusterName.test(host) || dnsPolicyOf(cluster) === 'ClusterFirstWithHostNet');
  const known = apiServerAddresses(cluster).filter(([address]) => address === host);
  const isWrongPort = known.length > 0 && port !== '' && !known.some(([, each]) => each === port);
  const wrong = own.includes(host)
    ? 'is the service address of the API server itself, which works only once Felix has reached the API server'
    : others !== undefined
      ? `is the address of Service ${others.metadata.namespace ?? ''}/${others.metadata.name}, which works only once Felix has reached the API server`
      : needsDns
        ? 'is a name that only the DNS of the cluster knows, which works only once Felix has reached the API server'
        : isWrongPort
          ? `is an API server, but not at port ${port}: it listens at ${known.map(([, each]) => each).join(', ')}`
          : undefined;
  if (wrong === undefined) return [];
  return [
    {
      severity: 'error',
      subject: keySubject(isWrongPort ? 'KUBERNETES_SERVICE_PORT' : hostKey),
      cause: host,
      title: `${hostKey} ${host} ${wrong}: calico-node does not come up without kube-proxy.`,
      evidence: [
        objectEvidence(cluster, {
          resource,
          object,
          shows: 'Where calico-node looks for the API server.',
          value: `${hostKey}=${host} KUBERNETES_SERVICE_PORT=${port}`,
        }),
      ],
      fix: {
        ...advise(
          'Name an address of the API server that needs neither a Service nor the cluster’s DNS.',
          exampleFor(cluster)
            .replace('create configmap', 'create --dry-run=client -o yaml configmap')
            .concat(' | kubectl apply -f -'),
        ),
        restarts: 'calico-node on every node, one after another.',
      },
    },
  ];
}

function dnsPolicyOf(cluster: KnownCluster): string | undefined {
  const agent = cluster.nodeNames.map((node) => cluster.agentOn(node)).find((each) => each !== undefined);
  return textField(agent, 'spec', 'dnsPolicy');
}

function both(
  cluster: KnownCluster,
  { object, resource }: Configured,
  installation: KubernetesObject,
): Draft {
  return {
    severity: 'error',
    subject: keySubject('bpfNetworkBootstrap'),
    cause: 'both',
    title: `bpfNetworkBootstrap is Enabled and the ConfigMap ${configMapName} is there, too: the operator refuses the two together.`,
    evidence: [
      objectEvidence(cluster, {
        resource: 'installations.operator.tigera.io',
        object: installation,
        shows: 'The Installation.',
        value: 'bpfNetworkBootstrap: Enabled',
      }),
      objectEvidence(cluster, {
        resource,
        object,
        shows: 'The endpoint that is named by hand.',
        value: JSON.stringify(field(object, 'data') ?? hostKey),
      }),
    ],
    fix: advise(
      'Delete the ConfigMap, or disable bpfNetworkBootstrap.',
      `kubectl -n ${object.metadata.namespace ?? 'tigera-operator'} delete configmap ${configMapName}`,
    ),
  };
}

/** The API server’s own service in NAT. */
function ownService(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const facts = natOfNode(node, cluster).findings.filter(({ subject }) =>
    subject.startsWith(`${apiServerService}:`),
  );
  const [first] = facts;
  if (first === undefined) return [];
  return [
    {
      severity: 'error',
      subject: serviceSubject(first.subject),
      cause: first.rule,
      title: `Pods on {nodes} cannot rely on the API server’s service: ${first.text}`,
      evidence: facts.flatMap(({ evidence, text }): readonly Evidence[] =>
        evidence.length > 0
          ? evidence
          : [
              {
                shows: text,
                value: `no backend of ${apiServerService}`,
                at: { kind: 'probe', node: node.name, probe: 'nat.dump', line: undefined },
                time: undefined,
              },
            ],
      ),
      fix: advise(
        'Compare the EndpointSlice of default/kubernetes with the API servers that run; where it is right, Felix on the node does not follow it.',
        'kubectl -n default get endpointslices -l kubernetes.io/service-name=kubernetes',
      ),
    },
  ];
}

const failure =
  /(?:dial tcp|Get "?https:\/\/|Post "?https:\/\/)[^\n]*?(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\])?:(\d+)[^\n]*?(connection refused|i\/o timeout|no route to host|context deadline exceeded|TLS handshake timeout|operation not permitted|network is unreachable)/g;

/** Where Felix asks Typha, which asks the API server for all of them. */
const typhaPort = '5473';

/** Felix that cannot reach its API server at the end of its log. */
function unreachable(node: KnownNode, cluster: KnownCluster): readonly Draft[] {
  const tail = endOfLog(node).text;
  const failures = [...tail.matchAll(failure)];
  const last = failures.at(-1);
  if (last === undefined || failures.length < 2 || hasRecovered(tail.slice(last.index))) return [];
  const [, host, port = '', why = ''] = last;
  const service = cluster
    .objects('services')
    .find(({ metadata }) => metadata.name === 'kubernetes' && metadata.namespace === 'default');
  const isOwn = textField(service, 'spec', 'clusterIP') === host;
  const server = port === typhaPort ? 'Typha' : 'the API server';
  const evidence = matchEvidence(node, 'felix.log', {
    pattern: new RegExp(escape(last[0].slice(0, 120))),
    shows: 'The last failure in Felix’s log.',
  });
  return [
    {
      severity: 'error',
      subject: nodeSubject(node.name),
      cause: `${host ?? port} ${why}`,
      title: `Felix on {nodes} does not reach ${server} at ${host === undefined ? `port ${port}` : `${host}:${port}`} (${why}): its maps grow old in silence${isOwn ? '. It uses the service address, which needs Felix itself' : ''}.`,
      evidence: evidence === undefined ? [] : [evidence],
      fix: advise(
        isOwn
          ? `Name an address of the API server that needs no Service, in the ConfigMap ${configMapName}.`
          : `See whether ${server} runs and the node reaches it.`,
        ...(isOwn ? [exampleFor(cluster)] : []),
      ),
    },
  ];
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
