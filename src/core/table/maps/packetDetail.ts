import { explainConnect, explainPacket, explanationTitle, type Explanation } from '../../trace/explain.ts';
import type { Packet } from '../../trace/packet.ts';
import type { TraceRecord } from '../../trace/packets.ts';
import { TraceReader } from '../../trace/reader.ts';
import { cellText } from '../cells.ts';
import type { RowDetail, RowStep } from '../detail.ts';
import type { DetailSource } from '../table.ts';
import type { PacketRows } from './packets.ts';

/** The lines of a packet, what explains its verdict, and its way from hook to hook. */
export function packetDetail(rows: PacketRows, row: number, { table, textOf }: DetailSource): RowDetail {
  const text = rows.spansAt(row).map(textOf).join('');
  const cell = (id: string, at = row) => {
    const column = table.columns.find((each) => each.id === id);
    return column === undefined ? '' : cellText(column, at);
  };
  const record = readRecord(text, cell('verdict') === 'denied' ? 'whole' : 'cut');
  const node = cell('node') === '' ? undefined : cell('node');
  const before = rows.beforeAt(row);
  const title = [cell('from.name') || cell('from'), cell('to.name') || cell('to')]
    .filter(Boolean)
    .join(' → ');
  return {
    title: [title, cell('what'), cell('why')].filter((part) => part !== '').join(' · '),
    links: explanationsOf(record, before).map((explanation) => ({
      title: explanationTitle(explanation),
      node,
      explanation,
    })),
    filters: [
      ...filterOf('Only This Flow', 'flow', cell('flow')),
      ...filterOf('Only This Journey', 'journey', cell('journey')),
    ],
    steps: rows.journeyOf(row).map((at) => toStep(cell, at, row)),
    lines: text === '' ? [letGo] : text.split('\n').filter((line) => line.trim() !== ''),
  };
}

/** In the place of lines of a long trace that are not held any more. */
const letGo = 'The trace is too long to be held: its earlier lines are in the file alone.';

function filterOf(title: string, column: string, value: string) {
  return value === '' ? [] : [{ title, filter: `${column}:${value}` }];
}

type Cell = (id: string, row: number) => string;

/** `cali6d2111c0d58 from the pod: allowed, redirected, 43µs`. */
function toStep(cell: Cell, at: number, row: number): RowStep {
  const hook = [cell('node', at), cell('iface', at), cell('dir', at)].filter((part) => part !== '').join(' ');
  const [why, took] = [cell('why', at), cell('took', at)];
  const text = [hook || cell('what', at), [why, took].filter((part) => part !== '').join(', ')].join(': ');
  return { text, isHere: at === row, isTrouble: cell('verdict', at) === 'denied' };
}

/** A denial may be the silence that follows. */
function readRecord(text: string, runs: 'cut' | 'whole'): TraceRecord | undefined {
  const reader = new TraceReader();
  return [...reader.push(text), ...reader.end(runs)][0];
}

function explanationsOf(
  record: TraceRecord | undefined,
  before: NonNullable<Packet['nat']>['before'],
): readonly Explanation[] {
  if (record === undefined) return [];
  if (record.kind === 'connect') return explainConnect(record.connect);
  const { packet } = record;
  // Which service a process connected to stands in other lines than the packet's.
  const nat = before === undefined || packet.nat === undefined ? packet.nat : { ...packet.nat, before };
  return explainPacket({ ...packet, nat });
}
