import type { FieldProse } from './prose.ts';

const severities = {
  Trace: 'Everything, also what Debug leaves out.',
  Debug: 'Every step: a lot, and slow.',
  Info: 'The normal course of events, and what departs from it.',
  Warning: 'What is not as it should be, and what failed.',
  Error: 'Only what failed.',
  Fatal: 'Only what stops Felix.',
};

/** The keys of Felix as a process: logs, metrics, health, debugging. */
export const processProse: Readonly<Record<string, FieldProse>> = {
  debugDisableLogDropping: {
    text: 'Makes Felix wait rather than drop log lines when they cannot be written fast enough. A slow disk or terminal then slows the dataplane too.',
  },
  debugHost: {
    text: 'The address on which Felix serves profiles, see debugPort. Leave it at localhost, for nobody who asks there is asked for a password.',
  },
  debugMemoryProfilePath: {
    text: 'The file that Felix writes a memory profile to when it gets the signal USR1. The word `<timestamp>` in its name becomes the time.',
  },
  debugPort: {
    text: 'The port on which Felix serves profiles (pprof), without asking who asks. 0 serves none.',
  },
  debugSimulateCalcGraphHangAfter: {
    text: 'For tests: stops the calculation of policy after this time, as if it hung. Felix then calls itself unhealthy, as with a real fault; 0 never stops it.',
  },
  debugSimulateDataplaneApplyDelay: {
    text: 'For tests: slows each update of the dataplane by this time. Pods wait that much longer for their network and policy.',
  },
  debugSimulateDataplaneHangAfter: {
    text: 'For tests: stops the dataplane after this time, as if it hung. Changes then reach the node no more until the health check restarts Felix; 0 never stops it.',
  },
  endpointReportingDelay: {
    text: 'How long Felix gathers changes before it reports the state of endpoints to OpenStack. Longer means fewer writes and older news.',
  },
  endpointReportingEnabled: {
    text: 'Whether Felix reports the state of endpoints to the datastore, for OpenStack. On Kubernetes leave it off; the CNI plugin looks at endpointStatusPathPrefix.',
  },
  endpointStatusPathPrefix: {
    text: 'The directory on the node in which Felix notes which pods are ready on the network, for the CNI plugin to wait for. Both must name the same one; Felix on Windows writes none.',
  },
  flowLogsCollectorDebugTrace: {
    text: 'Logs the collector of flow logs in great detail. It is for finding faults of the collector itself and fills the log of a busy node.',
  },
  flowLogsFlushInterval: {
    text: 'How often flow logs are handed on. Shorter shows flows sooner, in more and smaller records.',
  },
  flowLogsGoldmaneServer: {
    text: 'Where Goldmane, the collector of flow logs, is: host and port. Unset, none are sent.',
  },
  flowLogsLocalReporter: {
    text: 'Whether flow logs are also served on a socket of the node. Tools on the node can then follow them without Goldmane.',
    values: {
      Enabled: 'Felix serves each flow on the socket too.',
      Disabled: 'There is no socket; flows go to Goldmane or nowhere.',
    },
  },
  flowLogsPolicyEvaluationMode: {
    text: 'Whether flow logs follow changes of policy while a flow lasts. Continuous shows what new and staged policy means for connections that are already open, for some CPU.',
    values: {
      None: 'A flow shows the policies of its beginning.',
      Continuous: 'Policies that would act on a flow are worked out again and again.',
    },
  },
  goGCThreshold: {
    text: 'By how many percent memory may grow before Go collects garbage. -1 stops collecting.',
  },
  goMaxProcs: { text: 'How many threads of Felix may run at once. -1 is as many as there are CPUs.' },
  goMemoryLimitMB: {
    text: 'The memory, in MiB, near which Go collects garbage harder. -1 sets no limit.',
  },
  healthEnabled: {
    text: 'Whether Felix answers the liveness and readiness probes of Kubernetes. Without its answers the probes of the usual manifests fail, and Kubernetes restarts calico-node.',
  },
  healthHost: {
    text: 'The address on which Felix answers health probes. The probes have to ask there, so change both or neither.',
  },
  healthPort: {
    text: 'The port on which Felix answers health probes. Change it where another process of the node has that port, as on OpenShift, and change the probes with it.',
  },
  healthTimeoutOverrides: {
    text: 'How long parts of Felix may be silent before it calls itself unhealthy, by name. The only key that Felix takes up without a restart.',
    parts: {
      name: 'The part of Felix, as its health report names it.',
      timeout: 'How long it may be silent.',
    },
  },
  logDebugFilenameRegex: {
    text: 'A regular expression of source files: from others no debug lines are logged. It narrows the flood of the severity Debug, and leaves the others alone.',
  },
  logFilePath: { text: 'The file that Felix logs to. The word none logs to no file.' },
  logSeverityFile: {
    text: 'From which severity on Felix logs to its file. A calico-node pod has none, because felix.cfg in its image switches it off.',
    values: severities,
  },
  logSeverityScreen: {
    text: 'From which severity on Felix logs to its output, which is what kubectl logs shows. Debug fills the log of a busy node within minutes; logDebugFilenameRegex narrows it.',
    values: severities,
  },
  logSeveritySys: {
    text: 'From which severity on Felix logs to syslog. From a calico-node pod nothing gets there, because felix.cfg in its image switches it off.',
    values: severities,
  },
  metadataAddr: {
    text: 'The address of OpenStack’s metadata server, to which requests of virtual machines are led. The word none leads none.',
  },
  metadataPort: {
    text: 'The port of OpenStack’s metadata server. Requests of virtual machines to 169.254.169.254 are led to it, at metadataAddr.',
  },
  nodeSelector: {
    text: 'Which nodes this object is for, as a label selector. Only for objects named neither default nor node.<name>.',
  },
  openstackRegion: {
    text: 'The region of OpenStack that this Felix belongs to, where several share one datastore. It must be the one in neutron.conf of the node, of at most 46 characters.',
  },
  prometheusGoMetricsEnabled: {
    text: 'Whether metrics of the Go runtime are served too. Switching them off spares Prometheus a few dozen series of each node.',
  },
  prometheusMetricsCAFile: {
    text: 'The file with the certificates that clients of the metrics are checked by. Whether clients need a certificate at all is up to prometheusMetricsClientAuth.',
  },
  prometheusMetricsCertFile: {
    text: 'The file with the certificate under which metrics are served by HTTPS. Prometheus has to trust who signed it.',
  },
  prometheusMetricsKeyFile: {
    text: 'The file with the key to prometheusMetricsCertFile. When Felix cannot read it, it serves no metrics and says so only in its log.',
  },
  prometheusMetricsClientAuth: {
    text: 'What is asked of clients that fetch metrics by HTTPS. Without a certificate and a key of Felix it does nothing, since metrics are then served by plain HTTP.',
    values: {
      RequireAndVerifyClientCert:
        'Only clients with a certificate that the CA file vouches for are answered.',
      RequireAnyClientCert: 'Clients must show a certificate, which nobody checks.',
      VerifyClientCertIfGiven: 'Clients may come without a certificate; one that is shown must be good.',
      NoClientCert: 'Every client is answered, and none is asked for a certificate.',
    },
  },
  prometheusMetricsEnabled: {
    text: 'Whether Felix serves metrics for Prometheus. Their port is open on the node’s own network, where anybody can read them unless policy or prometheusMetricsHost prevents it.',
  },
  prometheusMetricsHost: {
    text: 'The address on which metrics are served. Unset, all addresses of the node.',
  },
  prometheusMetricsPort: {
    text: 'The port on which metrics are served. Nothing else may listen on it on the node, whose network calico-node shares.',
  },
  prometheusProcessMetricsEnabled: {
    gist: 'of the process',
    text: 'Whether metrics of the process – CPU, memory, files – are served too. They show a Felix that is short of CPU or leaks memory.',
  },
  prometheusWireGuardMetricsEnabled: {
    gist: 'of WireGuard',
    text: 'Whether metrics of WireGuard’s peers are served too. Where WireGuard is off there are none.',
  },
  reportingInterval: {
    text: 'How often Felix reports to the datastore that it is alive. 0 stops that, as is usual on Kubernetes.',
  },
  reportingTTL: {
    text: 'How long a report of being alive counts, for OpenStack. It must be longer than reportingInterval, or reports lapse in between.',
  },
  usageReportingEnabled: {
    text: 'Whether Felix tells the project, without names, which version runs and how large the cluster is. The answer may warn, in Felix’s log, of a hole in the version that runs.',
  },
  usageReportingInitialDelay: {
    text: 'How long after its start Felix waits with the first report of usage. A Felix that lives no longer than this reports nothing.',
  },
  usageReportingInterval: {
    text: 'How often usage is reported. It does nothing while usageReportingEnabled is off.',
  },
};
