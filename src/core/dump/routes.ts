/** `routes dump`, text or JSON (v3.22 to v3.33): see routeLine.ts. */
import { routeRows } from '../columns/routes.ts';
import { readRows } from '../columns/rows.ts';
import type { Dump } from './dump.ts';
import type { Route } from './routeLine.ts';

export function parseRoutes(text: string): Dump<Route> {
  return readRows(routeRows(), text);
}
