const unitNanoseconds: Readonly<Record<string, number>> = {
  h: 3_600e9,
  m: 60e9,
  s: 1e9,
  ms: 1e6,
  µs: 1e3,
  us: 1e3,
  ns: 1,
};

const oneUnit = /^(-?)(\d+(?:\.\d+)?)(h|ms|m|s|µs|us|ns)$/;

/**
 * Reads a duration as Go's `time.Duration.String()` writes it (`2m3.25s`, `431.020511ms`, `-12µs`) into
 * whole nanoseconds; `undefined` when the text is none.
 */
export function parseDuration(text: string): number | undefined {
  // Most durations of a dump have one unit.
  const [, sign, digits, unit] = oneUnit.exec(text) ?? [];
  if (digits !== undefined && unit !== undefined) {
    const nanoseconds = Math.round(Number(digits) * (unitNanoseconds[unit] ?? 0));
    return sign === '-' ? -nanoseconds : nanoseconds;
  }
  if (!/^-?(?:\d+(?:\.\d+)?(?:h|ms|m|s|µs|us|ns))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, digits = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|µs|us|ns)/g)) {
    total += Number(digits) * (unitNanoseconds[unit] ?? 0);
  }
  return text.startsWith('-') ? -Math.round(total) : Math.round(total);
}
