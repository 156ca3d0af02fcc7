import { ifAnswered } from '../cluster/cluster.ts';
import type { Session } from '../session/session.ts';
import { readEffectiveConfig } from '../core/nodes/effectiveConfig.ts';

/** What of a session is asked. */
type Asked = Pick<Session, 'nodes' | 'text'>;

const patienceMs = 30_000;

/** Why nothing comes of a trace, as far as it can be found out; never nothing. */
export async function silenceReasons(
  session: Asked,
  node: string,
  expression: string | undefined,
): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(patienceMs);
  const ebpf = (await session.nodes(signal)).find(({ name }) => name === node)?.ebpf;
  if (ebpf?.state === 'off') return [`Nothing comes: eBPF is off on ${node}. ${ebpf.why}`];
  const log = (await ifAnswered(session.text({ node, probe: 'felix.log' }, signal)))?.text;
  const config = log === undefined ? undefined : readEffectiveConfig(log);
  const level = config?.values.get('BPFLogLevel');
  const reasons = [
    ...(level !== undefined && level.toLowerCase() !== 'debug'
      ? [
          `Felix on ${node} started with bpfLogLevel ${level}: its programs log nothing. It may be about to restart.`,
        ]
      : []),
    ...(log !== undefined && /lockdown/i.test(log)
      ? [`Felix’s log speaks of kernel lockdown: in the mode “confidentiality” no program may log.`]
      : []),
  ];
  if (reasons.length > 0) return reasons;
  const filter = expression ?? filtersOf(config?.values.get('BPFLogFilters'));
  return [
    filter === undefined
      ? `Nothing comes yet: no packet has passed ${node}’s BPF programs, or somebody else reads the trace (older kernels let two readers split it).`
      : `Nothing comes yet: no packet on ${node} matches “${filter}”, or somebody else reads the trace. Between nodes, eth0 shows only the outer header of VXLAN.`,
  ];
}

/** Go prints a map as `map[string]string{"all":"tcp"}`, and none as `map[string]string(nil)`. */
function filtersOf(printed: string | undefined): string | undefined {
  const filters = printed?.replace(/^map\[string\]string/, '') ?? '';
  return filters === '' || filters === '(nil)' || filters === '{}' ? undefined : filters;
}
