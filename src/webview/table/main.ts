/** The view of a table, in the browser that VS Code gives to it. */
import type { ColumnInfo, TableShape } from '../../core/table/calls.ts';
import { element } from '../dom.ts';
import { ColumnMenu } from './columnMenu.ts';
import { FilterBox } from './filterBox.ts';
import { Grid } from './grid.ts';
import { nextSort } from './head.ts';
import { layoutOf } from './layout.ts';
import { Pages } from './pages.ts';
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
/** What a row is. */
let noun = 'entries';
let shownCount = 0;
/** The numbers of the last questions: answers to earlier ones are left. */
let asked = 0;
let completionsAsked = 0;

const pages = new Pages((page) => {
  post({ kind: 'cells', ...page, columns: grid.layout.columns.map(({ id }) => id) });
});
const grid: Grid = new Grid({
  cellsAt: (index) => (index < shownCount ? pages.at(index) : undefined),
  expect: (index) => pages.expect(Math.min(index, shownCount - 1)),
  onSort: (id, isAdded) => reshape({ ...shape, sort: nextSort(shape.sort, id, isAdded) }),
  onOpen: (index) => post({ kind: 'line', index }),
  onScroll: keepState,
});
const filterBox = new FilterBox({
  onChange: (filter) => reshape({ ...shape, filter }),
  onComplete: (text, at) => post({ kind: 'complete', number: ++completionsAsked, text, at }),
  onLeave: () => grid.focus(),
});
const columnMenu = new ColumnMenu((ids) => {
  post({ kind: 'columns', chosen: ids });
  pages.forget();
  grid.arrange(layoutOf(all, ids), shape.sort);
});
const count = element('div', { class: 'count', role: 'status' });
const remarks = element('div', { class: 'remarks', hidden: '' });
const message = element('div', { class: 'message', role: 'status' });

filterBox.text = shape.filter;
document.body.append(
  element('div', { class: 'toolbar' }, filterBox.view, count, columnMenu.view),
  remarks,
  message,
  grid.view,
);
document.body.dataset['vscodeContext'] = JSON.stringify({ preventDefaultContextMenuItems: true });
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
  if (event.key === 'c' && (event.ctrlKey || event.metaKey)) copy('text');
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
    case 'cells':
      if (pages.take(received)) grid.refresh();
      return;
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
  }
}

function showTable(table: Extract<ToView, { kind: 'table' }>): void {
  const { columns, chosen, remarks: told } = table;
  all = columns;
  noun = table.noun;
  const layout = layoutOf(all, chosen);
  grid.arrange(layout, shape.sort);
  columnMenu.show(all, layout);
  remarks.hidden = told.length === 0;
  remarks.replaceChildren(...told.map((text) => element('div', {}, text)));
  say('', '');
  ask();
}

function showRows({ shown }: Extract<ToView, { kind: 'shown' }>): void {
  filterBox.tell(shown);
  shownCount = shown.count;
  pages.forget();
  grid.arrange(grid.layout, shape.sort);
  grid.show(shown.count, Math.min(top, shown.count));
  const total = `${shown.total.toLocaleString('en')} ${noun}`;
  count.textContent = shown.count === shown.total ? total : `${shown.count.toLocaleString('en')} of ${total}`;
  if (shown.total === 0) say(`There are no ${noun}.`, '');
  else say(shown.count === 0 ? 'No entry fits the filter.' : '', '');
}

function reshape(wanted: TableShape): void {
  shape = wanted;
  top = 0;
  keepState();
  ask();
}

function ask(): void {
  post({ kind: 'show', number: ++asked, shape });
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
  filterBox.text = [shape.filter.trim(), term].filter((part) => part !== '').join(' ');
  reshape({ ...shape, filter: filterBox.text });
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
