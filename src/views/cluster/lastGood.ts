import type { ClusterErrorReason } from '../../cluster/cluster.ts';
import { idOf, type Element, type MapElement } from './elements.ts';

/** What passes: the last good answer is better than none. */
const passing: ReadonlySet<ClusterErrorReason> = new Set(['unreachable', 'forbidden']);

/** Keeps what could be read last, to be shown when it cannot be read again. */
export class LastGood {
  readonly #lists = new Map<string, { readonly elements: readonly Element[]; readonly at: Date }>();
  readonly #maps = new Map<string, { readonly element: MapElement; readonly at: Date }>();

  clear(): void {
    this.#lists.clear();
    this.#maps.clear();
  }

  /** Takes note of what was read; a map among it that failed is shown as it was. */
  keep(parent: Element, elements: readonly Element[], now: Date): readonly Element[] {
    const shown = elements.map((element) => (element.kind === 'map' ? this.#keepMap(element, now) : element));
    this.#lists.set(idOf(parent), { elements: shown, at: now });
    return shown;
  }

  /** What was read before, and since when it is not read again; `undefined` if never, or if that does not pass. */
  recall(parent: Element, reason: ClusterErrorReason, message: string): readonly Element[] | undefined {
    const known = this.#lists.get(idOf(parent));
    if (known === undefined || !passing.has(reason)) return undefined;
    return [{ kind: 'stale', under: idOf(parent), since: known.at, message }, ...known.elements];
  }

  #keepMap(element: MapElement, now: Date): MapElement {
    const { state } = element;
    if (state.kind === 'read') {
      this.#maps.set(idOf(element), { element, at: now });
      return element;
    }
    const known = this.#maps.get(idOf(element));
    if (known === undefined || !passing.has(state.reason) || known.element.state.kind !== 'read')
      return element;
    const stale = { since: known.at, message: state.message };
    return { ...element, state: { ...known.element.state, stale } };
  }
}
