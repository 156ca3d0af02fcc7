import { isNoAddress } from '../address.ts';
import type { Draft } from '../draft.ts';
import { conntrackResults } from '../packet.ts';
import type { Steps } from '../step.ts';

/** What a program knows once policy has decided; it stands where the lines before are missing. */
export const stateSteps: Steps<Draft> = {
  stateAddresses(draft, { source, destination }) {
    draft.isParsed = true;
    draft.isInPolicy = false;
    draft.source ??= { address: source, port: draft.ports?.source };
    draft.destination ??= { address: destination, port: draft.ports?.destination };
  },
  statePreNat(draft, { address, port }) {
    if (address !== draft.destination?.address || port !== draft.destination.port)
      draft.nat.before = { address, port };
  },
  statePostNat(draft, { address, port }) {
    const { destination } = draft;
    if (isNoAddress(address) || destination === undefined) return;
    if (address !== destination.address || (port !== destination.port && draft.icmp === undefined))
      draft.nat.destination ??= { address, port };
  },
  stateTunnel(draft, { address }) {
    if (!isNoAddress(address)) draft.tunnelPeer ??= address;
  },
  statePolicy(draft, { code }) {
    draft.policyCode = code;
  },
  stateProtocol(draft, { protocol }) {
    draft.protocol ??= protocol;
  },
  stateSourcePort(draft, { port }) {
    const isMissing = draft.source?.port === undefined && draft.icmp === undefined;
    if (isMissing && draft.source !== undefined) draft.source = { ...draft.source, port };
  },
  stateDestinationPort(draft, { port }) {
    const isMissing = draft.destination?.port === undefined && draft.icmp === undefined;
    if (isMissing && draft.destination !== undefined) draft.destination = { ...draft.destination, port };
  },
  stateConntrack(draft, { result }) {
    draft.conntrack.result ??= conntrackResults[result & 0xff];
  },
};
