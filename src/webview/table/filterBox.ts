import type { TableShown } from '../../core/table/calls.ts';
import type { Completion } from '../../core/table/filter/complete.ts';
import { element } from '../dom.ts';

export interface FilterBoxOptions {
  readonly onChange: (filter: string) => void;
  readonly onComplete: (text: string, at: number) => void;
  /** The keyboard leaves the box downwards. */
  readonly onLeave: () => void;
}

/** The filter: an input with completions below it, and what is wrong with it. */
export class FilterBox {
  readonly view: HTMLElement;
  readonly #options: FilterBoxOptions;
  readonly #input = element('input', {
    type: 'text',
    role: 'combobox',
    class: 'filter',
    spellcheck: 'false',
    autocomplete: 'off',
    'aria-label': 'Filter',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': 'completions',
    'aria-describedby': 'filter-problem',
  });
  readonly #list = element('ul', { id: 'completions', class: 'completions', role: 'listbox', hidden: '' });
  readonly #problem = element('div', { id: 'filter-problem', class: 'problem', role: 'alert', hidden: '' });
  #completions: readonly Completion[] = [];
  #chosen = -1;
  /** What was typed is not answered yet. */
  #isAsking = false;

  constructor(options: FilterBoxOptions) {
    this.#options = options;
    this.view = element('div', { class: 'filter-box' }, this.#input, this.#list, this.#problem);
    this.#input.addEventListener('input', () => this.#changed());
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
    this.#input.addEventListener('blur', () => this.#offer([]));
  }

  get text(): string {
    return this.#input.value;
  }

  set text(text: string) {
    this.#input.value = text;
  }

  /** What an empty box shows. */
  set example(text: string) {
    this.#input.placeholder = text;
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  /** Shows what is wrong with the filter, with the place marked. */
  tell({ problems }: TableShown): void {
    const [problem] = problems;
    this.#problem.hidden = problem === undefined;
    this.#input.classList.toggle('invalid', problem !== undefined);
    this.#input.setAttribute('aria-invalid', String(problem !== undefined));
    if (problem === undefined) {
      this.#problem.replaceChildren();
      return;
    }
    const place = this.text.slice(problem.span.start, problem.span.end);
    const before = problem.message.includes(`“${place}”`)
      ? []
      : [element('span', { class: 'place' }, place), ' '];
    this.#problem.replaceChildren(...before, problem.message);
  }

  /** Offers completions, unless the keyboard is elsewhere by now. */
  offer(completions: readonly Completion[]): void {
    this.#isAsking = false;
    if (document.activeElement === this.#input) this.#offer(completions);
  }

  #offer(completions: readonly Completion[]): void {
    this.#completions = completions;
    this.#choose(-1);
    this.#list.replaceChildren(
      ...completions.map((completion, index) => {
        const item = element(
          'li',
          { role: 'option', id: `completion-${index}`, 'aria-selected': 'false' },
          element('span', { class: 'label' }, completion.label),
          element('span', { class: 'detail' }, completion.detail),
        );
        item.addEventListener('mousedown', (event) => {
          event.preventDefault();
          this.#accept(index);
        });
        return item;
      }),
    );
    this.#list.hidden = completions.length === 0;
    this.#input.setAttribute('aria-expanded', String(completions.length > 0));
  }

  #changed(): void {
    this.#options.onChange(this.text);
    const isTyping = /\S/.test(this.text.charAt((this.#input.selectionStart ?? 0) - 1));
    // Where nothing is being typed a list would only cover the table: Ctrl+Space shows it.
    if (isTyping) this.#complete();
    else {
      this.#isAsking = false;
      this.#offer([]);
    }
  }

  /** What was offered for another text can no longer be accepted. */
  #complete(): void {
    this.#offer([]);
    this.#isAsking = true;
    this.#options.onComplete(this.text, this.#input.selectionStart ?? this.text.length);
  }

  #onKey(event: KeyboardEvent): void {
    const isOpen = this.#completions.length > 0;
    if (event.key === ' ' && event.ctrlKey)
      this.#options.onComplete(this.text, this.#input.selectionStart ?? 0);
    else if (event.key === 'Escape' && isOpen) this.#offer([]);
    else if (event.key === 'Escape' && this.text !== '') {
      this.text = '';
      this.#options.onChange('');
    } else if (event.key === 'ArrowDown' && !isOpen) {
      if (!this.#isAsking) this.#options.onLeave();
    } else if (event.key === 'ArrowDown') this.#choose((this.#chosen + 1) % this.#completions.length);
    else if (event.key === 'ArrowUp' && isOpen) this.#choose(Math.max(0, this.#chosen - 1));
    else if ((event.key === 'Enter' || event.key === 'Tab') && isOpen && this.#chosen >= 0)
      this.#accept(this.#chosen);
    else if (event.key === 'Enter') this.#offer([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #choose(index: number): void {
    this.#list.children[this.#chosen]?.setAttribute('aria-selected', 'false');
    this.#chosen = index;
    const item = this.#list.children[index];
    item?.setAttribute('aria-selected', 'true');
    item?.scrollIntoView({ block: 'nearest' });
    if (item === undefined) this.#input.removeAttribute('aria-activedescendant');
    else this.#input.setAttribute('aria-activedescendant', item.id);
  }

  #accept(index: number): void {
    const completion = this.#completions[index];
    if (completion === undefined) return;
    const { insert, span } = completion;
    // Behind a key its value comes next, behind a value another term.
    const more = insert.endsWith(':') ? insert : `${insert} `;
    this.text = this.text.slice(0, span.start) + more + this.text.slice(span.end).trimStart();
    const caret = span.start + more.length;
    this.#input.setSelectionRange(caret, caret);
    this.#offer([]);
    this.#changed();
  }
}
