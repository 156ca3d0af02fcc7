/** The traces of several nodes as one text, in which marks say whose lines follow, and how far its clock is off. */
import { Clocks } from './clocks.ts';
import { readTraceLine } from './line.ts';
import { formatMark, parseMark } from './mark.ts';
import { TraceReader } from './reader.ts';

export interface NodeTrace {
  readonly node: string;
  readonly text: string;
}

/** So much of each trace is looked at for packets that went from node to node. */
const lookedAt = 2_000_000;
/** So much is read, or put together, before others may do something. */
const pieceSize = 250_000;
/** Traces are interleaved in pieces of about so many characters. */
const blockSize = 16_384;

/** Joins traces; yields between pieces of the work, and answers the text in the end. */
export function* joinTraces(traces: readonly NodeTrace[]): Generator<undefined, string> {
  const offsets = yield* findOffsets(traces);
  const blocks: Block[] = [];
  for (const trace of traces) {
    for (const block of blocksOf(trace, offsets.get(trace.node))) {
      blocks.push(block);
      if (blocks.length % 64 === 0) yield;
    }
  }
  const parts: string[] = [];
  let node: string | undefined;
  for (const block of blocks.toSorted((one, other) => one.clock - other.clock)) {
    if (block.node !== node) parts.push(block.mark);
    node = block.node;
    parts.push(block.text);
  }
  return parts.join('');
}

/** A stretch of whole lines of one node. */
interface Block {
  readonly node: string;
  readonly mark: string;
  readonly clock: number;
  readonly text: string;
}

/** What to add to a node's times; for one whose trace says itself since when the node is up, that moment. */
function* findOffsets(traces: readonly NodeTrace[]): Generator<undefined, ReadonlyMap<string, number>> {
  const clocks = new Clocks();
  for (const { node, text } of traces) {
    const reader = new TraceReader();
    for (let at = 0; at < Math.min(text.length, lookedAt); at += pieceSize) {
      for (const record of reader.push(text.slice(at, at + pieceSize)))
        if (record.kind === 'packet') clocks.add(node, record.packet);
      yield;
    }
  }
  const told = traces.flatMap(({ node, text }) => {
    const bootedAt = parseMark(text.slice(0, text.indexOf('\n')))?.bootedAt;
    return bootedAt === undefined ? [] : [[node, bootedAt] as const];
  });
  return told.length === traces.length ? new Map(told) : clocks.offsets();
}

function* blocksOf({ node, text }: NodeTrace, bootedAt: number | undefined): Generator<Block> {
  const mark = `${formatMark({ node, bootedAt })}\n`;
  let clock = Number.NEGATIVE_INFINITY;
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', Math.min(start + blockSize, text.length - 1));
    const next = end === -1 ? text.length : end + 1;
    const time = firstTime(text, start, next);
    // Lines of a trace stay in their order, whatever stands between them.
    if (time !== undefined) clock = Math.max(clock, time + (bootedAt ?? 0));
    const piece = text.slice(start, next);
    yield { node, mark, clock, text: piece.endsWith('\n') ? piece : `${piece}\n` };
    start = next;
  }
}

function firstTime(text: string, start: number, end: number): number | undefined {
  for (let at = start; at < end;) {
    const feed = text.indexOf('\n', at);
    const line = readTraceLine(text, at, feed === -1 ? end : feed);
    if (line.kind === 'message') return line.header.time;
    if (feed === -1) return undefined;
    at = feed + 1;
  }
  return undefined;
}
