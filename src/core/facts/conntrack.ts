import type { ConntrackEntry } from '../dump/conntrack.ts';
import { connectionRules, toConnection, type ConnectionRule } from './connection.ts';
import type { Fact } from './fact.ts';
import type { Surroundings } from './surroundings.ts';

/** What follows from conntrack: one fact for each rule and destination, because there may be very many connections. */
export function conntrackFacts(
  entries: readonly ConntrackEntry[],
  surroundings: Surroundings,
): readonly Fact[] {
  const found = new Map<string, Found>();
  for (const [row, entry] of entries.entries()) {
    const connection = toConnection(entry);
    if (connection === undefined) continue;
    for (const rule of connectionRules(connection, surroundings)) {
      const subject = `${connection.destination} port ${connection.port}`;
      const key = `${rule} ${subject}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { rule, subject, rows: [row] });
      else known.rows.push(row);
    }
  }
  return [...found.values()].map(toFact);
}

interface Found {
  readonly rule: ConnectionRule;
  readonly subject: string;
  readonly rows: number[];
}

function toFact({ rule, subject, rows }: Found): Fact {
  const count = rows.length === 1 ? '1 connection' : `${rows.length.toLocaleString('en')} connections`;
  return { rule, rows, subject, text: `${count} to ${subject} ${predicates[rule](rows.length)}.` };
}

const predicates: { readonly [rule in ConnectionRule]: (count: number) => string } = {
  'conntrack-unanswered': (count) => `${count === 1 ? 'has' : 'have'} had no answer for 3 s or more`,
  'conntrack-no-nat': (count) =>
    `${count === 1 ? 'goes' : 'go'} to the service’s own address without being sent on to a backend`,
  'conntrack-pod-gone': (count) => `${count === 1 ? 'goes' : 'go'} to an address that no pod has`,
};
