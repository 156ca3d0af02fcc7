/** What one message of a BPF program says. */
import type { Span } from '../text/problem.ts';
import { conntrackMessages } from './messages/conntrack.ts';
import { forwardMessages } from './messages/forward.ts';
import { natMessages } from './messages/nat.ts';
import { otherMessages } from './messages/others.ts';
import { parsingMessages } from './messages/parsing.ts';
import { policyMessages } from './messages/policy.ts';
import { runMessages } from './messages/run.ts';
import { verboseMessages } from './messages/verbose.ts';
import { compileTemplates, type EventOf } from './template.ts';

const tables = [
  runMessages,
  parsingMessages,
  conntrackMessages,
  natMessages,
  policyMessages,
  forwardMessages,
  otherMessages,
  verboseMessages,
] as const;

/** Every message that a known version of Calico prints, by kind. */
export type TraceEvent = EventOf<(typeof tables)[number]>;
export type EventKind = TraceEvent['kind'];

const conntrackPrefix = 'CT: ';

const find = compileTemplates<(typeof tables)[number]>(tables);
const findBehindProtocol = compileTemplates<(typeof tables)[number]>(tables, conntrackPrefix);

/** Through v3.24 messages of conntrack began with the number of the protocol: `CT-6 Miss.` for `CT: Miss.`. */
const protocolPrefix = /CT-\d+ /y;

/** Reads the message between two offsets; `undefined` for one that no known version prints. */
export function readMessage(text: string, { start, end }: Span, isIpv6: boolean): TraceEvent | undefined {
  const event = find({ text, end, isIpv6, at: start });
  if (event !== undefined || !text.startsWith('CT-', start)) return event;
  protocolPrefix.lastIndex = start;
  if (!protocolPrefix.test(text)) return undefined;
  return findBehindProtocol({ text, end, isIpv6, at: protocolPrefix.lastIndex });
}
