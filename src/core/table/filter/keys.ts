import type { Column, EndpointColumn, NumberColumn, Table, TermColumn, Who } from '../table.ts';

/** What a key of a filter means in a table. */
export type KeyMeaning =
  /** Columns, any of which may hold. */
  | { readonly kind: 'columns'; readonly columns: readonly Column[] }
  /** The ports of endpoints, and columns of ports. */
  | { readonly kind: 'ports'; readonly columns: readonly (EndpointColumn | NumberColumn)[] }
  /** Those of the names for whom `textOf` tells something. */
  | {
      readonly kind: 'names';
      readonly columns: readonly TermColumn[];
      readonly textOf: (who: Who) => string | undefined;
    };

interface Key {
  readonly key: string;
  readonly meaning: KeyMeaning;
  /** What it looks at, for completion. */
  readonly detail: string;
}

/** The keys that filters of a table may use, the columns' own first. */
export function filterKeys({ columns }: Table): readonly Key[] {
  const own = columns
    .filter(({ id }) => !id.endsWith('.name'))
    .map((column): Key => {
      const named = columns.filter(({ id }) => id === column.id || id === `${column.id}.name`);
      return { key: column.id, meaning: { kind: 'columns', columns: named }, detail: column.meaning };
    });
  const common = commonKeys(columns).filter(({ meaning }) => meaning.columns.length > 0);
  return [...own, ...common.filter(({ key }) => !own.some((each) => each.key === key))];
}

/** What a key means; `undefined` for none of the table's. */
export function findKey(table: Table, key: string): KeyMeaning | undefined {
  const wanted = aliases[key] ?? key;
  return filterKeys(table).find((each) => each.key === wanted)?.meaning;
}

const aliases: Readonly<Record<string, string>> = {
  protocol: 'proto',
  namespace: 'ns',
  address: 'ip',
  flag: 'flags',
  interface: 'iface',
};

/** Keys that look at all columns of a kind. */
function commonKeys(columns: readonly Column[]): readonly Key[] {
  const names = columns.flatMap((column) =>
    column.form === 'term' && column.who !== undefined ? column : [],
  );
  const ofKind = (...kinds: readonly string[]): KeyMeaning => ({
    kind: 'columns',
    columns: columns.filter(({ kind }) => kinds.includes(kind)),
  });
  const whose = (textOf: (who: Who) => string | undefined): KeyMeaning => ({
    kind: 'names',
    columns: names.filter(({ who = [] }) => who.flat().some((each) => textOf(each) !== undefined)),
    textOf,
  });
  const ports = columns.flatMap((column) =>
    column.form === 'endpoint' || (column.form === 'number' && column.kind === 'port') ? column : [],
  );
  return [
    { key: 'pod', meaning: whose(labelOf('pod')), detail: 'A pod, whatever its part.' },
    { key: 'service', meaning: whose(labelOf('service')), detail: 'A service, whatever its part.' },
    { key: 'node', meaning: whose(({ node }) => node), detail: 'A node, or something on it.' },
    { key: 'ns', meaning: whose(({ namespace }) => namespace), detail: 'A namespace of what is named.' },
    {
      key: 'ip',
      meaning: ofKind('address', 'endpoint', 'cidr'),
      detail: 'An address or network, whoever’s.',
    },
    { key: 'port', meaning: { kind: 'ports', columns: ports }, detail: 'A port, of either side.' },
    { key: 'bytes', meaning: ofKind('bytes'), detail: 'Bytes, in either direction.' },
    { key: 'packets', meaning: ofKind('packets'), detail: 'Packets, in either direction.' },
    { key: 'iface', meaning: ofKind('interface'), detail: 'An interface, by its index.' },
  ];
}

function labelOf(kind: string): (who: Who) => string | undefined {
  return (who) => (who.kind === kind ? who.label : undefined);
}
