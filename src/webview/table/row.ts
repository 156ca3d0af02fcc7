import type { ColumnInfo, TableCells, Tone } from '../../core/table/calls.ts';
import { element } from '../dom.ts';
import { isNumeric, widthOf, type Layout } from './layout.ts';

/** What a row shows. */
export interface RowContent {
  readonly index: number;
  readonly layout: Layout;
  /** Missing while they are on their way. */
  readonly cells: TableCells | undefined;
  readonly isSelected: boolean;
  /** What it consists of stands below it. */
  readonly isOpen: boolean;
  /** The place of the active cell, if it is in this row. */
  readonly active: number | undefined;
}

/** Has a row's element show something else; what is the same is left, because each change costs the time of a frame. */
export function drawRow(row: HTMLElement, content: RowContent): void {
  const { index, layout, cells, isSelected, isOpen, active } = content;
  const { columns } = layout;
  setAttribute(row, 'id', `row-${index}`);
  setAttribute(row, 'data-index', String(index));
  setAttribute(row, 'aria-rowindex', String(index + 2));
  setAttribute(row, 'aria-selected', String(isSelected));
  if (layout.opens) setAttribute(row, 'aria-expanded', String(isOpen));
  setAttribute(row, 'class', `row${index % 2 === 1 ? ' odd' : ''}${active === undefined ? '' : ' active'}`);
  while (row.childElementCount > columns.length) row.lastElementChild?.remove();
  for (const [at, column] of columns.entries()) {
    const cell = row.children[at] ?? row.appendChild(newCell(at));
    const text = cells?.texts[at] ?? '';
    const isActive = at === active;
    const width = widthOf(layout, column);
    const isCut = isLong(text, width);
    const classes = [
      cellClass(column, cells?.tones[at] ?? ''),
      ...(isCut ? ['long'] : []),
      ...(isActive ? ['active-cell'] : []),
    ];
    setAttribute(cell, 'class', classes.join(' '));
    if (isCut) setAttribute(cell, 'title', text);
    else if (cell.hasAttribute('title')) cell.removeAttribute('title');
    if (isActive) cell.id = `cell-${index}-${at}`;
    else if (cell.id !== '') cell.removeAttribute('id');
    setText(cell, column, column.kind === 'name' ? shortened(text, width) : text);
  }
}

function newCell(at: number): HTMLElement {
  return element('div', { role: 'gridcell', 'aria-colindex': String(at + 1) }, '');
}

function cellClass(column: ColumnInfo, tone: Tone): string {
  return `cell ${column.kind}${isNumeric(column) ? ' numeric' : ''}${tone === '' ? '' : ` ${tone}`}`;
}

/** What may not fit is cut off; to have each cell cut off takes a quarter of a frame's time. */
function isLong(text: string, width: number): boolean {
  return text.length > width || /[^\x20-\x7e]/.test(text);
}

/** Pods of one workload have names that differ at the end: what is left out is in the middle. */
export function shortened(name: string, width: number): string {
  if (name.length <= width) return name;
  const end = Math.floor(width / 3);
  return `${name.slice(0, width - end - 1)}…${name.slice(-end)}`;
}

function setAttribute(of: Element, name: string, value: string): void {
  if (of.getAttribute(name) !== value) of.setAttribute(name, value);
}

/** The node of the text stays: another would be garbage with each row that passes. */
function setText(cell: Element, { largest }: ColumnInfo, text: string): void {
  const { firstChild } = cell;
  if (firstChild instanceof Text) {
    if (firstChild.data !== text) firstChild.data = text;
  } else cell.textContent = text;
  if (largest !== undefined && cell instanceof HTMLElement) drawBar(cell, text, largest);
}

/** A rate as a bar behind its number, as long as its share of the largest one. */
function drawBar(cell: HTMLElement, text: string, largest: number): void {
  const rate = Math.abs(Number(text.replaceAll(',', '')));
  const share = largest === 0 || Number.isNaN(rate) ? 0 : (100 * rate) / largest;
  cell.style.setProperty('--share', `${share.toFixed(1)}%`);
}
