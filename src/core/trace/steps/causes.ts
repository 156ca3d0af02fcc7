import type { Draft } from '../draft.ts';
import type { EventKind } from '../event.ts';
import type { ReasonId } from '../reasons.ts';
import type { Steps } from '../step.ts';

/** Events that explain a denial that comes after them. */
const causes: { readonly [kind in EventKind]?: ReasonId } = {
  mainNotLoaded: 'not-loaded',
  programBroken: 'broken',
  mainFailed: 'broken',
  ipv6Dropped: 'ipv6-off',
  ipv4Dropped: 'not-ip',
  etherTypeDropped: 'not-ip',
  malformed: 'malformed',
  ipOptions: 'ip-options',
  tooShort: 'too-short',
  tunnelDropped: 'tunnel-source',
  foreignVxlan: 'tunnel-source',
  tunnelSpoofed: 'tunnel-source',
  fragmentFailed: 'fragment',
  fragmentRefused: 'fragment',
  fragmentMissing: 'fragment-wait',
  midFlowDropped: 'mid-flow',
  rpfInvalidated: 'reverse-path',
  sourceCollisionUnresolved: 'source-collision',
  createFailed: 'conntrack-full',
  createFailedWith: 'conntrack-full',
  unauthorisedSource: 'source-range',
  noBackend: 'no-backend',
  backendMiss: 'missing-backend',
  backendRouteMissing: 'no-route',
  workloadRpfNoRoute: 'spoofed-source',
  workloadRpfNotLocal: 'spoofed-source',
  workloadRpfInterface: 'spoofed-source',
  blackHole: 'black-hole',
  blackHoleRejected: 'black-hole',
  noWorkloadPolicy: 'no-policy-program',
  deniedByRule: 'policy',
  deniedByDefault: 'policy',
  workloadToHost: 'workload-to-host',
  rateLimited: 'rate-limit',
  connectionLimit: 'connection-limit',
  dscpFailed: 'checksum',
  encapFailed: 'encapsulation',
  hostAddressUnknown: 'host-address-unknown',
  noTunnelRoute: 'no-tunnel-route',
  notKnown: 'workload-not-ready',
  notReady: 'workload-not-ready',
  notReadyFlags: 'workload-not-ready',
  notReadyNumbered: 'workload-not-ready',
  tooBig: 'too-big',
  tooBigSegments: 'too-big',
  bpfnatFailed: 'bpfnat',
  replyFailed: 'too-short',
};

export const causeSteps: Steps<Draft> = Object.fromEntries(
  Object.entries(causes).map(([kind, cause]) => [kind, (draft: Draft) => setCause(draft, cause)]),
);

function setCause(draft: Draft, cause: ReasonId): void {
  draft.cause = cause;
  draft.causeLine = draft.lines.count;
}
