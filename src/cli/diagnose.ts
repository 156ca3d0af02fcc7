import { parseArgs } from 'node:util';
import type { Cluster } from '../cluster/cluster.ts';
import type { Report } from '../core/diagnose/diagnosis.ts';
import { toData, toMarkdown, toText } from '../core/diagnose/report.ts';
import { diagnose } from '../session/diagnose.ts';
import { exitStatus, UsageError, type CliIo } from './io.ts';
import { toJson } from './json.ts';

export const diagnoseUsage =
  'calico-ebpf diagnose [--snapshot PATH | --context NAME [--kubeconfig FILE]] [--node NAME]… [--format text|markdown|json]';

const formats = ['text', 'markdown', 'json'] as const;
type Format = (typeof formats)[number];

/** Runs the checks over a snapshot or a live cluster; exit status 1 when there is a finding of severity error. */
export async function runDiagnose(args: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      snapshot: { type: 'string' },
      context: { type: 'string' },
      kubeconfig: { type: 'string' },
      node: { type: 'string', multiple: true },
      format: { type: 'string', default: 'text' },
      json: { type: 'boolean' },
    },
  });
  const format = formats.find((each) => each === (values.json === true ? 'json' : values.format));
  if (format === undefined) throw new UsageError(`“${values.format}” is none of ${formats.join(', ')}.`);
  if (positionals.length > 0) throw new UsageError('Name a snapshot with --snapshot.');
  if (values.snapshot !== undefined && values.context !== undefined)
    throw new UsageError('Give a snapshot or a context, not both.');

  const interrupted = new AbortController();
  const cluster = await openCluster(values, interrupted.signal);
  try {
    const report = await diagnose(
      cluster,
      { ...(values.node && { nodes: values.node }) },
      interrupted.signal,
    );
    io.stdout.write(print(report, format));
    return report.findings.some(({ severity }) => severity === 'error')
      ? exitStatus.findings
      : exitStatus.fine;
  } finally {
    await cluster.close();
  }
}

interface Choice {
  readonly snapshot?: string | undefined;
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
}

/** Each backend is loaded when it is wanted: the Kubernetes client is large. */
async function openCluster({ snapshot, context, kubeconfig }: Choice, signal: AbortSignal): Promise<Cluster> {
  if (snapshot !== undefined) {
    const { openSnapshot } = await import('../cluster/snapshot/snapshotCluster.ts');
    return openSnapshot(snapshot, {}, signal);
  }
  const { openKubernetes } = await import('../cluster/kubernetes/kubernetesCluster.ts');
  return openKubernetes(
    { ...(context !== undefined && { context }), ...(kubeconfig !== undefined && { kubeconfig }) },
    signal,
  );
}

function print(report: Report, format: Format): string {
  switch (format) {
    case 'text':
      return toText(report);
    case 'markdown':
      return toMarkdown(report);
    case 'json':
      return toJson(toData(report));
  }
}
