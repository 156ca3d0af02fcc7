import { parseEndpoint } from '../../net/endpoint.ts';
import type {
  Column,
  EndpointColumn,
  NumberColumn,
  NumberKind,
  Rows,
  Table,
  TermColumn,
  Who,
} from '../table.ts';
import { filterKeys, findKey, type KeyMeaning } from './keys.ts';
import type { Filter, FilterProblem, FilterTerm, FilterValue } from './parse.ts';
import {
  addressTest,
  containTest,
  equalTest,
  parseQuantity,
  parseRange,
  quantityExample,
  type NumberRange,
  type TextTest,
} from './values.ts';

export interface Matched {
  /** The rows that fit all terms without a problem, in the order in which they were given. */
  readonly rows: Rows;
  readonly problems: readonly FilterProblem[];
}

/** Puts a 1 at the rows of a table that fit; column after column, because that is much faster than row after row. */
type Marker = (marks: Uint8Array) => void;

/** Several columns of one key may complain of the same. */
function distinct(problems: readonly FilterProblem[]): readonly FilterProblem[] {
  return [
    ...new Map(problems.map((problem) => [`${problem.span.start} ${problem.message}`, problem])).values(),
  ];
}

/** The rows of a table that fit a filter. */
export function matchRows(table: Table, rows: Rows, filter: Filter): Matched {
  const terms = filter.terms.map((term) => readTerm(table, term));
  const problems = distinct([...filter.problems, ...terms.flatMap((term) => term.problems)]);
  const followed = terms.filter((term) => term.problems.length === 0);
  if (followed.length === 0) return { rows, problems };
  const fits = new Uint8Array(table.rowCount).fill(1);
  for (const { mark, isNegated } of followed) {
    const marks = new Uint8Array(table.rowCount);
    mark(marks);
    const wanted = isNegated ? 0 : 1;
    for (let row = 0; row < fits.length; row++) if (marks[row] !== wanted) fits[row] = 0;
  }
  return { rows: fitting(rows, fits), problems };
}

/** The rows that have a 1. What `filter` has beside it would be several times as much. */
function fitting(rows: Rows, fits: Uint8Array): Rows {
  let count = 0;
  for (let row = 0; row < fits.length; row++) count += fits[row] ?? 0;
  const found = new Uint32Array(count);
  let place = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    if (fits[row] === 1) found[place++] = row;
  }
  return found;
}

interface ReadTerm {
  readonly mark: Marker;
  readonly isNegated: boolean;
  readonly problems: readonly FilterProblem[];
}

function readTerm(table: Table, term: FilterTerm): ReadTerm {
  const problems: FilterProblem[] = [];
  return { mark: termMarker(table, term, problems), isNegated: term.isNegated, problems };
}

function termMarker(table: Table, term: FilterTerm, problems: FilterProblem[]): Marker {
  return term.kind === 'text' ? textMarker(table, term.value) : columnMarker(table, term, problems);
}

type ColumnTerm = Extract<FilterTerm, { kind: 'column' }>;

function columnMarker(table: Table, term: ColumnTerm, problems: FilterProblem[]): Marker {
  const meaning = findKey(table, term.key);
  if (meaning === undefined) {
    const known = filterKeys(table).map(({ key }) => key);
    const message = `There is no “${term.key}” here, but ${known.join(', ')}. Put a text to look for in quotes.`;
    problems.push({ span: term.keySpan, message });
    return never;
  }
  return term.operator === ':'
    ? anyOf(term.values.map((value) => equalityMarker(meaning, value, problems)))
    : anyOf(term.values.map((value) => comparisonMarker(meaning, { term, value }, problems)));
}

function equalityMarker(meaning: KeyMeaning, value: FilterValue, problems: FilterProblem[]): Marker {
  switch (meaning.kind) {
    case 'names':
      return anyOf(
        meaning.columns.map((column) => {
          const fits = containTest(value);
          const isHit = (all: readonly Who[]) => all.some((who) => fits(meaning.textOf(who) ?? ''));
          return termMarks(
            column,
            Uint8Array.from(column.who ?? [], (all) => (isHit(all) ? 1 : 0)),
          );
        }),
      );
    case 'ports': {
      const range = numberRange(value, 'port', problems);
      return anyOf(meaning.columns.map((column) => rangeMarker(portOf(column), range)));
    }
    case 'columns':
      return anyOf(meaning.columns.map((column) => valueMarker(column, value, problems)));
  }
}

/** Whether a cell is what a value means for its kind of column. */
function valueMarker(column: Column, value: FilterValue, problems: FilterProblem[]): Marker {
  switch (column.form) {
    case 'number':
      return rangeMarker(column.at, numberRange(value, column.kind, problems));
    case 'endpoint':
      return endpointMarker(column, value);
    case 'term':
      return hitMarker(column, termValueTest(column, value));
  }
}

function termValueTest(column: TermColumn, value: FilterValue): TextTest {
  switch (column.kind) {
    case 'address':
    case 'cidr':
      return addressTest(value);
    case 'enum':
    case 'interface':
      return wordTest(column.terms, value);
    case 'flags': {
      const isFlag = equalTest(value);
      return (flags) => flags.split(' ').some(isFlag);
    }
    case 'name':
    case 'text':
      return containTest(value);
  }
}

/** Whether a text is the value; where none of them is, whether it begins so, as while one types. */
function wordTest(terms: readonly string[], value: FilterValue): TextTest {
  const equals = equalTest(value);
  const beginning = value.text.toLowerCase();
  return terms.some(equals) ? equals : (text) => text.toLowerCase().startsWith(beginning);
}

function endpointMarker(column: EndpointColumn, value: FilterValue): Marker {
  const endpoint = value.text.includes('*') ? undefined : parseEndpoint(value.text);
  if (endpoint === undefined) return hitMarker(column, addressTest(value));
  return hitMarker(column, (address) => address === endpoint.address, endpoint.port);
}

/** Marks the rows whose text passes, of an endpoint with a port, if it is given; each of the texts is tried once. */
function hitMarker(column: TermColumn | EndpointColumn, fits: TextTest, port?: number): Marker {
  return termMarks(column, hitsOf(column.terms, fits), port);
}

function hitsOf(terms: readonly string[], fits: TextTest): Uint8Array {
  const hits = new Uint8Array(terms.length);
  for (let at = 0; at < terms.length; at++) {
    const term = terms[at] ?? '';
    if (term !== '' && fits(term)) hits[at] = 1;
  }
  return hits;
}

/** Marks the rows whose term has a 1. */
function termMarks(column: TermColumn | EndpointColumn, hits: Uint8Array, port?: number): Marker {
  if (!hits.includes(1)) return never;
  const { at } = column;
  if (port === undefined || column.form === 'term') {
    return (marks) => {
      for (let row = 0; row < marks.length; row++) if (hits[at(row)] === 1) marks[row] = 1;
    };
  }
  const { portAt } = column;
  return (marks) => {
    for (let row = 0; row < marks.length; row++) {
      if (portAt(row) === port && hits[at(row)] === 1) marks[row] = 1;
    }
  };
}

function rangeMarker(numberAt: (row: number) => number, range: NumberRange | undefined): Marker {
  if (range === undefined) return never;
  const { low, high } = range;
  return rowMarker((row) => {
    const number = numberAt(row);
    // NaN is in no range.
    return number >= low && number <= high;
  });
}

function rowMarker(fits: (row: number) => boolean): Marker {
  return (marks) => {
    for (let row = 0; row < marks.length; row++) if (fits(row)) marks[row] = 1;
  };
}

function numberRange(
  value: FilterValue,
  kind: NumberKind,
  problems: FilterProblem[],
): NumberRange | undefined {
  if (value.text === '*') return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const range = parseRange(value.text, kind);
  if (range === undefined) problems.push(noNumber(value, kind));
  return range;
}

function noNumber({ text, span }: FilterValue, kind: NumberKind): FilterProblem {
  return { span, message: `“${text}” is none of its values; they look like ${quantityExample(kind)}.` };
}

function comparisonMarker(
  meaning: KeyMeaning,
  { term, value }: { readonly term: ColumnTerm; readonly value: FilterValue },
  problems: FilterProblem[],
): Marker {
  const numbers = numbersOf(meaning);
  if (numbers.length === 0) {
    const message = `“${term.key}” is no number: use “${term.key}:” and a value.`;
    problems.push({ span: term.keySpan, message });
  }
  return anyOf(
    numbers.map(({ kind, at }) => {
      const bound = parseQuantity(value.text, kind);
      if (bound === undefined) problems.push(noNumber(value, kind));
      return bound === undefined ? never : comparison(at, term.operator, bound);
    }),
  );
}

interface Numbers {
  readonly kind: NumberKind;
  readonly at: (row: number) => number;
}

function numbersOf(meaning: KeyMeaning): readonly Numbers[] {
  if (meaning.kind === 'names') return [];
  if (meaning.kind === 'ports')
    return meaning.columns.map((column) => ({ kind: 'port', at: portOf(column) }));
  return meaning.columns.filter((column) => column.form === 'number');
}

function comparison(at: (row: number) => number, operator: ColumnTerm['operator'], bound: number): Marker {
  switch (operator) {
    case ':':
      return rowMarker((row) => at(row) === bound);
    case '>':
      return rowMarker((row) => at(row) > bound);
    case '>=':
      return rowMarker((row) => at(row) >= bound);
    case '<':
      return rowMarker((row) => at(row) < bound);
    case '<=':
      return rowMarker((row) => at(row) <= bound);
  }
}

function portOf(column: EndpointColumn | NumberColumn): (row: number) => number {
  if (column.form === 'number') return column.at;
  return (row) => (column.at(row) === 0 ? Number.NaN : column.portAt(row));
}

/** Marks the rows of which some cell holds a text. */
function textMarker({ columns }: Table, value: FilterValue): Marker {
  const fits = containTest(value);
  // Columns may share their terms.
  const tried = new Map<readonly string[], Uint8Array>();
  return anyOf(
    columns.flatMap((column): readonly Marker[] => {
      if (column.form === 'number') return [rangeMarker(column.at, plainNumber(column, value))];
      const hits = tried.get(column.terms) ?? hitsOf(column.terms, fits);
      tried.set(column.terms, hits);
      const isTerm = termMarks(column, hits);
      return column.form === 'term' ? [isTerm] : [isTerm, endpointTextMarker(column, value)];
    }),
  );
}

/** A number that is looked for as a text; sizes and times are not. */
function plainNumber({ kind }: NumberColumn, { text }: FilterValue): NumberRange | undefined {
  return kind === 'number' || kind === 'port' ? parseRange(text, kind) : undefined;
}

/** `.0.9:80` and `:80` are parts of `10.96.0.9:80`; a number alone is a port as well. */
function endpointTextMarker(column: EndpointColumn, { text }: FilterValue): Marker {
  const [, before = '', port] = /^(?:(.*):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined) return never;
  const bare = before.replaceAll(/[[\]]/g, '').toLowerCase();
  return hitMarker(column, (address) => address.endsWith(bare), Number(port));
}

function anyOf(markers: readonly Marker[]): Marker {
  return (marks) => {
    for (const mark of markers) mark(marks);
  };
}

const never: Marker = () => undefined;
