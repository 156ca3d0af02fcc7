/** Felix that does not run: nobody listens where it answers health checks, whatever Kubernetes says of its pod. */
import { valueEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import type { KnownCluster } from '../knownCluster.ts';
import type { KnownNode } from '../knownNode.ts';
import { isOn, settingOn } from '../settings.ts';

export interface Stop {
  /** `nobody listens at its health port 9099, and its log ends at 2026-11-21 04:01:51` */
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/** A restart takes less; milliseconds. */
const restartTime = 10_000;

/** How it is known that Felix does not run on a node; `undefined` where it does, or cannot be told. */
export function findStop(node: KnownNode, cluster: KnownCluster): Stop | undefined {
  const probe = ['sockets', 'ss'].find((each) => !isCut(node, each) && isList(node.text(each) ?? ''));
  if (probe === undefined || !isOn(settingOn(node, cluster, 'healthEnabled'))) return undefined;
  const port = settingOn(node, cluster, 'healthPort').value ?? '';
  if (port === '' || listenersIn(node.text(probe) ?? '').has(Number(port))) return undefined;
  const end = endOf(node);
  const quiet = quietTime(node, cluster);
  if (quiet !== undefined && quiet < restartTime) return undefined;
  const ending = end === undefined ? '' : `, and its log ends at ${end}`;
  return {
    text: `nobody listens at its health port ${port}${ending}`,
    evidence: [
      valueEvidence(node, probe, { value: `no listener at port ${port}`, shows: 'Who listens on the node.' }),
      ...(end === undefined
        ? []
        : [valueEvidence(node, 'felix.log', { value: end, shows: 'The last that Felix said.' })]),
    ],
  };
}

/** Whether only the beginning of what a probe printed is known. */
export function isCut(node: KnownNode, probe: string): boolean {
  const heard = node.heard(probe);
  return heard.kind === 'answered' && heard.truncated;
}

/** How long before it was looked at Felix said something for the last time, in milliseconds, its clock being in UTC. */
export function quietTime(node: KnownNode, { time }: KnownCluster): number | undefined {
  const end = endOf(node);
  if (end === undefined || time === undefined) return undefined;
  return Date.parse(time) - Date.parse(`${end.replace(' ', 'T')}Z`);
}

const lineTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?=\.\d+ \[)/;

/** So many characters from the end are looked at: a line may have the words of the verifier behind it. */
const tailLength = 100_000;

/** The time of the last line that has one. */
function endOf(node: KnownNode): string | undefined {
  if (isCut(node, 'felix.log')) return undefined;
  const tail = node.text('felix.log')?.slice(-tailLength) ?? '';
  for (let end = tail.length; end > 0;) {
    const start = tail.lastIndexOf('\n', end - 1) + 1;
    const time = lineTime.exec(tail.slice(start, start + 40))?.[0];
    if (time !== undefined) return time;
    end = start - 1;
  }
  return undefined;
}

/** Whether a text is the list of sockets, even an empty one: both forms begin with a head. */
function isList(text: string): boolean {
  return /^Netid +State |^ *sl +local_address /.test(text);
}

/** The TCP ports on which somebody listens, as `ss` and /proc/net/tcp print them. */
function listenersIn(text: string): ReadonlySet<number> {
  const bySs = [...text.matchAll(/^tcp +LISTEN +\d+ +\d+ +\S+:(\d+) /gm)].map(([, port]) => Number(port));
  const byKernel = [...text.matchAll(/^ *\d+: [\dA-F]+:([\dA-F]{4}) \S+ 0A /gm)];
  return new Set([...bySs, ...byKernel.map(([, port = '']) => Number.parseInt(port, 16))]);
}
