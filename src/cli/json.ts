/** JSON of anything core answers: a bigint is a number while a double holds it exactly, else a string. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, replaceBigint, 2)}\n`;
}

function replaceBigint(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}
