/** A whole document to start from; `body` holds the placeholders of editors, `${1:name}` and `${1|a,b|}`. */
export interface DocumentSnippet {
  /** What is typed to find it. */
  readonly prefix: string;
  readonly title: string;
  readonly description: string;
  readonly body: string;
}

export const documentSnippets: readonly DocumentSnippet[] = [
  {
    prefix: 'felix-ebpf',
    title: 'FelixConfiguration: enable eBPF',
    description: 'Switches the cluster to the eBPF dataplane. Stop kube-proxy first.',
    body: felix('default', ['bpfEnabled: true', 'bpfExternalServiceMode: ${1|Tunnel,DSR|}']),
  },
  {
    prefix: 'felix-trace',
    title: 'FelixConfiguration: trace one service',
    description:
      'Logs what the BPF programs decide about one address, and each connection that is balanced when it connects. Set bpfLogLevel back to "Off" afterwards.',
    body: felix('default', [
      'bpfLogLevel: Debug',
      'bpfLogFilters:',
      '  all: "${1:host 10.96.0.1 and port 443}"',
      'bpfCTLBLogFilter: all',
    ]),
  },
  {
    prefix: 'felix-trace-interface',
    title: 'FelixConfiguration: trace one interface',
    description: 'Logs what the BPF programs decide on one interface of one node.',
    body: felix('node.${1:worker-1}', [
      'bpfLogLevel: Debug',
      'bpfLogFilters:',
      '  ${2:eth0}: "${3:tcp port 80}"',
    ]),
  },
  {
    prefix: 'felix-node',
    title: 'FelixConfiguration: per-node override',
    description: 'Settings for one node; they win over those of default.',
    body: felix('node.${1:worker-1}', ['bpfDataIfacePattern: ${2:^(eth|bond).*}']),
  },
  {
    prefix: 'felix-selector',
    title: 'FelixConfiguration: for some nodes',
    description: 'Settings for the nodes that a selector matches, from Calico v3.32.',
    body: felix('${1:bpf-nodes}', [
      'nodeSelector: ${2:has(node-role.kubernetes.io/worker)}',
      'bpfEnabled: true',
    ]),
  },
  {
    prefix: 'felix-maps',
    title: 'FelixConfiguration: sizes of BPF maps',
    description: 'Room for more connections and services. Felix restarts and makes the maps anew.',
    body: felix('default', [
      'bpfMapSizeConntrack: ${1:1024000}',
      'bpfMapSizeNATFrontend: ${2:131072}',
      'bpfMapSizeNATBackend: ${3:524288}',
      'bpfMapSizeNATAffinity: ${4:131072}',
    ]),
  },
  {
    prefix: 'felix-dsr',
    title: 'FelixConfiguration: direct server return',
    description:
      'Answers from outside connections go straight from the backend’s node to the client, but for some clients.',
    body: felix('default', ['bpfExternalServiceMode: DSR', 'bpfDSROptoutCIDRs:', '  - ${1:192.0.2.0/24}']),
  },
];

function felix(name: string, spec: readonly string[]): string {
  return [
    'apiVersion: projectcalico.org/v3',
    'kind: FelixConfiguration',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    ...spec.map((line) => `  ${line}`),
    '',
  ].join('\n');
}
