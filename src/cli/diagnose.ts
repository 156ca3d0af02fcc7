import { parseArgs } from 'node:util';
import { parseAsked, type Asked } from '../core/diagnose/asked.ts';
import type { Report } from '../core/diagnose/diagnosis.ts';
import { toData, toMarkdown, toText } from '../core/diagnose/report.ts';
import { exitStatus, UsageError, type CliIo } from './io.ts';
import { toJson } from './json.ts';
import { openSource, sourceOptions } from './source.ts';

export const diagnoseUsage =
  'calico-ebpf diagnose [--snapshot PATH | --context NAME [--kubeconfig FILE]] [--nodes NAME,…] [--service NS/NAME | --pod NS/NAME] [--format text|markdown|json]';

const formats = ['text', 'markdown', 'json'] as const;
type Format = (typeof formats)[number];

/** Runs the checks over a snapshot or a live cluster; exit status 1 when there is a finding of severity error. */
export async function runDiagnose(args: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...sourceOptions,
      nodes: { type: 'string', multiple: true },
      service: { type: 'string' },
      pod: { type: 'string' },
      format: { type: 'string', default: 'text' },
      json: { type: 'boolean' },
    },
  });
  const format = formats.find((each) => each === (values.json === true ? 'json' : values.format));
  if (format === undefined) throw new UsageError(`“${values.format}” is none of ${formats.join(', ')}.`);
  if (positionals.length > 0) throw new UsageError('Name a snapshot with --snapshot.');
  const about = askedAbout('service', values.service) ?? askedAbout('pod', values.pod);
  const signal = io.catchInterrupt?.() ?? new AbortController().signal;
  const nodes = values.nodes?.flatMap((names) => names.split(','));
  const cluster = await openSource(values, signal);
  try {
    const { diagnose } = await import('../session/diagnose.ts');
    const report = await diagnose(cluster, { about, ...(nodes && { nodes }) }, signal);
    io.stdout.write(print(report, format));
    return report.findings.some(({ severity }) => severity === 'error')
      ? exitStatus.findings
      : exitStatus.fine;
  } finally {
    await cluster.close();
  }
}

/** The Service or the pod that is asked about. */
function askedAbout(kind: Asked['kind'], text: string | undefined): Asked | undefined {
  if (text === undefined) return undefined;
  const asked = parseAsked(kind, text);
  if (asked === undefined)
    throw new UsageError(`“${text}” names no ${kind}: write --${kind} NAMESPACE/NAME.`);
  return asked;
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
