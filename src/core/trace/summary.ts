/** Counts over the packets of a trace. */
import type { Packet } from './packet.ts';
import type { TraceRecord } from './packets.ts';
import type { TraceReader } from './reader.ts';
import type { ReasonId } from './reasons.ts';

/** What a trace was, as `calico-ebpf trace --json` ends with. */
export interface TraceSummary {
  /** Lines of Calico's programs. */
  readonly lines: number;
  /** Those of them that no known version prints. */
  readonly unknownLines: number;
  /** Lines of other programs. */
  readonly foreignLines: number;
  readonly packets: number;
  readonly allowed: number;
  readonly denied: number;
  /** Packets of which the trace does not tell. */
  readonly undecided: number;
  /** The denied packets by the reason. */
  readonly byReason: Readonly<Partial<Record<ReasonId, number>>>;
  /** Processes that connected through the connect-time load balancer. */
  readonly connects: number;
  /** Those of them that were refused, because the service has no backend. */
  readonly refusedConnects: number;
  /** Events that the kernel says it lost. */
  readonly lostEvents: number;
  /** Packets whose trace a broken expression of bpfLogFilters hides. */
  readonly filterFailures: number;
  /** What the unknown lines say, the most frequent first. */
  readonly unknown: readonly { readonly message: string; readonly count: number }[];
}

export class TraceTotals {
  #packets = 0;
  #allowed = 0;
  #denied = 0;
  #connects = 0;
  #refusedConnects = 0;
  readonly #byReason: Partial<Record<ReasonId, number>> = {};

  add(record: TraceRecord): void {
    if (record.kind === 'packet') this.#addPacket(record.packet);
    else {
      this.#connects++;
      if (record.connect.outcome === 'no-backend') this.#refusedConnects++;
    }
  }

  #addPacket({ verdict }: Packet): void {
    this.#packets++;
    if (verdict.kind === 'allowed') this.#allowed++;
    if (verdict.kind !== 'denied') return;
    this.#denied++;
    this.#byReason[verdict.reason] = (this.#byReason[verdict.reason] ?? 0) + 1;
  }

  summary({ counts, unknown }: TraceReader): TraceSummary {
    return {
      lines: counts.lines,
      unknownLines: counts.unknownLines,
      foreignLines: counts.foreignLines,
      packets: this.#packets,
      allowed: this.#allowed,
      denied: this.#denied,
      undecided: this.#packets - this.#allowed - this.#denied,
      byReason: { ...this.#byReason },
      connects: this.#connects,
      refusedConnects: this.#refusedConnects,
      lostEvents: counts.lostEvents,
      filterFailures: counts.filterFailures,
      unknown: unknown.templates,
    };
  }
}
