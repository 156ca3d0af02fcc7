/** What the lines about tunnels, redirects and answers tell. */
import type { Draft } from '../draft.ts';
import type { Steps } from '../step.ts';

export const forwardSteps: Steps<Draft> = {
  decapsulated(draft) {
    draft.tunnelKind = 'decapsulated';
  },
  decapFrom(draft, { address }) {
    draft.tunnelKind = 'decapsulated';
    draft.tunnelPeer = address;
  },
  encapTo(draft, { address }) {
    draft.tunnelPeer = address;
  },
  encapsulated(draft, { destination }) {
    draft.tunnelKind = 'encapsulated';
    draft.tunnelPeer = destination;
  },
  tunnelKey(draft, { address }) {
    draft.tunnelKind = 'encapsulated';
    draft.tunnelPeer = address;
  },
  tunnelAllowed(draft) {
    draft.tunnelKind = 'outer';
  },
  notReady: setUnready,
  notReadyFlags: setUnready,
  notReadyNumbered: setUnready,
  redirected(draft, { ifIndex }) {
    draft.redirectedTo = ifIndex;
  },
  reply(draft, { type, code }) {
    draft.reply = { kind: 'icmp', type, code };
    draft.isParsed = true;
    // Type 11 is “time exceeded” in IPv4, 3 in IPv6, where 2 is “too big”.
    if (type === (draft.isIpv6 ? 3 : 11)) draft.cause ??= 'ttl-exceeded';
  },
};

function setUnready(draft: Draft, { interface: name }: { readonly interface: string }): void {
  draft.unready = name;
}
