import { parseUint } from '../text/number.ts';
import type { Identity, Names } from '../names/names.ts';
import { formatEndpoint } from './cells.ts';
import type { Column, EndpointColumn, Subject, Table, TermColumn, Who } from './table.ts';

/** The values of one column that somebody with `Names` is asked about, each once. */
export interface NameQuestion {
  readonly subject: Subject;
  /** Addresses, numbers or names as text; of an `endpoint` with port and protocol: `10.96.0.10 53 17`, or the address alone. */
  readonly values: readonly string[];
}

/** Who each value of a question is; plain data, so that it crosses threads. */
export type NameAnswer = readonly (readonly Who[])[];

/** What is to be asked so that a table shows names: a question for each of its columns that has some. */
export function nameQuestions({ columns, rowCount }: Table): readonly NameQuestion[] {
  return columns.flatMap((column) => {
    if (column.names === undefined || column.form === 'number') return [];
    const { subject } = column.names;
    if (column.form === 'endpoint' && subject === 'endpoint') {
      return [{ subject, values: distinctEndpoints(column, rowCount).values }];
    }
    return [{ subject, values: column.terms }];
  });
}

/** How many questions a table has. */
export function countQuestions({ columns }: Table): number {
  return columns.filter(({ names, form }) => names !== undefined && form !== 'number').length;
}

/** The table with columns of names, each beside the column that was asked about or in its place. */
export function withNames(table: Table, answers: readonly NameAnswer[]): Table {
  const left = [...answers];
  const apart: Column[] = [];
  const columns = table.columns.flatMap((column): readonly Column[] => {
    const answer = column.names === undefined || column.form === 'number' ? undefined : left.shift();
    const named = answer && nameColumn(column, answer, table.rowCount);
    if (named === undefined) return [column];
    if (column.names?.isApart !== true) return [named, column];
    apart.push(column);
    return [named];
  });
  return { ...table, columns: [...columns, ...apart] };
}

/** The names of a column, with the raw value where nobody is known and anybody may be; `undefined` when there are none. */
function nameColumn(column: Column, answer: NameAnswer, rowCount: number): TermColumn | undefined {
  if (column.names === undefined || column.form === 'number') return undefined;
  const { title, subject, only, isApart } = column.names;
  const isEndpoint = column.form === 'endpoint' && subject === 'endpoint';
  const distinct = isEndpoint ? distinctEndpoints(column, rowCount) : undefined;
  const at = distinct?.at ?? column.at;
  // In the place of an address its pool would hide more than it says.
  const isTold = ({ kind }: Who) => (only === undefined ? !isApart || kind !== 'pool' : kind === only);
  const who = answer.map((all) => (all.every(isTold) ? all : all.filter(isTold)));
  const isNamed = (row: number) => (who[at(row)]?.length ?? 0) > 0;
  if (!someRow(rowCount, isNamed)) return undefined;
  const raw = distinct === undefined ? column.terms : distinct.values.map(endpointOf);
  return {
    form: 'term',
    kind: 'name',
    id: `${column.id}.name`,
    title,
    meaning: `${column.meaning} By name; ${only === undefined ? 'the raw value' : 'nothing'} where nobody is known.`,
    terms: who.map((all, code) => {
      if (all.length > 0) return all.map(({ label }) => label).join(', ');
      return only === undefined ? (raw[code] ?? '') : '';
    }),
    at,
    who,
  };
}

/** Columns may share their terms, so that the terms alone do not tell. */
function someRow(rowCount: number, holds: (row: number) => boolean): boolean {
  for (let row = 0; row < rowCount; row++) if (holds(row)) return true;
  return false;
}

function endpointOf(value: string): string {
  const [address = '', port] = value.split(' ');
  return port === undefined ? address : formatEndpoint(address, Number(port));
}

interface DistinctEndpoints {
  readonly values: readonly string[];
  readonly at: (row: number) => number;
}

/** Beyond so many different endpoints of one column, those that come later are asked about by their addresses alone. */
const maxEndpoints = 100_000;

function distinctEndpoints(column: EndpointColumn, rowCount: number): DistinctEndpoints {
  const values = [''];
  const known = new Map<number, number>();
  const codes = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const term = column.at(row);
    if (term === 0) continue;
    const key = (term * 65_536 + column.portAt(row)) * 256 + column.protocolAt(row);
    const isAlone = values.length >= maxEndpoints;
    let code = known.get(key) ?? (isAlone ? known.get(-term) : undefined);
    if (code === undefined) {
      code = values.length;
      known.set(isAlone ? -term : key, code);
      const address = column.terms[term] ?? '';
      values.push(isAlone ? address : `${address} ${column.portAt(row)} ${column.protocolAt(row)}`);
    }
    codes[row] = code;
  }
  return { values, at: (row) => codes[row] ?? 0 };
}

/** Answers questions, from a value to another: nobody for what is unknown. */
export function answerName(names: Names, subject: Subject, value: string): readonly Who[] {
  return value === '' ? [] : identities(names, subject, value).map(toWho);
}

function identities(names: Names, subject: Subject, value: string): readonly Identity[] {
  switch (subject) {
    case 'client':
      return names.address(value);
    case 'endpoint': {
      const [address = '', port, protocol] = value.split(' ');
      const endpoint = { port: Number(port), protocol: Number(protocol) };
      return names.address(address, port === undefined ? undefined : endpoint);
    }
    case 'cidr':
      return value.includes('/') ? names.cidr(value) : names.address(value);
    case 'interface-index': {
      const index = parseUint(value);
      return index === undefined ? [] : names.interfaceIndex(index);
    }
    case 'interface-name':
      return names.interfaceName(value);
    case 'service-id': {
      const id = parseUint(value);
      return id === undefined ? [] : names.serviceId(id);
    }
    case 'ip-set':
      return names.ipSet(value);
  }
}

function toWho({ kind, label, namespace, node }: Identity): Who {
  return { kind, label, namespace, node };
}
