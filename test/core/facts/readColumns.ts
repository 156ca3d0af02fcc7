import type { AddressTable } from '../../../src/core/columns/addresses.ts';
import type { ConntrackColumns } from '../../../src/core/columns/conntrack.ts';
import { conntrackRows } from '../../../src/core/columns/conntrackRows.ts';
import { NatMap } from '../../../src/core/facts/natMap.ts';
import type { RowReader } from '../../../src/core/columns/stream.ts';
import { DumpStream } from '../../../src/core/columns/stream.ts';

export function readNatMap(text: string, addresses: AddressTable): NatMap {
  const map = new NatMap(new TextEncoder().encode(text), addresses);
  while (map.read(7));
  return map;
}

export function conntrackColumns(text: string): ConntrackColumns {
  return filled(conntrackRows(), text).columns;
}

function filled<Rows extends RowReader>(rows: Rows, text: string): Rows {
  const stream = new DumpStream(rows);
  stream.push(new TextEncoder().encode(text));
  stream.end();
  return rows;
}
