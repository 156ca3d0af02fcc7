import type { ConntrackColumns } from '../columns/conntrack.ts';
import { tcpStates } from '../dump/conntrack.ts';
import type { IpAddress } from '../net/address.ts';
import { finish, inSteps, type Steps } from '../steps.ts';
import { connectionRules, toConnection, type ConnectionRule } from './connection.ts';
import type { Fact } from './fact.ts';
import type { Surroundings } from './surroundings.ts';

/** What follows from conntrack: one fact for each rule and destination, because there may be very many connections. */
export function conntrackFacts(columns: ConntrackColumns, surroundings: Surroundings): readonly Fact[] {
  return finish(conntrackFactsInSteps(columns, surroundings));
}

/** The same in steps: with half a million connections it takes seconds. */
export function* conntrackFactsInSteps(
  columns: ConntrackColumns,
  surroundings: Surroundings,
): Steps<readonly Fact[]> {
  const found = new Map<string, Found>();
  const isTelling = (address: IpAddress) => {
    const kind = surroundings.kindOf(address);
    return kind === 'gone' || kind === 'service';
  };
  const isWanted = wantedRows(columns, isTelling);
  for (let row = 0; row < columns.count; row++) {
    if (row % rowsPerStep === rowsPerStep - 1) yield;
    if (columns.state.at(row) !== synSent && !isWanted(row)) continue;
    const connection = toConnection(columns.entry(row));
    if (connection === undefined) continue;
    for (const rule of connectionRules(connection, surroundings)) {
      const subject = `${connection.destination} port ${connection.port}`;
      const key = `${rule} ${subject}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { rule, subject, rows: [row] });
      else known.rows.push(row);
    }
  }
  const facts: Fact[] = [];
  yield* inSteps(found.values(), (each) => void facts.push(toFact(each)));
  return facts;
}

/** So many rows are looked at within a few milliseconds. */
const rowsPerStep = 500;

const synSent = tcpStates.indexOf('SYN-SENT') + 1;

/** The rows with an address of some kind at either end, in order. */
export function* rowsWith(
  columns: ConntrackColumns,
  isWanted: (address: IpAddress) => boolean,
): Generator<number> {
  const isRowWanted = wantedRows(columns, isWanted);
  for (let row = 0; row < columns.count; row++) if (isRowWanted(row)) yield row;
}

/** Whether a row has such an address. Each is asked about once: a map has many connections and few addresses. */
function wantedRows(
  { addresses, a, b }: ConntrackColumns,
  isWanted: (address: IpAddress) => boolean,
): (row: number) => boolean {
  // By the ids of addresses: 0 where nobody asked yet, else 1 for no and 2 for yes.
  const answers = new Uint8Array(addresses.count + 1);
  const asks = (id: number) => {
    const address = addresses.text(id);
    return (answers[id] ||= address !== undefined && isWanted(address) ? 2 : 1) === 2;
  };
  return (row) => asks(b.at(row)) || asks(a.at(row));
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
