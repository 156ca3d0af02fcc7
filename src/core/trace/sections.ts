import type { Section } from '../dump/sections.ts';
import type { PacketLines } from './packet.ts';
import type { TraceRecord } from './packets.ts';
import { TraceReader } from './reader.ts';
import { describeConnect, describePacket } from './words.ts';

/** The packets and connects of a trace, each where its lines begin. */
export function traceSections(text: string): readonly Section[] {
  const reader = new TraceReader();
  const records = [...reader.push(text), ...reader.end()];
  return records.map(toSection).toSorted((one, other) => one.span.start - other.span.start);
}

function toSection(record: TraceRecord): Section {
  if (record.kind === 'connect') {
    const { task, lines } = record.connect;
    const detail = describeConnect(record.connect);
    return { kind: 'connect', name: task, detail, span: firstSpan(lines), children: [] };
  }
  const { packet } = record;
  const { direction, what, from, to, verdict } = describePacket(packet);
  const hook = packet.hook === undefined ? 'a packet' : `${packet.hook.interface} ${direction}`;
  const ends = from === '' ? [] : [`${from} → ${to}`];
  return {
    kind: 'packet',
    name: [hook, what].filter((part) => part !== '').join(' '),
    detail: [verdict, ...ends].join(', '),
    span: firstSpan(packet.lines),
    children: [],
  };
}

/** Lines of other CPUs stand between the lines of a packet: what folds is what stands in a row. */
function firstSpan({ spans }: PacketLines): Section['span'] {
  const { start, end } = spans[0] ?? { start: 0, end: 0 };
  return { start, end: Math.max(start, end - 1) };
}
