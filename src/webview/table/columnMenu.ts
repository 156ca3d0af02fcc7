import type { ColumnInfo } from '../../core/table/calls.ts';
import { element } from '../dom.ts';
import type { Layout } from './layout.ts';

/** A button with a list of all columns, in which each is chosen or not. */
export class ColumnMenu {
  readonly view: HTMLElement;
  readonly #list = element('div', { class: 'menu', role: 'group', 'aria-label': 'Columns', hidden: '' });
  readonly #button = element(
    'button',
    { class: 'button', type: 'button', 'aria-expanded': 'false' },
    'Columns',
  );
  readonly #onChoose: (ids: readonly string[]) => void;

  constructor(onChoose: (ids: readonly string[]) => void) {
    this.#onChoose = onChoose;
    this.view = element('div', { class: 'column-menu' }, this.#button, this.#list);
    this.#button.addEventListener('click', () => this.#toggle(this.#list.hidden === true));
    this.view.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.view.contains(relatedTarget))) this.#toggle(false);
    });
    this.view.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      this.#toggle(false);
      this.#button.focus();
    });
  }

  show(all: readonly ColumnInfo[], layout: Layout): void {
    const boxes = all.map((column) => {
      const box = element('input', { type: 'checkbox', value: column.id });
      box.checked = layout.columns.some(({ id }) => id === column.id);
      return box;
    });
    const items = boxes.map((box, index) => {
      const { title = '', meaning = '' } = all[index] ?? {};
      return element('label', { title: meaning }, box, title);
    });
    for (const box of boxes) {
      box.addEventListener('change', () => {
        const chosen = boxes.filter(({ checked }) => checked);
        // A table has a column at least.
        if (chosen.length === 0) box.checked = true;
        else this.#onChoose(chosen.map(({ value }) => value));
      });
    }
    this.#list.replaceChildren(...items);
  }

  #toggle(isOpen: boolean): void {
    this.#list.hidden = !isOpen;
    this.#button.setAttribute('aria-expanded', String(isOpen));
  }
}
