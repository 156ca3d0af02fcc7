/** The view of a table, in the browser that VS Code gives to it. */
import type { ColumnInfo, TableShape } from '../../core/table/calls.ts';
import type { RowDetail } from '../../core/table/detail.ts';
import { element } from '../dom.ts';
import { ColumnMenu } from './columnMenu.ts';
import { filterExample } from './example.ts';
import { FilterBox } from './filterBox.ts';
import { Details } from './details.ts';
import { Grid } from './grid.ts';
import { nextSort } from './head.ts';
import { layoutOf } from './layout.ts';
import { Pages } from './pages.ts';
import { QuickFilters, withTerm } from './quickFilters.ts';
import { readToView, readViewState, type FromView, type ToView, type ViewState } from './protocol.ts';

/** What VS Code puts into the frame. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromView): void;
  getState(): unknown;
  setState(state: ViewState): void;
};

const code = acquireVsCodeApi();
const before = readViewState(code.getState());
let shape: TableShape = { filter: before.filter, sort: before.sort };
/** Where to scroll to once the rows are there. */
let top = before.top;
let all: readonly ColumnInfo[] = [];
let chosen: readonly string[] | undefined;
/** Rows open to what they consist of. */
let hasDetails = false;
/** More rows have come; what is in sight stays. */
let isGrowing = false;
/** What a row is. */
let noun = 'entries';
let shownCount = 0;
/** The numbers of the last questions: answers to earlier ones are left. */
let asked = 0;
let completionsAsked = 0;
let detailsAsked = 0;
/** The row whose details were asked for last. */
let rowAsked = 0;
/** Of the row whose details are asked for, the flow alone is wanted. */
let isFlowWanted = false;

const pages = new Pages((page) => {
  post({ kind: 'cells', ...page, columns: grid.layout.columns.map(({ id }) => id) });
});
const grid: Grid = new Grid({
  cellsAt: (index) => (index < shownCount ? pages.at(index) : undefined),
  onSight: (range) => pages.expectAround(range, shownCount),
  onSort: (id, isAdded) => reshape({ ...shape, sort: nextSort(shape.sort, id, isAdded) }),
  onOpen: (index) => (hasDetails ? toggleDetails(index) : post({ kind: 'line', index })),
  onRest: keepState,
});
const filterBox = new FilterBox({
  onChange: (filter) => reshape({ ...shape, filter }),
  onComplete: (text, at) => post({ kind: 'complete', number: ++completionsAsked, text, at }),
  onLeave: () => grid.focus(),
});
const details: Details = new Details({
  onFollow: (link) => post({ kind: 'follow', index: openRow(), link }),
  onFilter: (filter) => setFilter(withTerm(shape.filter, filter)),
  onLine: () => post({ kind: 'line', index: openRow() }),
  onClose: closeDetails,
});
const quickFilters = new QuickFilters(setFilter);
const columnMenu = new ColumnMenu((ids) => {
  chosen = ids;
  post({ kind: 'columns', chosen: ids });
  pages.forget();
  grid.arrange(layoutOf(all, ids, { opens: hasDetails }), shape.sort);
});
const count = element('div', { class: 'count', role: 'status' });
const remarks = element('div', { class: 'remarks', hidden: '' });
const message = element('div', { class: 'message', role: 'status' });

filterBox.text = shape.filter;
document.body.append(
  element('div', { class: 'toolbar' }, filterBox.view, quickFilters.view, count, columnMenu.view),
  remarks,
  message,
  grid.view,
);
setContext();
quickFilters.follow(shape.filter);
window.addEventListener('message', ({ data }) => {
  const received = readToView(data);
  if (received !== undefined) receive(received);
});
window.addEventListener('keydown', (event) => {
  if (event.key === 'f' && (event.ctrlKey || event.metaKey)) {
    filterBox.focus();
    event.preventDefault();
  }
});
grid.view.addEventListener('keydown', (event) => {
  if (event.target !== grid.view) return;
  if (event.key === 'c' && (event.ctrlKey || event.metaKey)) copy('text');
  if (event.key === 'Escape') closeDetails();
});
window.addEventListener('focus', () => {
  if (document.activeElement === document.body) grid.focus();
});
post({ kind: 'ready' });

function receive(received: ToView): void {
  switch (received.kind) {
    case 'reading':
      return say(received.what, '');
    case 'failed':
      return say(received.message, 'failed');
    case 'table':
      return showTable(received);
    case 'shown':
      if (received.number === asked) showRows(received);
      return;
    case 'cells': {
      const known = pages.take(received);
      if (known !== undefined) grid.refresh(known);
      return;
    }
    case 'completions':
      if (received.number === completionsAsked) filterBox.offer(received.completions);
      return;
    case 'focus-filter':
      return filterBox.focus();
    case 'copy':
      return copy(received.format);
    case 'go-to-line': {
      const range = grid.selected;
      if (range !== undefined) post({ kind: 'line', index: range.first });
      return;
    }
    case 'filter-cell':
      return filterCell(received.isExcluded);
    case 'grown':
    case 'details':
    case 'open-details':
    case 'explain':
    case 'filter-flow':
    case 'trace':
      receiveDetails(received);
  }
}

/** What concerns tables whose rows open, or that grow. */
function receiveDetails(
  received: Extract<
    ToView,
    { kind: 'grown' | 'details' | 'open-details' | 'explain' | 'filter-flow' | 'trace' }
  >,
): void {
  switch (received.kind) {
    case 'grown':
      all = received.columns;
      isGrowing = true;
      tellRemarks(received.remarks);
      return ask();
    case 'details':
      if (received.number === detailsAsked) showDetails(received.detail);
      return;
    case 'open-details':
      return toggleDetails(activeRow());
    case 'explain':
      return post({ kind: 'follow', index: activeRow(), link: 0 });
    case 'trace':
      return post({ kind: 'trace', index: activeRow() });
    case 'filter-flow':
      isFlowWanted = true;
      return askDetails(activeRow());
  }
}

function activeRow(): number {
  return grid.selected?.first ?? 0;
}

/** The row whose details are shown. */
function openRow(): number {
  return grid.open ?? activeRow();
}

function toggleDetails(index: number): void {
  if (grid.open === index) closeDetails();
  else askDetails(index);
}

function askDetails(index: number): void {
  rowAsked = index;
  post({ kind: 'details', number: ++detailsAsked, index });
}

function closeDetails(): void {
  grid.closeRow();
  grid.focus();
}

function showDetails(detail: RowDetail | undefined): void {
  const [flow] = detail?.filters ?? [];
  if (isFlowWanted && flow !== undefined) setFilter(withTerm(shape.filter, flow.filter));
  else if (detail === undefined) grid.closeRow();
  else if (!isFlowWanted) {
    details.show(detail);
    grid.openRow(rowAsked, details.view);
  }
  isFlowWanted = false;
}

function setFilter(filter: string): void {
  filterBox.text = filter;
  reshape({ ...shape, filter });
}

function setContext(): void {
  document.body.dataset['vscodeContext'] = JSON.stringify({
    preventDefaultContextMenuItems: true,
    hasDetails,
  });
}

function showTable(table: Extract<ToView, { kind: 'table' }>): void {
  const { columns, remarks: told } = table;
  all = columns;
  chosen = table.chosen;
  hasDetails = table.hasDetails;
  setContext();
  quickFilters.offer(table.quickFilters);
  filterBox.example = filterExample(all.map(({ id }) => id));
  noun = table.noun;
  const layout = layoutOf(all, chosen, { opens: hasDetails });
  grid.arrange(layout, shape.sort);
  columnMenu.show(all, layout);
  tellRemarks(told);
  say('', '');
  ask();
}

function tellRemarks(told: readonly string[]): void {
  remarks.hidden = told.length === 0;
  remarks.replaceChildren(...told.map((text) => element('div', {}, text)));
}

function showRows({ shown }: Extract<ToView, { kind: 'shown' }>): void {
  filterBox.tell(shown);
  shownCount = shown.count;
  pages.forget();
  if (isGrowing) extendRows();
  else {
    grid.arrange(grid.layout, shape.sort);
    grid.show(shown.count, Math.min(shown.place ?? top, shown.count));
  }
  if (shown.place === undefined) grid.closeRow();
  else if (shown.place !== grid.open) grid.openRow(shown.place, details.view);
  isGrowing = false;
  const total = shown.total === 1 ? `1 ${singular(noun)}` : `${shown.total.toLocaleString('en')} ${noun}`;
  count.textContent = shown.count === shown.total ? total : `${shown.count.toLocaleString('en')} of ${total}`;
  if (shown.total === 0) say(`There are no ${noun}.`, '');
  else say(shown.count === 0 ? 'No entry fits the filter.' : '', '');
}

function extendRows(): void {
  const layout = layoutOf(all, chosen, { opens: hasDetails });
  const isSame = layout.columns.length === grid.layout.columns.length;
  if (!isSame) {
    grid.arrange(layout, shape.sort);
    columnMenu.show(all, layout);
  }
  grid.extend(shownCount);
}

function reshape(wanted: TableShape): void {
  shape = wanted;
  quickFilters.follow(shape.filter);
  top = 0;
  keepState();
  ask();
}

function ask(): void {
  post({ kind: 'show', number: ++asked, shape, ...(grid.open !== undefined && { keep: grid.open }) });
}

function copy(format: Extract<ToView, { kind: 'copy' }>['format']): void {
  const range = grid.selected;
  const columns = grid.layout.columns.map(({ id }) => id);
  if (range === undefined || range.first === range.last) post({ kind: 'copy', format, columns });
  else {
    const indices = Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
    post({ kind: 'copy', format, columns, indices });
  }
}

function filterCell(isExcluded: boolean): void {
  const cell = grid.activeCell;
  if (cell === undefined) return;
  const key = `${isExcluded ? '-' : ''}${cell.column.id.replace(/\.name$/, '')}`;
  const value = cell.text === '' ? '*' : /^[\w.:/[\]-]+$/.test(cell.text) ? cell.text : `"${cell.text}"`;
  // Empty is what is not anything.
  const term = cell.text === '' ? `${isExcluded ? key.slice(1) : `-${key}`}:${value}` : `${key}:${value}`;
  setFilter([shape.filter.trim(), term].filter((part) => part !== '').join(' '));
}

function say(text: string, tone: string): void {
  message.textContent = text;
  message.className = `message ${tone}`;
  message.hidden = text === '';
}

function keepState(): void {
  code.setState({ ...shape, top: shownCount === 0 ? top : grid.top });
}

function post(sent: FromView): void {
  code.postMessage(sent);
}

/** `entry` of `entries`, `packet` of `packets`. */
function singular(plural: string): string {
  return plural.endsWith('ies') ? `${plural.slice(0, -3)}y` : plural.slice(0, -1);
}
