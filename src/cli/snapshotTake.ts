import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isArchivePath, openTarget } from '../cluster/snapshot/target.ts';
import { takeSnapshot, type SnapshotProgress } from '../cluster/snapshot/takeSnapshot.ts';
import { formatBytes } from '../core/text/bytes.ts';
import { exitStatus, UsageError, type CliIo } from './io.ts';
import { toJson } from './json.ts';
import { openSource, sourceOptions } from './source.ts';

export const snapshotTakeUsage =
  'calico-ebpf snapshot take [--context NAME] [--kubeconfig FILE] [--snapshot PATH] [--out FOLDER|FILE.tar.gz] [--nodes NAME,…] [--lean] [--redact] [--description TEXT] [--json]';

/** Records a cluster into a folder or an archive. Interrupted, it keeps what it has. */
export async function runSnapshotTake(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...sourceOptions,
      out: { type: 'string' },
      nodes: { type: 'string', multiple: true },
      lean: { type: 'boolean' },
      redact: { type: 'boolean' },
      description: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const signal = io.catchInterrupt?.() ?? new AbortController().signal;
  const cluster = await openSource(values, signal);
  try {
    const out = values.out ?? join('.', defaultName(cluster.info.name, new Date()));
    if (isArchivePath(out) && existsSync(out)) throw new UsageError(`${out} is there already.`);
    const taken = await takeSnapshot(
      cluster,
      await openTarget(out),
      {
        nodes: values.nodes?.flatMap((names) => names.split(',')),
        extent: values.lean === true ? 'lean' : 'whole',
        description: values.description,
        redacts: values.redact,
        whenStopped: 'keep',
        report: (progress) => io.stderr.write(`${describe(progress)}\n`),
      },
      signal,
    );
    for (const { what, why } of taken.incomplete) io.stderr.write(`incomplete: ${what}: ${why}\n`);
    io.stdout.write(values.json === true ? toJson(taken) : `${taken.path}\n`);
    return signal.aborted ? exitStatus.failed : exitStatus.fine;
  } finally {
    await cluster.close();
  }
}

/** `shop-2026-11-21T1200.tar.gz`. */
function defaultName(cluster: string, now: Date): string {
  const time = now.toISOString().slice(0, 16).replace(':', '');
  return `${cluster.replace(/[^A-Za-z0-9._-]/g, '_')}-${time}.tar.gz`;
}

function describe(progress: SnapshotProgress): string {
  if (progress.kind === 'objects') {
    return `${progress.objects} objects of ${progress.resources} resources`;
  }
  const { node, probes, bytes, trouble, done, of } = progress;
  const what = `${probes} probes, ${formatBytes(bytes)}`;
  return `[${done}/${of}] ${node}: ${what}${trouble === undefined ? '' : `; ${trouble}`}`;
}
