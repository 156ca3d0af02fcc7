import { parseEndpoint } from '../../net/endpoint.ts';
import type { Column, EndpointColumn, NumberColumn, NumberKind, Rows, Table, TermColumn } from '../table.ts';
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
  /** The rows that fit, in the order in which they were given; all of them when there are problems. */
  readonly rows: Rows;
  readonly problems: readonly FilterProblem[];
}

type RowTest = (row: number) => boolean;

/** Several columns of one key may complain of the same. */
function distinct(problems: readonly FilterProblem[]): readonly FilterProblem[] {
  return [
    ...new Map(problems.map((problem) => [`${problem.span.start} ${problem.message}`, problem])).values(),
  ];
}

/** The rows of a table that fit a filter. */
export function matchRows(table: Table, rows: Rows, filter: Filter): Matched {
  const problems: FilterProblem[] = [...filter.problems];
  const tests = filter.terms.map((term) => termTest(table, term, problems));
  if (problems.length > 0 || tests.length === 0) return { rows, problems: distinct(problems) };
  const found = new Uint32Array(rows.length);
  let count = 0;
  for (const row of rows) if (tests.every((test) => test(row))) found[count++] = row;
  return { rows: found.slice(0, count), problems: [] };
}

function termTest(table: Table, term: FilterTerm, problems: FilterProblem[]): RowTest {
  const test = term.kind === 'text' ? textTest(table, term.value) : columnTest(table, term, problems);
  return term.isNegated ? (row) => !test(row) : test;
}

type ColumnTerm = Extract<FilterTerm, { kind: 'column' }>;

function columnTest(table: Table, term: ColumnTerm, problems: FilterProblem[]): RowTest {
  const meaning = findKey(table, term.key);
  if (meaning === undefined) {
    const known = filterKeys(table).map(({ key }) => key);
    const message = `There is no “${term.key}” here, but ${known.join(', ')}. Put a text to look for in quotes.`;
    problems.push({ span: term.keySpan, message });
    return never;
  }
  return term.operator === ':'
    ? anyOf(term.values.map((value) => equalityTest(meaning, value, problems)))
    : anyOf(term.values.map((value) => comparisonTest(meaning, { term, value }, problems)));
}

function equalityTest(meaning: KeyMeaning, value: FilterValue, problems: FilterProblem[]): RowTest {
  switch (meaning.kind) {
    case 'names':
      return anyOf(
        meaning.columns.map((column) => {
          const fits = containTest(value);
          const hits = (column.who ?? []).map((all) => all.some((who) => fits(meaning.textOf(who) ?? '')));
          return (row) => hits[column.at(row)] ?? false;
        }),
      );
    case 'ports': {
      const range = numberRange(value, 'port', problems);
      return anyOf(meaning.columns.map((column) => rangeTest(portOf(column), range)));
    }
    case 'columns':
      return anyOf(meaning.columns.map((column) => valueTest(column, value, problems)));
  }
}

/** Whether a cell is what a value means for its kind of column. */
function valueTest(column: Column, value: FilterValue, problems: FilterProblem[]): RowTest {
  switch (column.form) {
    case 'number':
      return rangeTest(column.at, numberRange(value, column.kind, problems));
    case 'endpoint':
      return endpointTest(column, value);
    case 'term':
      return hitTest(column, termValueTest(column, value));
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

function endpointTest(column: EndpointColumn, value: FilterValue): RowTest {
  const endpoint = value.text.includes('*') ? undefined : parseEndpoint(value.text);
  if (endpoint === undefined) return hitTest(column, addressTest(value));
  const isAddress = hitTest(column, (address) => address === endpoint.address);
  return (row) => isAddress(row) && column.portAt(row) === endpoint.port;
}

/** Whether a row's text passes; each of the texts is tried once. */
function hitTest(column: TermColumn | EndpointColumn, fits: TextTest): RowTest {
  const hits = column.terms.map((term) => term !== '' && fits(term));
  return (row) => hits[column.at(row)] ?? false;
}

function rangeTest(numberAt: (row: number) => number, range: NumberRange | undefined): RowTest {
  if (range === undefined) return never;
  // NaN is in no range.
  return (row) => numberAt(row) >= range.low && numberAt(row) <= range.high;
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

function comparisonTest(
  meaning: KeyMeaning,
  { term, value }: { readonly term: ColumnTerm; readonly value: FilterValue },
  problems: FilterProblem[],
): RowTest {
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

function comparison(at: (row: number) => number, operator: ColumnTerm['operator'], bound: number): RowTest {
  switch (operator) {
    case ':':
      return (row) => at(row) === bound;
    case '>':
      return (row) => at(row) > bound;
    case '>=':
      return (row) => at(row) >= bound;
    case '<':
      return (row) => at(row) < bound;
    case '<=':
      return (row) => at(row) <= bound;
  }
}

function portOf(column: EndpointColumn | NumberColumn): (row: number) => number {
  if (column.form === 'number') return column.at;
  return (row) => (column.at(row) === 0 ? Number.NaN : column.portAt(row));
}

/** Whether any cell of a row holds a text. */
function textTest({ columns }: Table, value: FilterValue): RowTest {
  const fits = containTest(value);
  return anyOf(
    columns.map((column): RowTest => {
      if (column.form === 'term') return hitTest(column, fits);
      if (column.form === 'number') return rangeTest(column.at, plainNumber(column, value));
      const isAddress = hitTest(column, fits);
      const isEndpoint = endpointTextTest(column, value);
      return (row) => isAddress(row) || isEndpoint(row);
    }),
  );
}

/** A number that is looked for as a text; sizes and times are not. */
function plainNumber({ kind }: NumberColumn, { text }: FilterValue): NumberRange | undefined {
  return kind === 'number' || kind === 'port' ? parseRange(text, kind) : undefined;
}

/** `.0.9:80` and `:80` are parts of `10.96.0.9:80`; a number alone is a port as well. */
function endpointTextTest(column: EndpointColumn, { text }: FilterValue): RowTest {
  const [, before = '', port] = /^(?:(.*):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined) return never;
  const bare = before.replaceAll(/[[\]]/g, '').toLowerCase();
  const ends = hitTest(column, (address) => address.endsWith(bare));
  return (row) => column.portAt(row) === Number(port) && ends(row);
}

function anyOf(tests: readonly RowTest[]): RowTest {
  const useful = tests.filter((test) => test !== never);
  const [first = never, ...others] = useful;
  return others.length === 0 ? first : (row) => useful.some((test) => test(row));
}

const never: RowTest = () => false;
