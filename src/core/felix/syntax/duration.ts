/** Go's durations (time.ParseDuration), in nanoseconds. */
const units: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

/** The longest duration that Go holds: 2^63 - 1 ns, about 292 years. */
const longest = 2 ** 63;

const part = /(\d*)(?:\.(\d*))?([^\d.]+)/y;

/** Reads `1h30m`, `1.5s`, `-5s` or `0` to nanoseconds; `undefined` when Go would not. */
export function parseDuration(text: string): number | undefined {
  const unsigned = text.replace(/^[-+]/, '');
  const sign = text.startsWith('-') ? -1 : 1;
  if (unsigned === '0') return 0;
  if (unsigned === '') return undefined;
  let total = 0;
  for (let at = 0; at < unsigned.length; at = part.lastIndex) {
    part.lastIndex = at;
    const [, whole = '', fraction = '', unit = ''] = part.exec(unsigned) ?? [];
    const factor = units.get(unit);
    if (factor === undefined || whole + fraction === '') return undefined;
    total += Number(`${whole || '0'}.${fraction || '0'}`) * factor;
    if (total >= longest) return undefined;
  }
  return sign * total;
}

/** Writes a duration with whole numbers and the units that every version takes: `1m30s`, `1500ms`. */
export function formatDuration(nanoseconds: number): string | undefined {
  const milliseconds = nanoseconds / 1e6;
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) return undefined;
  if (milliseconds % 1000 !== 0) return `${milliseconds}ms`;
  const seconds = milliseconds / 1000;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = seconds % 60;
  const text = `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${rest > 0 ? `${rest}s` : ''}`;
  return text === '' ? '0s' : text;
}
