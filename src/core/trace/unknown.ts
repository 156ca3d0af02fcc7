/** Messages that no known version prints, as templates: their numbers and addresses stand for all others. */
export class UnknownMessages {
  readonly #counts = new Map<string, number>();

  add(message: string): void {
    const template = message.replace(variable, '…');
    const count = this.#counts.get(template);
    // A new version has few of them; more are no messages at all.
    if (count !== undefined || this.#counts.size < maxTemplates) this.#counts.set(template, (count ?? 0) + 1);
  }

  /** The most frequent first. */
  get templates(): readonly { readonly message: string; readonly count: number }[] {
    return [...this.#counts]
      .map(([message, count]) => ({ message, count }))
      .toSorted((one, other) => other.count - one.count);
  }
}

const maxTemplates = 100;
const variable = /\b(?:0x)?[0-9a-f]*\d[0-9a-f]*(?:[.:][0-9a-f]+)*(?:[nm]?s)?\b/g;
