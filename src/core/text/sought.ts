/** What is looked for in a long text: a pattern, and words of which one stands in whatever it matches. */
export interface Sought {
  readonly words: readonly string[];
  readonly pattern: RegExp;
}

/** The first match. A text without the words is done with several times as fast as the pattern alone would be. */
export function findFirst(text: string, { words, pattern }: Sought): RegExpExecArray | null {
  return words.some((each) => text.includes(each)) ? pattern.exec(text) : null;
}

/** All matches of a global pattern. */
export function findAll(text: string, { words, pattern }: Sought): Iterable<RegExpExecArray> {
  return words.some((each) => text.includes(each)) ? text.matchAll(pattern) : [];
}

/** Of many that are sought those that may be in a text: mostly none, which one look at the text tells of all of them. */
export function narrowing<T extends Sought>(all: readonly T[]): (text: string) => readonly T[] {
  const escaped = all.flatMap(({ words }) =>
    words.map((each) => each.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')),
  );
  const anyWord = new RegExp(escaped.join('|'));
  return (text) =>
    anyWord.test(text) ? all.filter(({ words }) => words.some((each) => text.includes(each))) : [];
}

/** Where a word stands last; −1 where it does not. Words are rare, and looking forwards is far faster than backwards. */
export function findLast(text: string, word: string): number {
  let last = -1;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) last = at;
  return last;
}
