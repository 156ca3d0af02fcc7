/** An API server that Felix cannot find, does not trust, or that refuses it, as Felix's log tells of it. */
import { findAll, type Sought } from '../../text/sought.ts';
import { lineEvidence } from '../evidence.ts';
import { advise, type Draft, type Fix } from '../finding.ts';
import type { KnownNode } from '../knownNode.ts';
import { isCut } from './stopped.ts';
import { nodeSubject } from '../subjects.ts';

interface Refusal extends Sought {
  /** Of what the pattern has found. */
  readonly title: (found: RegExpExecArray) => string;
  readonly fix: Fix;
}

const old = 'what it knows grows old, and its maps with it';

const refusals: readonly Refusal[] = [
  {
    words: [' is forbidden: User '],
    pattern: / is forbidden: User "([^"]+)" cannot (\w+) resource "([^"]+)"/g,
    title: ([, , verb = '', resource = '']) =>
      `Felix on {nodes} lacks the permission to ${verb} ${resource}: ${old}.`,
    fix: advise(
      'Compare the ClusterRole of calico-node with the one that its version comes with.',
      'kubectl get clusterrole calico-node -o yaml',
    ),
  },
  {
    words: ['Unauthorized'],
    pattern: /\bUnauthorized\b/g,
    title: () => `The API server no longer knows Felix on {nodes} (Unauthorized): ${old}.`,
    fix: advise(
      'Its token has expired or was revoked: see the service account calico-node, and who renews the token of the CNI plugin.',
      'kubectl -n calico-system get serviceaccount calico-node -o yaml',
    ),
  },
  {
    words: ['x509: '],
    pattern: /x509: ([^\n":]+)/g,
    title: ([, why = '']) => `Felix on {nodes} does not trust the API server (${why.trim()}): ${old}.`,
    fix: advise(
      'Renew the certificate of the API server, or give its authority to the cluster; see the clock of the node, too.',
    ),
  },
  {
    words: ['no such host', 'server misbehaving'],
    pattern: /lookup (\S+?)(?: on \S+)?: (?:no such host|server misbehaving)/g,
    title: ([, host = '']) =>
      `Felix on {nodes} cannot find its server: nobody knows the name ${host}. Until then ${old}.`,
    fix: advise(
      'Name an address, or a name that the DNS of the node knows, in the ConfigMap kubernetes-services-endpoint.',
      'kubectl -n tigera-operator get configmap kubernetes-services-endpoint -o yaml',
    ),
  },
];

/** So much of the end of a log tells of now; about two minutes of a Felix that retries. */
const recent = 20_000;

/** The end of Felix's log, and where in the whole log it begins. */
export function endOfLog(node: KnownNode): { readonly text: string; readonly offset: number } {
  const nothing = { text: '', offset: 0 };
  // Of a log that was cut off the beginning is known.
  const { text, offset } = isCut(node, 'felix.log') ? nothing : (node.currentLog() ?? nothing);
  const start = Math.max(0, text.length - recent);
  return { text: text.slice(start), offset: offset + start };
}

/** A client that is refused asks anew within a minute at the latest; milliseconds. */
const retryTime = 180_000;

const lineTime = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/gm;

/** Whether much goes on after the last failure, or for so long that it would have come again. */
export function hasRecovered(after: string): boolean {
  const times = [...after.matchAll(lineTime)].map(([, day, time]) => Date.parse(`${day}T${time}Z`));
  // The failure itself may stand within its line, which then has no time.
  if ((times.at(-1) ?? 0) - (times[0] ?? 0) > retryTime) return true;
  return after.split('\n').filter((line) => /\[INFO\]/.test(line)).length > 20;
}

/** What Felix has been told more than once, and last of all. */
export function refusedByServer(node: KnownNode): readonly Draft[] {
  const { text, offset } = endOfLog(node);
  for (const { title, fix, ...sought } of refusals) {
    const found = [...findAll(text, sought)];
    const last = found.at(-1);
    if (last === undefined || found.length < 2 || hasRecovered(text.slice(last.index))) continue;
    const shows = 'What Felix says.';
    return [
      {
        severity: 'error',
        subject: nodeSubject(node.name),
        cause: title(last),
        title: title(last),
        evidence: [lineEvidence(node, 'felix.log', { span: { start: offset + last.index }, shows })],
        fix,
      },
    ];
  }
  return [];
}
