import type { Loan } from '../cluster/journal.ts';
import type { DebugPodOffer } from './debugPod.ts';
import type { TraceScope } from './scope.ts';
import type { AgreedChange } from './run.ts';
import { describeSeconds, type AskedTrace } from './wizard.ts';

export interface Question {
  readonly title: string;
  readonly detail: string;
}

/** What the user is asked before anything changes for a trace. */
export function questionFor(
  { nodes, seconds, expression }: AskedTrace,
  changes: readonly AgreedChange[],
  scope: TraceScope,
): Question {
  const restarting = [...new Set(changes.flatMap((agreed) => agreed.nodes))];
  return {
    title: `Trace ${nodes.join(', ')} for ${describeSeconds(seconds)}?`,
    detail: [
      expression === undefined ? 'Every packet.' : `Packets that match: ${expression}`,
      '',
      ...changes.flatMap(changeLines),
      '',
      `Felix restarts on ${restarting.length} node${restarting.length === 1 ? '' : 's'} (${restarting.join(', ')}) and reprograms the dataplane, now and again when the trace ends; about 10 seconds each. Established connections go on.`,
      'All of this is put back when the trace ends: on Stop, on the time limit, when the window is closed, and after a crash at the next start.',
      ...scope.notes,
      ...scope.impossible.map(({ node, why }) => `${node}: ${why}`),
    ].join('\n'),
  };
}

/** What the user is asked before a debug pod is made. */
export function debugPodQuestion({ node, why, namespace, name, image, seconds }: DebugPodOffer): Question {
  return {
    title: `Read the trace of ${node} in a debug pod?`,
    detail: [
      `calico-node of ${node} has no way to the trace: ${why}`,
      '',
      `Pod ${namespace}/${name} is created on ${node} for that time, of the image ${image}: privileged, in the node’s network, with sight of its processes, and with its /sys/kernel/debug and /sys/kernel/tracing to read. Felix does not restart.`,
      `It is removed when the trace ends: on Stop, on the time limit, when the window is closed, and after a crash at the next start; it ends by itself after ${describeSeconds(seconds)}.`,
    ].join('\n'),
  };
}

/** What was changed for a trace: `FelixConfiguration default`. */
export function borrowed({ ref }: Loan): string {
  return ref.resource === 'pods'
    ? `debug pod ${ref.namespace ?? ''}/${ref.name}`
    : `FelixConfiguration ${ref.name}`;
}

function changeLines({ change }: AgreedChange): readonly string[] {
  const { ref, changes, way, keeper } = change;
  const verb = way === 'create' ? 'is created' : 'is changed';
  return [
    `FelixConfiguration ${ref.name} ${verb} for that time:`,
    ...changes.map(({ key, before, after }) => `    ${key}: ${show(before)} → ${show(after)}`),
    ...(keeper === undefined ? [] : [`    It is kept by ${keeper}, which may put the change back at once.`]),
  ];
}

function show(value: unknown): string {
  if (value === undefined) return 'not set';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
