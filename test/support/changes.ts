/** Texts that are changed at random: what is cut out of them, and what stands in its place. */
import fc from 'fast-check';

interface Change {
  /** Chooses among several texts. */
  readonly pick: number;
  readonly at: number;
  readonly removed: number;
  readonly added: string;
}

const signs = ['', '\n', '\r', '\t', ' ', '{', '}', '[', ']', '"', ':', ',', '-1', '0x', ' -> ', '\0', 'µ'];

const change = fc.record({
  pick: fc.nat(),
  at: fc.nat(),
  removed: fc.nat(60),
  added: fc.oneof(fc.constantFrom(...signs), fc.string({ unit: 'binary', maxLength: 8 })),
});

/** One to three changes. */
export const changes: fc.Arbitrary<readonly Change[]> = fc.array(change, { minLength: 1, maxLength: 3 });

/** One of the values, as the first change chooses. */
export function picked<T>(values: readonly T[], [first]: readonly Change[]): T | undefined {
  return values[(first?.pick ?? 0) % values.length];
}

/** A stretch of a text, from a line on, with changes in it. */
export function changedStretch(whole: string, made: readonly Change[]): string {
  let text = stretchOf(whole, made[0]?.at ?? 0);
  for (const { at, removed, added } of made) {
    const place = at % (text.length + 1);
    text = text.slice(0, place) + added + text.slice(place + removed);
  }
  return text;
}

/** Some 4,000 characters of a text, from a line on. */
function stretchOf(text: string, at: number): string {
  const start = text.length <= 4000 ? 0 : text.lastIndexOf('\n', at % (text.length - 4000)) + 1;
  return text.slice(start, start + 4000);
}
