import type { RowDetail, RowStep } from '../../core/table/detail.ts';
import { element } from '../dom.ts';

export interface DetailsOptions {
  /** What explains the row was chosen, by its place among the links. */
  readonly onFollow: (link: number) => void;
  readonly onFilter: (filter: string) => void;
  /** The lines are wanted where they stand. */
  readonly onLine: () => void;
  readonly onClose: () => void;
}

/** What a row opens to, below it: what leads on, its way, its lines. */
export class Details {
  readonly view = element('div', {
    class: 'details',
    role: 'region',
    'aria-label': 'Details of the row',
  });
  readonly #options: DetailsOptions;

  constructor(options: DetailsOptions) {
    this.#options = options;
    this.view.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') options.onClose();
    });
  }

  show(detail: RowDetail): void {
    const { onFollow, onFilter, onLine, onClose } = this.#options;
    this.view.replaceChildren(
      element('div', { class: 'details-title' }, detail.title),
      element(
        'div',
        { class: 'details-actions' },
        ...detail.links.map(({ title }, index) => button(title, () => onFollow(index))),
        ...detail.filters.map(({ title, filter }) => button(title, () => onFilter(filter))),
        button('Go to Lines', onLine),
        button('Close', onClose),
      ),
      ...(detail.steps.length > 1 ? [wayOf(detail.steps)] : []),
      linesOf(detail.lines),
    );
  }
}

function button(title: string, onClick: () => void): HTMLElement {
  const made = element('button', { class: 'button', type: 'button' }, title);
  made.addEventListener('click', onClick);
  return made;
}

function wayOf(steps: readonly RowStep[]): HTMLElement {
  return element(
    'ol',
    { class: 'details-way', 'aria-label': 'The way of the packet' },
    ...steps.map(({ text, isHere, isTrouble }) =>
      element(
        'li',
        {
          class: [isHere ? 'here' : '', isTrouble ? 'trouble' : ''].join(' ').trim(),
          ...(isHere ? { 'aria-current': 'step' } : {}),
        },
        text,
      ),
    ),
  );
}

function linesOf(lines: readonly string[]): HTMLElement {
  return element(
    'pre',
    { class: 'details-lines', tabindex: '0', 'aria-label': 'Lines' },
    ...lines.map((line) =>
      element('span', { class: /DENY|DENIED|DROP/.test(line) ? 'trouble' : '' }, `${line}\n`),
    ),
  );
}
