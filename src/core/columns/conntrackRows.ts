import { readConntrackLine, type ConntrackEntry } from '../dump/conntrack.ts';
import { toConntrackEntry } from '../dump/conntrackJson.ts';
import { ConntrackColumns } from './conntrack.ts';
import { readConnectionLine } from './conntrackLine.ts';
import { readRawLine } from './conntrackRawLine.ts';
import { readConnectionRecord } from './conntrackRecord.ts';
import type { ByteReader } from './byteReader.ts';
import { Places, type Placing } from './places.ts';
import type { EntryRows } from './rows.ts';

/** Reads conntrack dumps of all forms into columns. */
export function conntrackRows(
  placing: Placing = 'spans',
): EntryRows<ConntrackEntry> & { readonly columns: ConntrackColumns } {
  const columns = new ConntrackColumns();
  const places = new Places(placing);
  let drained = 0;
  /** What was begun in vain leaves nothing behind. */
  const tried = <T>(reader: ByteReader, read: (reader: ByteReader, columns: ConntrackColumns) => T): T => {
    const { at } = reader;
    const { count } = columns;
    const result = read(reader, columns);
    if (columns.count === count) {
      columns.clearRow(count);
      reader.at = at;
    }
    return result;
  };
  return {
    name: 'conntrack dump',
    columns,
    get count() {
      return drained + columns.count;
    },
    // The raw form begins with a C, which no protocol does.
    readLine: (reader) => tried(reader, reader.bytes[reader.at] === 0x43 ? readRawLine : readConnectionLine),
    readRecord: (reader) => tried(reader, readConnectionRecord),
    readText(text, span, problems) {
      const entry = readConntrackLine(text, span, problems);
      if (entry !== undefined) columns.add(entry);
      return true;
    },
    readObject(object) {
      const entry = toConntrackEntry(object);
      if (entry === undefined) return undefined;
      columns.add(entry);
      return true;
    },
    place: (span) => places.place(columns.count, span),
    finish() {
      columns.trim();
      places.trim();
    },
    entry: (row) => columns.entry(row),
    spanAt: (row) => places.at(row),
    lineAt: (row) => places.lines.at(row),
    drain(take) {
      for (let row = 0; row < columns.count; row++) take(columns.entry(row));
      drained += columns.count;
      columns.clear();
      places.clear();
    },
  };
}
