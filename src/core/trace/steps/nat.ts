/** What the lines about services and address translation tell. */
import type { Draft } from '../draft.ts';
import type { Steps } from '../step.ts';

export const natSteps: Steps<Draft> = {
  natLookup(draft) {
    draft.isParsed = true;
  },
  natLookupByNumber(draft) {
    draft.isParsed = true;
  },
  natLookupMiss(draft) {
    draft.nat.isNoService = true;
  },
  nodePortHit(draft) {
    draft.nat.isNoService = false;
    draft.nat.isRemoteNodePort = true;
  },
  natHit(draft, { serviceId }) {
    draft.nat.serviceId = serviceId;
  },
  natHitOrdinal(draft, { serviceId, ordinal }) {
    draft.nat.serviceId = serviceId;
    draft.nat.ordinal = ordinal;
  },
  backendSelected(draft, { address, port }) {
    draft.nat.destination = { address, port };
  },
  affinityBackend(draft, { address, port }) {
    draft.nat.destination = { address, port };
  },
  dnat(draft, { address, port }) {
    draft.nat.destination = { address, port };
  },
  snat(draft, { address, port }) {
    draft.nat.source = { address, port };
  },
  outgoingNat(draft) {
    draft.nat.isOutgoing = true;
  },
  socketCookie(draft, { cookie }) {
    draft.socketCookie = cookie;
  },
  connectTimeNat(draft) {
    draft.nat.isConnectTime = true;
  },
};
