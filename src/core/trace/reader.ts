/** Reads a trace as it comes: chunks of text in, packets out, in bounded memory whatever comes. */
import { readMessage, type TraceEvent } from './event.ts';
import { readTraceLine, type TraceLine } from './line.ts';
import { isGap, parseMark } from './mark.ts';
import { PacketGrouper, type TraceRecord } from './packets.ts';
import { readPrefix } from './prefix.ts';
import type { ReasonVersion } from './reasons.ts';
import { UnknownMessages } from './unknown.ts';

/** What the lines of a trace were. */
export interface TraceCounts {
  /** Those of Calico's programs: with their prefix or their wording. */
  lines: number;
  /** Those of them that no known version prints. */
  unknownLines: number;
  /** Those that other programs printed. */
  foreignLines: number;
  /** Those that are no lines of a trace, but for blank ones. */
  otherLines: number;
  /** Events that the kernel says it lost. */
  lostEvents: number;
  /** Packets of which a broken entry of bpfLogFilters hides the trace. */
  filterFailures: number;
}

/** A line longer than this is none of a trace. */
const maxLineLength = 65_536;

export class TraceReader {
  readonly counts: TraceCounts = {
    lines: 0,
    unknownLines: 0,
    foreignLines: 0,
    otherLines: 0,
    lostEvents: 0,
    filterFailures: 0,
  };
  readonly unknown = new UnknownMessages();
  readonly #grouper: PacketGrouper;
  #latestTime: number | undefined;
  /** The beginning of a line whose end has not come yet. */
  #rest = '';
  /** Where `#rest` begins in the whole text. */
  #offset = 0;
  #lineNumber = 1;

  constructor(version?: ReasonVersion) {
    this.#grouper = new PacketGrouper(version);
  }

  /** When the latest line was printed, in seconds since the node's start. */
  get latestTime(): number | undefined {
    return this.#latestTime;
  }

  /** Reads more of the trace and answers what it completed. */
  push(chunk: string): readonly TraceRecord[] {
    const text = this.#rest + chunk;
    let start = 0;
    for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', start)) {
      this.#readLine(text, start, feed, feed + 1);
      start = feed + 1;
    }
    if (text.length - start > maxLineLength) {
      this.#readLine(text, start, text.length, text.length);
      start = text.length;
    }
    this.#offset += start;
    this.#rest = text.slice(start);
    return this.#grouper.take();
  }

  /** Ends what is in progress, because what follows does not follow at once. */
  cut(): readonly TraceRecord[] {
    this.#grouper.cut();
    return this.#grouper.take();
  }

  /** Reads a last line without an end, and ends what was cut off; of the lines of one packet none is missing. */
  end(runs: 'cut' | 'whole' = 'cut'): readonly TraceRecord[] {
    if (this.#rest !== '') this.#readLine(this.#rest, 0, this.#rest.length, this.#rest.length);
    this.#offset += this.#rest.length;
    this.#rest = '';
    return this.#grouper.end(runs);
  }

  #readLine(text: string, start: number, end: number, next: number): void {
    const line = readTraceLine(text, start, end);
    switch (line.kind) {
      case 'message':
        this.#readMessage(text, line, {
          number: this.#lineNumber,
          start: this.#offset + start,
          end: this.#offset + next,
        });
        break;
      case 'lost':
        this.counts.lostEvents += line.events;
        this.#grouper.cut(line.cpu);
        break;
      case 'other':
        this.#readOther(text.slice(start, end).trimEnd());
        break;
      case 'blank':
    }
    this.#lineNumber++;
  }

  #readOther(line: string): void {
    const mark = parseMark(line);
    if (mark !== undefined) return this.#grouper.switchTo(mark);
    this.counts.otherLines++;
    if (isGap(line)) this.#grouper.cut();
  }

  #readMessage(
    text: string,
    { header, message }: Extract<TraceLine, { kind: 'message' }>,
    place: { readonly number: number; readonly start: number; readonly end: number },
  ): void {
    this.#latestTime = header.time;
    const prefix = readPrefix(text, message.start, message.end);
    const span = prefix === undefined ? message : { start: prefix.end, end: message.end };
    const event =
      span.start < span.end ? readMessage(text, span, prefix?.program.isIpv6 ?? false) : undefined;
    if (event === undefined && prefix === undefined && !hasCalicoWording(text, message.start)) {
      if (message.start < message.end) this.counts.foreignLines++;
      return;
    }
    this.#count(event, text, span);
    const task =
      prefix?.program.kind === 'connect-time' ? text.slice(header.task.start, header.task.end) : undefined;
    this.#grouper.add({ cpu: header.cpu, time: header.time, task, program: prefix?.program, event, place });
  }

  #count(event: TraceEvent | undefined, text: string, { start, end }: { start: number; end: number }): void {
    this.counts.lines++;
    if (event?.kind === 'logFilterFailed') this.counts.filterFailures++;
    if (event !== undefined) return;
    this.counts.unknownLines++;
    this.unknown.add(text.slice(start, Math.min(end, start + maxSample)));
  }
}

const maxSample = 200;

/** How messages without a prefix begin that can only be Calico's. */
const wordings = [
  'tc_preamble',
  'xdp_preamble',
  'Final result=',
  'Entering calico_',
  'Main program ',
  'State map ',
  'IP FRAG: ',
  'CT: ',
  'NAT: ',
  'policy ALLOWED',
  'policy DENIED',
  'calico_',
  'CALI_',
];

function hasCalicoWording(text: string, at: number): boolean {
  return wordings.some((wording) => text.startsWith(wording, at));
}
