import { isClusterError, type ProbeResult } from '../cluster.ts';
import { printedText } from '../../core/text/printed.ts';
import { parseIfState } from '../../core/dump/ifstate.ts';
import { escapeFileName, probeFileName } from './fileNames.ts';
import { firstProbe, interfaceProbes, nodeProbesOf } from './plan.ts';
import type { SnapshotRun } from './takeSnapshot.ts';
import { writeJson } from './target.ts';
import { withholdInLog } from './withhold.ts';

export interface RecordedNode {
  readonly probes: number;
  readonly bytes: number;
  /** Why it was given up; `undefined` when it was not. */
  readonly trouble: string | undefined;
}

interface NodeRun extends SnapshotRun {
  readonly node: string;
  /** Without their outputs, which may be large: those are on the disk. */
  readonly recorded: Omit<ProbeResult, 'stdout' | 'stderr'>[];
  readonly counts: { bytes: number; silences: number };
  /** Ends what is asked of the node when it turns out not to answer. */
  readonly giveUp: AbortController;
}

/** A node that so often gave no answer is not asked again. */
const mostSilences = 3;

/** Asks one node everything, and writes what it answers. */
export async function recordNode(run: SnapshotRun, node: string): Promise<RecordedNode> {
  const giveUp = new AbortController();
  const signal = AbortSignal.any([run.signal, giveUp.signal]);
  const own: NodeRun = { ...run, node, recorded: [], counts: { bytes: 0, silences: 0 }, giveUp, signal };
  const ask = (probes: readonly string[]) => Promise.all(probes.map((probe) => recordProbe(own, probe)));
  if (run.cluster.info.kind === 'live') {
    await ask([firstProbe]);
    const ifstate = await recordProbe(own, 'ifstate.dump');
    const interfaces = parseIfState(ifstate === undefined ? '' : await printedText(ifstate.stdout)).entries;
    await ask([...nodeProbesOf(run.options.extent ?? 'whole'), ...interfaceProbes(interfaces)]);
  } else if (!signal.aborted) await ask(await run.cluster.probes(node, signal));
  await recordTraces(own);
  await writeProbeList(own);
  const trouble = giveUp.signal.aborted ? String(giveUp.signal.reason) : undefined;
  return { probes: own.recorded.length, bytes: own.counts.bytes, trouble };
}

async function recordProbe(run: NodeRun, probe: string): Promise<ProbeResult | undefined> {
  const { cluster, node, signal, notices, redaction } = run;
  if (signal.aborted) return undefined;
  if (redaction.leavesOut(probe)) {
    notices.push({ what: probe, why: leftOutWhy });
    return undefined;
  }
  try {
    const result = await cluster.probe({ node, probe }, signal);
    await writeAnswer(run, result);
    if (result.truncated) notices.push({ what: `${probe} of ${node}`, why: 'its output is cut off' });
    return result;
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!isClusterError(error)) throw error;
    if (error.reason === 'unreachable') run.counts.silences += 1;
    const endsNode = probe === firstProbe || run.counts.silences >= mostSilences;
    notices.push({ what: endsNode ? node : `${probe} of ${node}`, why: error.message });
    if (endsNode) run.giveUp.abort(error.message);
    return undefined;
  }
}

const leftOutWhy = 'left out: it cannot be redacted, because addresses stand in it as plain numbers';

async function writeAnswer(run: NodeRun, { stdout, stderr, ...answer }: ProbeResult): Promise<void> {
  const bytes = await stdout.bytes();
  await writeOutput(run, answer.probe, 'out', answer.probe === 'felix.log' ? withoutSecrets(bytes) : bytes);
  await writeOutput(run, answer.probe, 'err', stderr);
  run.recorded.push(answer);
  run.counts.bytes += stdout.length + stderr.length;
}

function withoutSecrets(bytes: Uint8Array): Uint8Array {
  return new TextEncoder().encode(withholdInLog(new TextDecoder().decode(bytes)));
}

async function writeOutput(
  run: NodeRun,
  probe: string,
  stream: 'out' | 'err',
  bytes: Uint8Array,
): Promise<void> {
  if (bytes.length === 0) return;
  const { redaction, target } = run;
  const name = probeFileName(redaction.words(probe), stream);
  await target.write(`${folderOf(run)}/${name}`, redaction.output(probe, bytes));
}

async function recordTraces(run: NodeRun): Promise<void> {
  const { cluster, node, signal, redaction, notices, target } = run;
  const traces = signal.aborted ? [] : await cluster.traces(node, signal);
  if (traces.length > 0 && redaction.leavesOut('trace')) {
    notices.push({ what: 'traces', why: leftOutWhy });
    return;
  }
  for (const name of traces) {
    const path = `${folderOf(run)}/traces/${escapeFileName(name)}.log`;
    await target.write(path, await cluster.trace({ node, name }, signal));
  }
}

async function writeProbeList(run: NodeRun): Promise<void> {
  if (run.recorded.length === 0) return;
  const { words } = run.redaction;
  const list = run.recorded.map(({ probe, argv, exitCode, startedAt, durationMs, truncated }) => ({
    id: words(probe),
    argv: argv.map(words),
    exitCode: exitCode ?? null,
    ...(startedAt === undefined ? {} : { startedAt: startedAt.toISOString() }),
    ...(durationMs === undefined ? {} : { durationMs }),
    truncated,
  }));
  await writeJson(run.target, `${folderOf(run)}/probes.json`, list);
}

function folderOf({ node, redaction }: NodeRun): string {
  return `nodes/${escapeFileName(redaction.words(node))}`;
}
