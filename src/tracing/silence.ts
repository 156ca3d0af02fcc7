import { setTimeout as delay } from 'node:timers/promises';
import { ifAnswered, type Cluster } from '../cluster/cluster.ts';
import type { Session } from '../session/session.ts';
import { parseCounters } from '../core/dump/counters.ts';
import { printedText } from '../core/text/printed.ts';
import { readEffectiveConfig } from '../core/nodes/effectiveConfig.ts';

/** What of a session is asked. */
type Asked = Pick<Session, 'nodes' | 'text'> & { readonly cluster: Pick<Cluster, 'probe'> };

const patienceMs = 30_000;

/** Why nothing comes of a trace, as far as it can be found out; never nothing. */
export async function silenceReasons(
  session: Asked,
  node: string,
  expression: string | undefined,
  watchMs = 2000,
): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(patienceMs);
  const ebpf = (await session.nodes(signal)).find(({ name }) => name === node)?.ebpf;
  if (ebpf?.state === 'off') return [`Nothing comes: eBPF is off on ${node}. ${ebpf.why}`];
  const log = (await ifAnswered(session.text({ node, probe: 'felix.log' }, signal)))?.text;
  const config = log === undefined ? undefined : readEffectiveConfig(log);
  const level = config?.values.get('BPFLogLevel');
  const lockdown = (await ifAnswered(session.text({ node, probe: 'sysctl.bpf' }, signal)))?.text;
  const reasons = [
    ...(level !== undefined && level.toLowerCase() !== 'debug'
      ? [
          `Felix on ${node} started with bpfLogLevel ${level}: its programs log nothing. It may be about to restart.`,
        ]
      : []),
    ...(isConfidential(lockdown ?? '', log ?? '')
      ? [`The kernel of ${node} is in lockdown: in the mode “confidentiality” no program may log.`]
      : []),
  ];
  if (reasons.length > 0) return reasons;
  const filter = expression ?? filtersOf(config?.values.get('BPFLogFilters'));
  const passed = await packetsWithin(session, { node, watchMs }, signal);
  return [wordsFor(node, filter, passed)];
}

/** The kernel says it itself; Felix of v3.33 loads programs without logging then. Policies may be named lockdown. */
function isConfidential(sysctl: string, log: string): boolean {
  const mode = /^\/sys\/kernel\/security\/lockdown[ :].*\[(\w+)\]/m.exec(sysctl)?.[1];
  if (mode !== undefined) return mode === 'confidentiality';
  return /\blockdown\b.*\bconfidentiality\b|preamble\w*_notrace\.o/i.test(log);
}

function wordsFor(node: string, filter: string | undefined, passed: bigint | undefined): string {
  if (passed === 0n)
    return `Nothing comes yet: no packet passed ${node}’s BPF programs while they were watched.`;
  const count = passed === undefined ? '' : `${passed} packets passed ${node}’s programs meanwhile: `;
  const reader = 'somebody else reads the trace (older kernels let two readers split it)';
  if (filter !== undefined) {
    return `Nothing comes yet: ${count}no packet on ${node} matches “${filter}”, or ${reader}. Between nodes, eth0 shows only the outer header of VXLAN.`;
  }
  if (passed === undefined)
    return `Nothing comes yet: no packet has passed ${node}’s BPF programs, or ${reader}.`;
  return `Nothing comes yet: ${count}the programs that log are not loaded yet, or ${reader}.`;
}

/** How many packets the node's programs count within a moment; `undefined` where that cannot be had. */
async function packetsWithin(
  session: Asked,
  { node, watchMs }: { readonly node: string; readonly watchMs: number },
  signal: AbortSignal,
): Promise<bigint | undefined> {
  const before = await packetsSoFar(session, node, signal);
  if (before === undefined) return undefined;
  await delay(watchMs, undefined, { signal });
  const after = await packetsSoFar(session, node, signal);
  return after === undefined || after < before ? undefined : after - before;
}

async function packetsSoFar(session: Asked, node: string, signal: AbortSignal): Promise<bigint | undefined> {
  const answer = await ifAnswered(session.cluster.probe({ node, probe: 'counters.dump' }, signal));
  const entries = answer === undefined ? [] : parseCounters(await printedText(answer.stdout)).entries;
  if (entries.length === 0) return undefined;
  const totals = entries.flatMap(({ counters }) => counters.filter(({ category }) => category === 'Total'));
  return totals.reduce((sum, { ingress = 0n, egress = 0n }) => sum + ingress + egress, 0n);
}

/** Go prints a map as `map[string]string{"all":"tcp"}`, and none as `map[string]string(nil)`. */
function filtersOf(printed: string | undefined): string | undefined {
  const filters = printed?.replace(/^map\[string\]string/, '') ?? '';
  return filters === '' || filters === '(nil)' || filters === '{}' ? undefined : filters;
}
