import type { Problem } from '../../text/problem.ts';
import { TraceReader } from '../../trace/reader.ts';
import type { TraceRecord } from '../../trace/packets.ts';
import type { QuickFilter } from '../detail.ts';
import { packetDetail } from './packetDetail.ts';
import { PacketRows } from './packets.ts';
import type { Table } from '../table.ts';

/** More rows than this are not kept: a table of them would take gigabytes. */
const maxRows = 3_000_000;

const quickFilters: readonly QuickFilter[] = [{ title: 'Only Denied', filter: 'verdict:denied' }];

/** The packets of a trace, which may grow while it is looked at; offsets are of bytes. */
export class PacketStream {
  readonly #rows = new PacketRows();
  readonly #reader = new TraceReader();
  /** A character for each byte: what Calico prints is ASCII. */
  readonly #decoder = new TextDecoder('latin1');

  /** `false` when no more rows are kept. */
  push(bytes: Uint8Array): boolean {
    this.#add(this.#reader.push(this.#decoder.decode(bytes, { stream: true })));
    return this.#rows.count < maxRows;
  }

  /** The table so far; packets in progress are not in it. */
  soFar(): { readonly table: Table; readonly problems: readonly Problem[] } {
    const rows = this.#rows;
    const rowCount = rows.count;
    const table: Table = {
      rowCount,
      columns: rows.columns(),
      spanAt: (row) => rows.spansAt(row)[0] ?? { start: 0, end: 0 },
      lineAt: (row) => rows.lineAt(row),
      detailOf: (row, source) => packetDetail(rows, row, source),
      quickFilters,
    };
    return { table, problems: rowCount < maxRows ? [] : [tooMany()] };
  }

  /** The table of all; nothing in a trace is a problem. */
  end(): ReturnType<PacketStream['soFar']> {
    this.#add(this.#reader.end());
    return this.soFar();
  }

  #add(records: readonly TraceRecord[]): void {
    for (const record of records) this.#rows.add(record);
  }
}

function tooMany(): Problem {
  const message = `Only the first ${maxRows.toLocaleString('en')} packets are shown.`;
  return { code: 'limit', span: { start: 0, end: 0 }, message };
}
