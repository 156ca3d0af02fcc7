import type { QuickFilter } from '../../core/table/detail.ts';
import { element } from '../dom.ts';

/** Buttons for filters that are a click away; each is pressed while the filter has its term. */
export class QuickFilters {
  readonly view = element('div', { class: 'quick-filters', role: 'group', 'aria-label': 'Filters' });
  readonly #onChange: (filter: string) => void;
  #filter = '';
  #buttons: readonly { readonly term: string; readonly button: HTMLElement }[] = [];

  constructor(onChange: (filter: string) => void) {
    this.#onChange = onChange;
  }

  offer(filters: readonly QuickFilter[]): void {
    this.#buttons = filters.map(({ title, filter: term }) => {
      const button = element('button', { class: 'button', type: 'button' }, title);
      button.addEventListener('click', () => this.#onChange(toggleTerm(this.#filter, term)));
      return { term, button };
    });
    this.view.replaceChildren(...this.#buttons.map(({ button }) => button));
    this.follow(this.#filter);
  }

  /** The filter is another one. */
  follow(filter: string): void {
    this.#filter = filter;
    for (const { term, button } of this.#buttons) {
      button.setAttribute('aria-pressed', String(hasTerm(filter, term)));
    }
  }
}

function hasTerm(filter: string, term: string): boolean {
  return filter.split(/\s+/).includes(term);
}

/** The filter with a term or, where it has it, without. */
export function toggleTerm(filter: string, term: string): string {
  return hasTerm(filter, term) ? withoutTerm(filter, term) : withTerm(filter, term);
}

/** The filter with a term in place of others about the same column. */
export function withTerm(filter: string, term: string): string {
  const key = term.slice(0, term.indexOf(':') + 1);
  const others = filter.split(/\s+/).filter((part) => part !== '' && !part.startsWith(key));
  return [...others, term].join(' ');
}

function withoutTerm(filter: string, term: string): string {
  return filter
    .split(/\s+/)
    .filter((part) => part !== '' && part !== term)
    .join(' ');
}
