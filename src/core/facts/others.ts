/** What follows from routes, counters and the size of a map. */
import type { InterfaceCounters } from '../dump/counters.ts';
import type { Route } from '../dump/routeLine.ts';
import type { Fact } from './fact.ts';
import type { Surroundings } from './surroundings.ts';

/** Routes to nodes that do not exist. */
export function routeFacts(
  routes: readonly Route[],
  { kindOf }: Pick<Surroundings, 'kindOf'>,
): readonly Fact[] {
  return routes.flatMap(({ dest, nextHop }, row): Fact[] => {
    if (nextHop === undefined || kindOf(nextHop) === 'node') return [];
    const text = `The route to ${dest} leads to ${nextHop}, which is the address of no node.`;
    return [{ rule: 'route-node-gone', rows: [row], subject: dest, text }];
  });
}

/** What was dropped, by reason and interface. */
export function counterFacts(tables: readonly InterfaceCounters[]): readonly Fact[] {
  return tables.flatMap(({ interface: name, counters }, row) =>
    counters.flatMap(({ category, type, ingress, egress, xdp }, part): Fact[] => {
      const packets = (ingress ?? 0n) + (egress ?? 0n) + (xdp ?? 0n);
      if (category !== 'Dropped' || packets === 0n) return [];
      const count = packets === 1n ? '1 packet' : `${packets.toLocaleString('en')} packets`;
      return [
        { rule: 'drops', rows: [row], parts: [part], subject: name, text: `${name}: ${count} ${type}.` },
      ];
    }),
  );
}

const nearlyFull = 0.9;

/** Whether a map is nearly full; nothing where its size is not known. */
export function fullnessFacts(
  map: string,
  { used, capacity }: { readonly used: number | undefined; readonly capacity: number | undefined },
): readonly Fact[] {
  if (used === undefined || capacity === undefined || used < capacity * nearlyFull) return [];
  const text = `${map} holds ${used.toLocaleString('en')} of at most ${capacity.toLocaleString('en')} entries.`;
  return [{ rule: 'map-nearly-full', rows: [], subject: map, text }];
}
