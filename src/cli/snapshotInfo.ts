import { parseArgs } from 'node:util';
import type { Cluster } from '../cluster/cluster.ts';
import { openSnapshot } from '../cluster/snapshot/snapshotCluster.ts';
import { createSession } from '../session/create.ts';
import { exitStatus, UsageError, type CliIo } from './io.ts';
import { toJson } from './json.ts';

const silent = { info() {}, warn() {} };

/** Describes a snapshot: whose it is, how old, its nodes and what of them was recorded. */
export async function runSnapshotInfo(args: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' } },
  });
  const [path, ...rest] = positionals;
  if (path === undefined || rest.length > 0)
    throw new UsageError('Give one snapshot: a folder or a .tar.gz.');
  const { signal } = new AbortController();
  const cluster = await openSnapshot(path, {}, signal);
  try {
    const facts = await describe(cluster, signal);
    io.stdout.write(values.json === true ? toJson(facts) : toText(facts));
  } finally {
    await cluster.close();
  }
  return exitStatus.fine;
}

type SnapshotFacts = Awaited<ReturnType<typeof describe>>;

async function describe(cluster: Cluster, signal: AbortSignal) {
  const { info } = cluster;
  const session = createSession(cluster, silent);
  const nodes = await Promise.all(
    (await session.nodes(signal)).map(async ({ name, ready, ebpf, calicoVersion, kernel }) => ({
      name,
      ready,
      ebpf: ebpf.state,
      why: ebpf.why,
      calicoVersion: calicoVersion ?? null,
      kernel: kernel ?? null,
      probes: (await cluster.probes(name, signal)).length,
      traces: await cluster.traces(name, signal),
    })),
  );
  return {
    cluster: info.name,
    takenAt: info.takenAt?.toISOString() ?? null,
    calicoVersion: info.calicoVersion ?? null,
    kubernetesVersion: info.kubernetesVersion ?? null,
    description: info.description ?? null,
    redacted: info.redacted,
    nodes,
    notices: info.notices,
  };
}

function toText(facts: SnapshotFacts): string {
  const lines = [
    `cluster     ${facts.cluster}${facts.redacted ? ' (redacted)' : ''}`,
    `taken       ${facts.takenAt ?? 'unknown'}`,
    `Calico      ${facts.calicoVersion ?? 'unknown'}`,
    `Kubernetes  ${facts.kubernetesVersion ?? 'unknown'}`,
    ...(facts.description === null ? [] : [`about       ${facts.description}`]),
    '',
    ...facts.nodes.map(({ name, ready, ebpf, why, calicoVersion, probes, traces }) =>
      [
        `${name}  ${ready.replace('-', ' ')}, eBPF ${ebpf}, ${calicoVersion ?? 'version unknown'}, ${probes} probes`,
        `  ${why}`,
        ...traces.map((trace) => `  trace ${trace}`),
      ].join('\n'),
    ),
    ...facts.notices.map(({ what, why }) => `missing: ${what}: ${why}`),
  ];
  return `${lines.join('\n')}\n`;
}
