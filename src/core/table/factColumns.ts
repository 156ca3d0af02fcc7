import { factRules, type Fact } from '../facts/fact.ts';
import { Terms } from './columns.ts';
import type { ColumnHead, Table, TermColumn, TermKind } from './table.ts';

/** The table with what follows from its rows: the rules, why in words, and the rules' own sentences. */
export function withFacts(table: Table, facts: readonly Fact[]): Table {
  const byRow = new Map<number, Fact[]>();
  for (const fact of facts) {
    for (const row of fact.rows) {
      const known = byRow.get(row);
      if (known === undefined) byRow.set(row, [fact]);
      else known.push(fact);
    }
  }
  if (byRow.size === 0) return table;
  const column = (head: ColumnHead & { readonly kind: TermKind }, textOf: (fact: Fact) => string) =>
    factColumn(head, { byRow, rowCount: table.rowCount }, textOf);
  const rules = column(ruleHead, ({ rule }) => rule);
  const why = column(whyHead, ({ text }) => text);
  const sentences = column(sentenceHead, ({ rule }) => factRules[rule]);
  return {
    ...table,
    columns: [{ ...rules, troubles: rules.terms.slice(1) }, ...table.columns, why, sentences],
  };
}

function factColumn(
  { kind, ...head }: ColumnHead & { readonly kind: TermKind },
  { byRow, rowCount }: { readonly byRow: ReadonlyMap<number, readonly Fact[]>; readonly rowCount: number },
  textOf: (fact: Fact) => string,
): TermColumn {
  const terms = new Terms();
  const codes = new Uint32Array(rowCount);
  for (const [row, facts] of byRow) codes[row] = terms.add([...new Set(facts.map(textOf))].join(' '));
  return { ...head, form: 'term', kind, terms: terms.list, at: (row) => codes[row] ?? 0 };
}

const ruleHead = {
  id: 'fact',
  title: 'Fact',
  kind: 'flags',
  meaning: 'What follows from the entry and the objects of the cluster, by the name of its rule.',
} as const;
const whyHead = { id: 'why', title: 'Why', kind: 'text', meaning: 'The fact in words.' } as const;
const sentenceHead = {
  id: 'rule',
  title: 'Rule',
  kind: 'text',
  meaning: 'The rule that the fact follows from.',
  isExtra: true,
} as const;
