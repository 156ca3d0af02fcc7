import type { Side } from './compare.ts';
import { viewOf } from './compare.ts';
import { findRule, type Viewpoint } from './rules.ts';

/** A dump as text in which only what is compared stands, sorted, so that two of them show just their differences. */
export function sortedText(
  probe: string,
  { table, node }: Side,
  { between, nodes }: Omit<Viewpoint, 'node'>,
): string {
  const rule = findRule(probe);
  if (rule === undefined) return '';
  const lines: string[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const seen = viewOf(table, row);
    const view = { between, node, nodes };
    const key = rule.key(seen, view);
    if (key === undefined) continue;
    const values = Object.entries(rule.values(seen, view)).filter(([, value]) => value !== '');
    const names = namesIn(
      seen,
      table.columns.map(({ id }) => id),
    );
    const parts = [
      key.filter((part) => part !== '').join(' '),
      ...values.map(([id, value]) => `${id}=${value}`),
    ];
    lines.push(names === '' ? parts.join('  ') : `${parts.join('  ')}  # ${names}`);
  }
  // Equal lines are one: a node lists a NodePort at each of its addresses.
  return `${[...new Set(lines)].toSorted().join('\n')}\n`;
}

function namesIn(row: ReturnType<typeof viewOf>, ids: readonly string[]): string {
  const labels = ids
    .flatMap((id) => row.who(id).filter(({ kind }) => kind !== 'interface'))
    .map(({ label }) => label);
  return [...new Set(labels)].join(', ');
}
