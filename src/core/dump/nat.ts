/** `nat dump`, text or JSON (v3.22 to v3.33; from v3.32 also grouped by service): see natLine.ts and natJson.ts. */
import { natRows } from '../columns/natRows.ts';
import { readRows } from '../columns/rows.ts';
import type { Dump } from './dump.ts';
import type { NatFrontend } from './natLine.ts';

export function parseNat(text: string): Dump<NatFrontend> {
  return readRows(natRows(), text);
}
