import { cellText } from '../table/cells.ts';
import type { Table } from '../table/table.ts';
import { findRule, type MatchRule, type RowView, type Viewpoint } from './rules.ts';

/** One of two dumps that are compared: its rows with names, and where it was made. */
export interface Side {
  readonly table: Table;
  readonly node: string | undefined;
}

/** A difference, with the rows that it is between. */
export type Difference =
  | { readonly kind: 'added'; readonly after: number }
  | { readonly kind: 'removed'; readonly before: number }
  | {
      readonly kind: 'changed';
      readonly before: number;
      readonly after: number;
      /** The ids of the columns that differ. */
      readonly columns: readonly string[];
    };

export interface ComparedSides {
  readonly probe: string;
  readonly before: Side;
  readonly after: Side;
  readonly between: Viewpoint['between'];
}

/** What differs between two dumps of one map: first what is gone or changed, in the order of the first dump. */
export function compareSides({ probe, before, after, between }: ComparedSides): readonly Difference[] {
  const rule = findRule(probe);
  if (rule === undefined) return [];
  const nodes = [before.node, after.node];
  const first = indexSide(before, rule, { between, node: before.node, nodes });
  const second = indexSide(after, rule, { between, node: after.node, nodes });
  const isCompared = sharedRows(rule, between, [first, second]);
  const differences: Difference[] = [];
  for (const [key, one] of first.rows) {
    const other = second.rows.get(key);
    if (other === undefined) {
      if (isCompared(one.shared)) differences.push({ kind: 'removed', before: one.row });
      continue;
    }
    const columns = Object.keys(one.values).filter((id) => one.values[id] !== other.values[id]);
    if (columns.length > 0) differences.push({ kind: 'changed', before: one.row, after: other.row, columns });
  }
  for (const [key, { row, shared }] of second.rows) {
    if (!first.rows.has(key) && isCompared(shared)) differences.push({ kind: 'added', after: row });
  }
  return differences;
}

interface IndexedRow {
  readonly row: number;
  readonly values: Readonly<Record<string, string>>;
  readonly shared: string;
}

interface IndexedSide {
  readonly rows: ReadonlyMap<string, IndexedRow>;
  readonly shared: ReadonlySet<string>;
}

/** The rows of a dump by their keys; of several with one key the first counts. */
function indexSide({ table }: Side, rule: MatchRule, view: Viewpoint): IndexedSide {
  const rows = new Map<string, IndexedRow>();
  const shared = new Set<string>();
  for (let row = 0; row < table.rowCount; row++) {
    const seen = viewOf(table, row);
    const key = rule.key(seen, view)?.join('\n');
    if (key === undefined || rows.has(key)) continue;
    const group = rule.sharedBy?.(seen) ?? '';
    shared.add(group);
    rows.set(key, { row, values: rule.values(seen, view), shared: group });
  }
  return { rows, shared };
}

function sharedRows(
  rule: MatchRule,
  between: Viewpoint['between'],
  [first, second]: readonly [IndexedSide, IndexedSide],
): (group: string) => boolean {
  if (between === 'times' || rule.sharedBy === undefined) return () => true;
  return (group) => first.shared.has(group) && second.shared.has(group);
}

const columnsOfTable = new WeakMap<Table, ReadonlyMap<string, Table['columns'][number]>>();

export function viewOf(table: Table, row: number): RowView {
  let columns = columnsOfTable.get(table);
  if (columns === undefined) {
    columns = new Map(table.columns.map((column) => [column.id, column]));
    columnsOfTable.set(table, columns);
  }
  const known = columns;
  return {
    text(id) {
      const column = known.get(id);
      return column === undefined ? '' : cellText(column, row);
    },
    who(id) {
      const column = known.get(id);
      return column?.form === 'term' ? (column.who?.[column.at(row)] ?? []) : [];
    },
  };
}
