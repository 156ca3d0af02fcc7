import { isBlankOrLog } from '../dump/dump.ts';
import { readService } from '../dump/natJson.ts';
import type { PartPlace } from '../dump/jsonPath.ts';
import { readBackendLine, readFrontendLine, type NatFrontend } from '../dump/natLine.ts';
import { Cursor } from '../text/cursor.ts';
import type { Problem, Span } from '../text/problem.ts';
import { NatColumns } from './nat.ts';
import { readNatLine } from './natFast.ts';
import type { Placing } from './places.ts';
import type { EntryRows } from './rows.ts';
import type { LineSpan } from './stream.ts';

const maxMissing = 1000;
const noParts: readonly PartPlace[] = [];

export interface NatRows extends EntryRows<NatFrontend> {
  readonly columns: NatColumns;
}

/** Reads NAT dumps of all forms into columns. */
export function natRows(placing: Placing = 'spans'): NatRows {
  const columns = new NatColumns(placing);
  let refused = 0;
  /** Where the backends of the object that was read last stand in it. */
  let parts = noParts;
  let isFinished = false;
  return {
    name: 'NAT dump',
    columns,
    get count() {
      return columns.count;
    },
    readLine(reader) {
      const start = reader.at;
      if (readNatLine(reader, columns)) return true;
      reader.at = start;
      return false;
    },
    readRecord: () => 0,
    readText(text, span, problems) {
      if (columns.isLastBlackhole && text.startsWith('\t') && text.trim() !== '') {
        if (++refused <= maxMissing) return true;
        problems.push(endless(span));
        return false;
      }
      readLine(columns, text, { span, problems });
      return true;
    },
    readObject(object) {
      const frontends = readService(object);
      const items = frontends === undefined ? [] : object.itemPlaces('backends');
      parts = frontends?.flatMap(({ backends }) => items.slice(0, backends.length)) ?? [];
      for (const frontend of frontends ?? []) columns.addWhole(frontend);
      return frontends && true;
    },
    place(span) {
      if (parts.length > 0) columns.backends.places.placeParts(parts, span);
      parts = noParts;
      placeRows(columns, span);
    },
    finish() {
      columns.close();
      columns.trim();
      isFinished = true;
    },
    entry: (row) => columns.entry(row),
    spanAt: (row) => columns.places.at(row),
    lineAt: (row) => columns.places.lines.at(row),
    drain(take) {
      // The last frontends may yet be given backends, and those above them keep theirs in the same place.
      if (isFinished) for (let row = 0; row < columns.count; row++) take(columns.entry(row));
    },
  };
}

/** Says where the rows stand that came since. */
function placeRows({ places, count, backends }: NatColumns, span: LineSpan): void {
  const isNew = places.count < count;
  if (isNew) places.place(count, span);
  if (backends.places.count === backends.count) return;
  backends.places.place(backends.count, span);
  // A frontend reaches down to its last backend.
  if (!isNew) places.extend(span.end);
}

function readLine(
  columns: NatColumns,
  text: string,
  { span, problems }: { readonly span: Span; readonly problems: Problem[] },
): void {
  if (isBlankOrLog(text, span, problems)) return;
  const line = new Cursor(text, span, problems);
  if (!text.startsWith('\t')) {
    const frontend = readFrontendLine(line);
    if (frontend !== undefined) columns.add(frontend);
    return;
  }
  const backend = readBackendLine(line, columns.lastId);
  if (backend !== undefined) columns.addBackend(backend);
}

function endless(span: Span): Problem {
  return {
    code: 'limit',
    span,
    message:
      'Reading stops here. For a service with source ranges, Calico v3.26 and older prints 4,294,967,295 lines ' +
      `“is missing”; ${maxMissing.toLocaleString('en')} of them were seen. What follows is not read.`,
  };
}
