import type { ScalarStyle, YamlScalar } from './yamlValue.ts';

/**
 * How `kubectl` and the API server read a plain scalar: YAML 1.1 as in sigs.k8s.io/yaml (goyaml.v2/resolve.go),
 * then through JSON, where a float without a fraction is an integer.
 */
const words: ReadonlyMap<string, boolean | null> = new Map([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
]);

const longestWord = Math.max(...Array.from(words.keys(), (word) => word.length));

/** Reads a scalar: `text` without its quotes, `source` as it stands in the document. */
export function readScalar(text: string, style: ScalarStyle, source: string = text): YamlScalar {
  if (style !== 'plain') return { kind: 'string', value: text, source, style };
  const word = text.length > longestWord ? undefined : words.get(text);
  if (word === null) return { kind: 'null', source, style };
  if (word !== undefined) return { kind: 'bool', value: word, source, style };
  const number = readNumber(text);
  if (typeof number === 'bigint') return { kind: 'int', value: number, source, style };
  if (typeof number === 'number') return { kind: 'float', value: number, source, style };
  return { kind: 'string', value: text, source, style };
}

/** The key of a map as JSON has it: `80` and `Off` become the strings `80` and `false`. */
export function readKey(text: string, style: ScalarStyle): string {
  const key = readScalar(text, style);
  return key.kind === 'null' ? 'null' : String(key.value);
}

/** A number as JSON carries it: a `bigint` when it fits 64 bits with sign. */
function readNumber(text: string): bigint | number | undefined {
  // Most texts are none, and their first letter or what else is in them tells.
  if (!/^[-+.\d][-+.\w]*$/.test(text)) return undefined;
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return NaN;
  if (text.startsWith('.')) return /^\.\d+(?:[eE][-+]?\d+)?$/.test(text) ? throughJson(text) : undefined;
  const plain = text.replaceAll('_', '');
  const integer = readInteger(plain);
  if (integer !== undefined && integer <= maxUint64) return asJson(integer);
  return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain) ? throughJson(plain) : undefined;
}

const maxInt64 = 2n ** 63n - 1n;
const maxUint64 = 2n ** 64n - 1n;

/** Go's strconv.ParseInt with base 0: `0x`, `0o`, `0b`, and octal behind a bare `0`. */
function readInteger(text: string): bigint | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9]\d*)$/.exec(text);
  if (match === null) return undefined;
  const digits = match[2] ?? '';
  const value = BigInt(/^0\d/.test(digits) ? `0o${digits}` : digits);
  return match[1] === '-' ? -value : value;
}

function throughJson(text: string): bigint | number | undefined {
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  // Go writes floats from 1e21 on with an exponent, which is no integer to a JSON reader.
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? asJson(BigInt(value)) : value;
}

function asJson(value: bigint): bigint | number {
  return value > maxInt64 || value < -maxInt64 - 1n ? Number(value) : value;
}
