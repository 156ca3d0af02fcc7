const zero = 0x30;
/** The digits of the largest whole number that a double holds exactly. */
const maxDigits = 16;

/** Reads a whole number without sign that a double holds exactly; `undefined` when the text is none. */
export function parseUint(text: string): number | undefined {
  if (text.length === 0 || text.length > maxDigits) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}
