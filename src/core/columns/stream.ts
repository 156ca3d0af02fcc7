import { describeForeign, describeForeignJson, type DumpName } from '../dump/foreign.ts';
import { isJson, readJsonObject } from '../dump/json.ts';
import type { JsonObject } from '../dump/jsonObject.ts';
import { ObjectFinder } from '../dump/jsonObjects.ts';
import { countFeeds, lastFeed } from '../text/feeds.ts';
import type { Problem, Span } from '../text/problem.ts';
import { Blocks, findLineEnd, findRecordEnd, maxPiece } from './blocks.ts';
import { ByteReader } from './byteReader.ts';
import { PlacedProblems, type Place, type PlacedProblem } from './placed.ts';

/** Where something stands: offsets in UTF-16 units, and the line from zero. */
export interface LineSpan extends Span {
  readonly line: number;
}

/** How a dump's pieces become rows: fast where they are just as the tool prints them, else by the dump's grammar. */
export interface RowReader {
  readonly name: DumpName;
  /** How many rows there are. */
  readonly count: number;
  /** Reads the line here into the next row; `false` for one that is not just as the tool prints it. */
  readLine(reader: ByteReader): boolean;
  /**
   * Reads the JSON object here, from its indentation of two spaces up to its brace, and answers how many line feeds
   * are in it; 0 as above.
   */
  readRecord(reader: ByteReader): number;
  /** Reads a line in the grammar for all forms; `false` to read no further. */
  readText(text: string, span: Span, problems: Problem[]): boolean;
  /** Reads an object in the grammar for all forms. */
  readObject(object: JsonObject): true | undefined;
  /** Says where that stands which was read last; the place is another with the next call. */
  place(place: LineSpan): void;
  /** Says that nothing more comes. */
  finish(): void;
}

export interface ReadDump {
  readonly problems: readonly PlacedProblem[];
  /** How many bytes were read. */
  readonly bytes: number;
}

/** Reads a dump chunk by chunk into the rows of its reader, in linear time and with bounded memory of its own. */
export class DumpStream {
  readonly #rows: RowReader;
  readonly #problems = new PlacedProblems();
  readonly #reader = new ByteReader();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #finder = new ObjectFinder();
  /** What came before it is known whether it is JSON; then the blocks of either. */
  #head: Uint8Array = new Uint8Array(0);
  #form: 'unknown' | 'text' | 'json' | 'ended' = 'unknown';
  #blocks: Blocks | undefined;
  #bytes = 0;
  #offset = 0;
  #line = 0;
  #lineStart = 0;
  /** Of the line that was read last; one object for all of them, of which there are very many. */
  readonly #span = { start: 0, end: 0, line: 0 };
  /** Text of JSON that was read by the grammar and does not end yet. */
  #pending = '';
  #triedLength = 0;

  constructor(rows: RowReader) {
    this.#rows = rows;
  }

  /** Takes the next bytes, and keeps none of them; `false` when nothing more is wanted. */
  push(chunk: Uint8Array): boolean {
    this.#bytes += chunk.length;
    if (this.#form === 'ended') return false;
    if (this.#blocks !== undefined) return this.#pushOn(chunk);
    const begun = this.#head.length === 0 ? chunk : joined(this.#head, chunk);
    if (begun.length >= headLength) return this.#begin(begun);
    // A copy, because a chunk is another's.
    this.#head = begun.slice();
    return true;
  }

  end(): ReadDump {
    if (this.#form === 'unknown') this.#begin(this.#head);
    if (this.#form !== 'ended') this.#finish(this.#blocks?.rest() ?? new Uint8Array(0));
    const describe = this.#form === 'json' ? describeForeignJson : describeForeign;
    const head = decodeHead(this.#head);
    this.#rows.finish();
    const { name, count } = this.#rows;
    const problems = this.#problems.judge({ name, head, entryCount: count, describe });
    return { problems, bytes: this.#bytes };
  }

  #begin(begun: Uint8Array): boolean {
    const hasMark = begun[0] === 0xef && begun[1] === 0xbb && begun[2] === 0xbf;
    const bytes = hasMark ? begun.subarray(3) : begun;
    this.#head = bytes.slice(0, headLength);
    this.#form = isJson(decodeHead(this.#head)) ? 'json' : 'text';
    this.#blocks =
      this.#form === 'json'
        ? new Blocks(findRecordEnd, (block, end) => this.#readRecords(block, end))
        : new Blocks(findLineEnd, (block, end) => this.#readLines(block, end));
    return this.#pushOn(bytes);
  }

  #pushOn(chunk: Uint8Array): boolean {
    if (this.#blocks?.push(chunk) !== true) this.#stop();
    return this.#form !== 'ended';
  }

  #finish(rest: Uint8Array): void {
    if (this.#form === 'json') {
      this.#pending += this.#decoder.decode(rest);
      this.#readPending('whole');
    } else if (rest.length > 0) {
      const line = new Uint8Array(rest.length + 1);
      line.set(rest);
      line[rest.length] = 0x0a;
      this.#readLines(line, line.length);
    }
  }

  #readLines(bytes: Uint8Array, end: number): void {
    const reader = this.#reader;
    for (reader.open(bytes); reader.at < end && this.#form === 'text';) {
      const start = reader.at;
      reader.surplus = 0;
      if (this.#rows.readLine(reader)) {
        const length = reader.at - start - reader.surplus;
        const lineEnd = bytes[reader.at - 2] === 0x0d ? 2 : 1;
        this.#span.start = this.#offset;
        this.#span.end = this.#offset + length - lineEnd;
        this.#span.line = this.#line;
        this.#rows.place(this.#span);
        this.#offset += length;
      } else {
        const feed = bytes.indexOf(0x0a, start);
        this.#readText(this.#decoder.decode(bytes.subarray(start, feed)));
        reader.at = feed + 1;
      }
      this.#line++;
      this.#lineStart = this.#offset;
    }
  }

  #readText(text: string): void {
    const problems: Problem[] = [];
    const end = text.endsWith('\r') ? text.length - 1 : text.length;
    if (!this.#rows.readText(text, { start: 0, end }, problems)) this.#form = 'ended';
    if (problems.length > 0) this.#problems.add(problems, text, this.#here());
    this.#rows.place({ start: this.#offset, end: this.#offset + end, line: this.#line });
    this.#offset += text.length + 1;
  }

  #readRecords(bytes: Uint8Array, end: number): void {
    const reader = this.#reader;
    reader.open(bytes);
    if (this.#pending === '') while (reader.at < end && this.#takeRecord());
    if (reader.at >= end) return;
    this.#pending += this.#decoder.decode(bytes.subarray(reader.at, end));
    this.#readPending('part');
  }

  /** Takes a record, or what stands between records; `false` where only the grammar knows what it is. */
  #takeRecord(): boolean {
    const reader = this.#reader;
    const start = reader.at;
    reader.surplus = 0;
    switch (reader.bytes[start] ?? 0) {
      case 0x20: {
        const feeds = this.#rows.readRecord(reader);
        if (feeds === 0) return false;
        this.#rows.place({
          start: this.#offset + indentation,
          end: this.#offset + reader.at - start - reader.surplus,
          line: this.#line,
        });
        this.#line += feeds;
        // The last line is the brace's own.
        this.#lineStart = this.#offset + reader.at - start - reader.surplus - indentation - 1;
        reader.takeByte(comma);
        break;
      }
      case 0x0a:
        this.#line++;
        this.#lineStart = this.#offset + 1;
        reader.at++;
        break;
      case 0x5b:
        this.#finder.arrays++;
        reader.at++;
        break;
      case 0x5d:
        this.#finder.arrays--;
        reader.at++;
        break;
      case comma:
      case 0x0d:
        reader.at++;
        break;
      default:
        return false;
    }
    this.#offset += reader.at - start - reader.surplus;
    return true;
  }

  /** Reads the text that is pending by the grammar, up to where an object does not end yet. */
  #readPending(extent: 'part' | 'whole'): void {
    const text = this.#pending;
    // To try it with each block would take quadratic time.
    if (extent === 'part' && text.length < this.#triedLength * 2) return;
    const problems: Problem[] = [];
    let line = this.#line;
    let counted = 0;
    for (const span of this.#finder.find(text, extent, problems)) {
      readJsonObject({ text, span, problems }, (object) => this.#rows.readObject(object));
      line += countFeeds(text, span.start, counted);
      counted = span.start;
      this.#rows.place({ start: this.#offset + span.start, end: this.#offset + span.end, line });
    }
    this.#problems.add(problems, text, this.#here());
    const { at } = this.#finder;
    const feed = lastFeed(text, at);
    if (feed !== -1) this.#lineStart = this.#offset + feed + 1;
    this.#line = line + countFeeds(text, at, counted);
    this.#offset += at;
    this.#pending = text.slice(at);
    this.#triedLength = this.#pending.length;
  }

  #stop(): void {
    this.#form = 'ended';
    const size = maxPiece / 1024 / 1024;
    const message = `Reading stops here: there is no end of a line or an object within ${size} MB.`;
    this.#problems.add([{ code: 'limit', span: { start: 0, end: 0 }, message }], '', this.#here());
  }

  #here(): Place {
    return { offset: this.#offset, line: this.#line, lineStart: this.#lineStart };
  }
}

const comma = 0x2c;
/** Of the objects of a list. */
const indentation = 2;

/** What tells the form of a dump, and what it is when it is none. */
const headLength = 16_000;

function decodeHead(head: Uint8Array): string {
  return new TextDecoder().decode(head);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
