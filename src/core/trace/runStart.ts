/** Where the run of a program for another packet begins. */
import type { Draft } from './draft.ts';
import type { EventKind, TraceEvent } from './event.ts';
import type { Hook, Program } from './prefix.ts';

/** What an XDP program prints first of an IP packet. */
const firstParsed: ReadonlySet<EventKind> = new Set(['idAndAddresses', 'ipId', 'ipIdAndLength', 'addresses']);

/** All that it prints of what is no IP packet, or none that it reads. */
const wholeOfXdp: ReadonlySet<EventKind> = new Set([
  'arp',
  'ipv6Allowed',
  'ipv6Dropped',
  'ipv4Allowed',
  'ipv4Dropped',
  'etherTypeAllowed',
  'etherTypeDropped',
]);

/** Through v3.23 this is the first that it prints. */
const portLines: ReadonlySet<EventKind> = new Set(['tcpPorts', 'udpPorts', 'icmp', 'icmpv6']);

/** Whether an XDP program begins with such a message; it does not announce a packet. */
export function isFirstOfXdp(kind: EventKind | undefined): boolean {
  return kind !== undefined && (firstParsed.has(kind) || wholeOfXdp.has(kind) || portLines.has(kind));
}

/** Whether a message is all that an XDP program has to say. */
export function isWholeOfXdp(kind: EventKind | undefined): boolean {
  return kind !== undefined && wholeOfXdp.has(kind);
}

interface StartingLine {
  readonly program: Program | undefined;
  readonly event: TraceEvent | undefined;
}

/** Whether a line belongs to another run than the one in progress. */
export function startsRun(run: Draft | undefined, { program, event }: StartingLine): boolean {
  if (run === undefined || event === undefined) return run !== undefined && isOfOtherHook(run, program);
  if (event.kind === 'newPacket' || isOfOtherHook(run, program)) return true;
  const isXdp = run.hook?.direction === 'X';
  // Without a prefix both end a packet of which nothing else is printed, but for what XDP has said of it.
  if (program === undefined && event.kind === 'bypassed') return true;
  if (program === undefined && event.kind === 'acceptedByXdp') return !isXdp;
  return isXdp && startsXdpRun(run, event.kind);
}

function startsXdpRun(run: Draft, kind: EventKind): boolean {
  const isTransportRead = run.ports !== undefined || run.icmp !== undefined;
  if (wholeOfXdp.has(kind)) return true;
  if (firstParsed.has(kind)) return run.source !== undefined || run.special !== undefined || isTransportRead;
  return portLines.has(kind) && isTransportRead;
}

function isOfOtherHook(run: Draft, program: Program | undefined): boolean {
  return program?.kind === 'interface' && run.hook !== undefined && !isSameHook(program.hook, run.hook);
}

function isSameHook(one: Hook, other: Hook): boolean {
  return one === other || (one.interface === other.interface && one.direction === other.direction);
}
