import type { PacketFilter } from '../core/net/pcapFilter.ts';
import type { LineSpan, Packet } from '../core/trace/packet.ts';
import type { TraceRecord } from '../core/trace/packets.ts';

/** How much text is kept for packets that have not ended. */
const mostKept = 4_000_000;

/** Of a trace only the lines of the packets that are wanted, for nodes that cannot filter themselves. */
export class StreamFilter {
  readonly #isWanted: PacketFilter;
  #text = '';
  /** Where `#text` begins in the whole trace. */
  #offset = 0;

  constructor(isWanted: PacketFilter) {
    this.#isWanted = isWanted;
  }

  /** Takes the next text and what was read of it; answers the lines of wanted packets that have ended. */
  push(text: string, records: readonly TraceRecord[]): string {
    this.#text += text;
    const wanted = records.flatMap((record) =>
      record.kind === 'connect' || this.#isWanted(ends(record.packet)) ? linesOf(record) : [],
    );
    const lines = wanted.map(({ start, end }) => this.#text.slice(start - this.#offset, end - this.#offset));
    if (this.#text.length > mostKept) {
      const cut = this.#text.length - mostKept / 2;
      this.#text = this.#text.slice(cut);
      this.#offset += cut;
    }
    return lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join('');
  }
}

function linesOf(record: TraceRecord): readonly LineSpan[] {
  return record.kind === 'connect' ? record.connect.lines.spans : record.packet.lines.spans;
}

function ends({ family, protocol, source, destination, nat }: Packet) {
  const there = <T>(values: readonly (T | undefined)[]) => values.flatMap((value) => value ?? []);
  return {
    family,
    protocol,
    sources: there([source, nat?.source]),
    destinations: there([destination, nat?.destination, nat?.before]),
  };
}
