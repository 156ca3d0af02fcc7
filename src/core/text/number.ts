/** Reads a whole number without sign that a double holds exactly; `undefined` when the text is none. */
export function parseUint(text: string): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
