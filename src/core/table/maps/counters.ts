/** Counters, one row for each of an interface's reasons; and the profile of the programs' times. */
import type { Counter, InterfaceCounters } from '../../dump/counters.ts';
import type { Profile, Timing } from '../../dump/profiling.ts';
import { bigColumn, numberColumn, termColumn } from '../columns.ts';
import type { NestedShape } from '../nested.ts';
import type { Column } from '../table.ts';

export interface CounterRow extends Counter {
  readonly interface: string;
}

export const counterShape: NestedShape<InterfaceCounters, CounterRow> = {
  rowsOf: ({ interface: name, counters }) => counters.map((counter) => ({ ...counter, interface: name })),
  // Rows that only go on with a long type have no counts.
  marks: { text: /^\|.*\| +(?:\d+|N\/A) \|\s*$/gm, json: /^\s*\{\s*"category"/gm },
};

const interfaceHead = {
  id: 'iface',
  title: 'Interface',
  kind: 'interface',
  meaning: 'The interface whose programs counted.',
  names: { title: 'Pod', subject: 'interface-name', only: 'pod' },
} as const;

export function counterColumns(rows: readonly CounterRow[]): readonly Column[] {
  const count = rows.length;
  return [
    termColumn(interfaceHead, count, (row) => rows[row]?.interface),
    termColumn(
      { id: 'category', title: 'Category', kind: 'enum', meaning: 'What became of the packets.' },
      count,
      (row) => rows[row]?.category,
    ),
    termColumn(
      { id: 'reason', title: 'Reason', kind: 'text', meaning: 'Why.' },
      count,
      (row) => rows[row]?.type,
    ),
    bigColumn(
      {
        id: 'ingress',
        title: 'Ingress',
        kind: 'packets',
        meaning: 'Packets into the interface: of a workload, what the pod sends.',
      },
      (row) => rows[row]?.ingress,
    ),
    bigColumn(
      {
        id: 'egress',
        title: 'Egress',
        kind: 'packets',
        meaning: 'Packets out of the interface: of a workload, what the pod receives.',
      },
      (row) => rows[row]?.egress,
    ),
    bigColumn(
      { id: 'xdp', title: 'XDP', kind: 'packets', meaning: 'Packets that the XDP program took.' },
      (row) => rows[row]?.xdp,
    ),
  ];
}

export function profileColumns(profiles: readonly Profile[]): readonly Column[] {
  const times = (['ingress', 'egress'] as const).flatMap((direction) =>
    (['New', 'Known'] as const).flatMap((flow) => {
      const timing = (row: number): Timing | undefined => profiles[row]?.[`${direction}${flow}`];
      const of = `${flow === 'New' ? 'the first packet of a flow' : 'the packets after it'}, ${direction}`;
      const id = `${direction}.${flow.toLowerCase()}`;
      return [
        numberColumn(
          { id, title: `${direction} ${flow}`, kind: 'duration', meaning: `Mean time of ${of}.` },
          (row) => timing(row)?.nanoseconds,
        ),
        numberColumn(
          {
            id: `${id}.samples`,
            title: `${direction} ${flow} samples`,
            kind: 'number',
            meaning: `Samples of ${of}.`,
          },
          (row) => timing(row)?.samples,
        ),
      ];
    }),
  );
  return [termColumn(interfaceHead, profiles.length, (row) => profiles[row]?.interface), ...times];
}
