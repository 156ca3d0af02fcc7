import type { FieldProse } from './prose.ts';

const severities = {
  Trace: 'Everything, also what Debug leaves out.',
  Debug: 'Every step: a lot, and slow.',
  Info: 'The normal course of events.',
  Warning: 'What is not as it should be.',
  Error: 'What failed.',
  Fatal: 'Only what stops Felix.',
};

/** The keys of Felix as a process: logs, metrics, health, debugging. */
export const processProse: Readonly<Record<string, FieldProse>> = {
  debugDisableLogDropping: {
    text: 'Makes Felix wait rather than drop log lines when they cannot be written fast enough.',
  },
  debugHost: { text: 'The address on which Felix serves profiles, see debugPort.' },
  debugMemoryProfilePath: {
    text: 'The file that Felix writes a memory profile to when it gets the signal USR1.',
  },
  debugPort: {
    text: 'The port on which Felix serves profiles (pprof), without asking who asks. 0 serves none.',
  },
  debugSimulateCalcGraphHangAfter: { text: 'For tests: stops the calculation after this time. 0 does not.' },
  debugSimulateDataplaneApplyDelay: { text: 'For tests: slows each update of the dataplane by this time.' },
  debugSimulateDataplaneHangAfter: { text: 'For tests: stops the dataplane after this time. 0 does not.' },
  endpointReportingDelay: {
    text: 'How long Felix gathers changes before it reports the state of endpoints to OpenStack.',
  },
  endpointReportingEnabled: {
    text: 'Whether Felix reports the state of endpoints to the datastore, for OpenStack.',
  },
  endpointStatusPathPrefix: {
    text: 'The directory on the node in which Felix notes which pods are ready on the network, for the CNI plugin to wait for.',
  },
  flowLogsCollectorDebugTrace: { text: 'Logs the collector of flow logs in great detail.' },
  flowLogsFlushInterval: { text: 'How often flow logs are handed on.' },
  flowLogsGoldmaneServer: {
    text: 'Where Goldmane, the collector of flow logs, is: host and port. Unset, none are sent.',
  },
  flowLogsLocalReporter: {
    text: 'Whether flow logs are also served on a socket of the node.',
    values: { Enabled: 'They are.', Disabled: 'They are not.' },
  },
  flowLogsPolicyEvaluationMode: {
    text: 'Whether flow logs follow changes of policy while a flow lasts.',
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
  healthEnabled: { text: 'Whether Felix answers the liveness and readiness probes of Kubernetes.' },
  healthHost: { text: 'The address on which Felix answers health probes.' },
  healthPort: { text: 'The port on which Felix answers health probes.' },
  healthTimeoutOverrides: {
    text: 'How long parts of Felix may be silent before it calls itself unhealthy, by name. The only key that Felix takes up without a restart.',
    parts: {
      name: 'The part of Felix, as its health report names it.',
      timeout: 'How long it may be silent.',
    },
  },
  logDebugFilenameRegex: {
    text: 'A regular expression of source files: from others no debug lines are logged.',
  },
  logFilePath: { text: 'The file that Felix logs to. The word none logs to no file.' },
  logSeverityFile: { text: 'From which severity on Felix logs to its file.', values: severities },
  logSeverityScreen: {
    text: 'From which severity on Felix logs to its output, which is what kubectl logs shows.',
    values: severities,
  },
  logSeveritySys: { text: 'From which severity on Felix logs to syslog.', values: severities },
  metadataAddr: {
    text: 'The address of OpenStack’s metadata server, to which requests of virtual machines are led. The word none leads none.',
  },
  metadataPort: { text: 'The port of OpenStack’s metadata server.' },
  nodeSelector: {
    text: 'Which nodes this object is for, as a label selector. Only for objects named neither default nor node.<name>.',
  },
  openstackRegion: {
    text: 'The region of OpenStack that this Felix belongs to, where several share one datastore.',
  },
  prometheusGoMetricsEnabled: { text: 'Whether metrics of the Go runtime are served too.' },
  prometheusMetricsCAFile: {
    text: 'The file with the certificates that clients of the metrics are checked by.',
  },
  prometheusMetricsCertFile: {
    text: 'The file with the certificate under which metrics are served by HTTPS.',
  },
  prometheusMetricsKeyFile: { text: 'The file with the key to prometheusMetricsCertFile.' },
  prometheusMetricsClientAuth: {
    text: 'What is asked of clients that fetch metrics by HTTPS.',
    values: {
      RequireAndVerifyClientCert: 'A certificate that checks out.',
      RequireAnyClientCert: 'Any certificate, unchecked.',
      VerifyClientCertIfGiven: 'A certificate is checked when there is one.',
      NoClientCert: 'No certificate is asked for.',
    },
  },
  prometheusMetricsEnabled: { text: 'Whether Felix serves metrics for Prometheus.' },
  prometheusMetricsHost: {
    text: 'The address on which metrics are served. Unset, all addresses of the node.',
  },
  prometheusMetricsPort: { text: 'The port on which metrics are served.' },
  prometheusProcessMetricsEnabled: {
    text: 'Whether metrics of the process – CPU, memory, files – are served too.',
  },
  prometheusWireGuardMetricsEnabled: { text: 'Whether metrics of WireGuard’s peers are served too.' },
  reportingInterval: {
    text: 'How often Felix reports to the datastore that it is alive. 0 stops that, as is usual on Kubernetes.',
  },
  reportingTTL: { text: 'How long a report of being alive counts, for OpenStack.' },
  usageReportingEnabled: {
    text: 'Whether Felix tells the project, without names, which version runs and how large the cluster is.',
  },
  usageReportingInitialDelay: {
    text: 'How long after its start Felix waits with the first report of usage.',
  },
  usageReportingInterval: { text: 'How often usage is reported.' },
};
