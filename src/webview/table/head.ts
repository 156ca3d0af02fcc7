import type { ColumnInfo, SortKey } from '../../core/table/calls.ts';
import { element } from '../dom.ts';
import { isNumeric, widthOf, type Layout } from './layout.ts';

export interface HeadOptions {
  readonly row: HTMLElement;
  /** `isAdded`: beside the columns that the rows are sorted by already. */
  readonly onSort: (id: string, isAdded: boolean) => void;
  readonly onResize: (id: string, width: number) => void;
}

/** Shows the titles of the columns: a click sorts, the right edge is drawn wider. */
export function drawHead(
  layout: Layout,
  sort: readonly SortKey[],
  { row, onSort, onResize }: HeadOptions,
): void {
  const cells = layout.columns.map((column, index) => {
    const cell = titleCell(column, index, sort);
    cell.addEventListener('click', ({ shiftKey }) => onSort(column.id, shiftKey));
    const edge = element('span', { class: 'edge' });
    edge.addEventListener('click', (event) => event.stopPropagation());
    edge.addEventListener('pointerdown', (event) => {
      const perCharacter = cell.clientWidth / (widthOf(layout, column) + 2);
      drag(edge, event, (moved) =>
        onResize(column.id, widthOf(layout, column) + Math.round(moved / perCharacter)),
      );
    });
    cell.append(edge);
    return cell;
  });
  row.replaceChildren(...cells);
}

function titleCell(column: ColumnInfo, index: number, sort: readonly SortKey[]): HTMLElement {
  const place = sort.findIndex(({ id }) => id === column.id);
  const key = sort[place];
  const cell = element(
    'div',
    {
      role: 'columnheader',
      id: `head-${index}`,
      class: isNumeric(column) ? 'cell title numeric' : 'cell title',
      'aria-colindex': String(index + 1),
      'aria-sort': key?.direction ?? 'none',
      title: `${column.meaning}\nFilter: ${column.id.replace(/\.name$/, '')}:`,
    },
    element('span', { class: 'text' }, column.title),
  );
  if (key !== undefined) {
    const arrow = key.direction === 'ascending' ? '▲' : '▼';
    const text = sort.length > 1 ? `${arrow}${place + 1}` : arrow;
    cell.append(element('span', { class: 'arrow', 'aria-hidden': 'true' }, text));
  }
  return cell;
}

/** Follows the pointer until it is let go. */
function drag(edge: HTMLElement, event: PointerEvent, onMove: (moved: number) => void): void {
  const start = event.clientX;
  edge.setPointerCapture(event.pointerId);
  const move = ({ clientX }: PointerEvent) => onMove(clientX - start);
  edge.addEventListener('pointermove', move);
  edge.addEventListener('lostpointercapture', () => edge.removeEventListener('pointermove', move), {
    once: true,
  });
}

/** What the rows are sorted by after a click: ascending, descending, and then no longer. */
export function nextSort(sort: readonly SortKey[], id: string, isAdded: boolean): readonly SortKey[] {
  const known = sort.find((key) => key.id === id);
  const others = isAdded ? sort.filter((key) => key.id !== id) : [];
  if (known === undefined) return [...others, { id, direction: 'ascending' }];
  if (known.direction === 'descending') return others;
  const turned = { id, direction: 'descending' } as const;
  return isAdded ? sort.map((key) => (key.id === id ? turned : key)) : [turned];
}
