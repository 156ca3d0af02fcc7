/** What the lines about reading a packet tell. */
import type { Draft } from '../draft.ts';
import type { Steps } from '../step.ts';

const tcp = 6;
const udp = 17;
const icmp = 1;
const icmpv6 = 58;

export const parsingSteps: Steps<Draft> = {
  newPacket(draft, { ifIndex, mark }) {
    draft.ifIndex = ifIndex;
    draft.mark = mark;
  },
  addresses: setAddresses,
  idAndAddresses(draft, event) {
    setId(draft, event);
    setAddresses(draft, event);
  },
  ipId: setId,
  ipIdAndLength(draft, { id, length }) {
    setId(draft, { id });
    if (!draft.isParsed) draft.length = length;
  },
  headerLengthAndProtocol(draft, { protocol }) {
    draft.protocol ??= protocol;
  },
  tcpPorts: (draft, ports) => setPorts(draft, tcp, ports),
  udpPorts: (draft, ports) => setPorts(draft, udp, ports),
  icmp: (draft, message) => setIcmp(draft, icmp, message),
  icmpv6: (draft, message) => setIcmp(draft, icmpv6, message),
  otherProtocol(draft, { protocol }) {
    draft.protocol ??= protocol;
  },
  arp(draft) {
    draft.special = 'ARP';
  },
  ipv6Allowed(draft) {
    draft.special = 'IPv6';
  },
  ipv4Allowed(draft) {
    draft.special = 'IPv4';
  },
};

function setId(draft: Draft, { id }: { readonly id: number }): void {
  if (!draft.isParsed) draft.ipId = id;
}

function setAddresses(
  draft: Draft,
  { source, destination }: { readonly source: string; readonly destination: string },
): void {
  // A program looks again at what it took out of a tunnel, or made itself.
  if (draft.isParsed) return;
  draft.source = { address: source, port: draft.ports?.source };
  draft.destination = { address: destination, port: draft.ports?.destination };
}

function setPorts(
  draft: Draft,
  protocol: number,
  { source, destination }: { readonly source: number; readonly destination: number },
): void {
  if (draft.isParsed) return;
  draft.protocol = protocol;
  draft.ports = { source, destination };
  if (draft.source !== undefined) draft.source = { ...draft.source, port: source };
  if (draft.destination !== undefined) draft.destination = { ...draft.destination, port: destination };
}

function setIcmp(
  draft: Draft,
  protocol: number,
  { type, code }: { readonly type: number; readonly code: number },
): void {
  if (draft.isParsed) return;
  draft.protocol = protocol;
  draft.icmp = { type, code };
}
