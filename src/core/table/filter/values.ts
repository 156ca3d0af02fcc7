/** What the values of a filter's terms mean: patterns, numbers with units, and networks. */
import { cidrContains } from '../../net/prefix.ts';
import { parseCidr, parseIp, type Cidr, type IpAddress } from '../../net/address.ts';
import type { NumberKind } from '../table.ts';
import type { FilterValue } from './parse.ts';

export type TextTest = (text: string) => boolean;

/** Whether a text is the value, or fits its pattern; the case does not matter. */
export function equalTest({ text, isQuoted }: FilterValue): TextTest {
  if (!isQuoted && isPattern(text)) return patternTest(text);
  const wanted = text.toLowerCase();
  return (other) => other.toLowerCase() === wanted;
}

/** Whether a text holds the value somewhere, or all of it fits its pattern. */
export function containTest({ text, isQuoted }: FilterValue): TextTest {
  if (!isQuoted && isPattern(text)) return patternTest(text);
  const wanted = text.toLowerCase();
  return (other) => other.toLowerCase().includes(wanted);
}

function isPattern(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

function patternTest(pattern: string): TextTest {
  // Neighbouring stars mean the same as one, and would take long.
  const source = pattern
    .replace(/\*+/g, '*')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const whole = new RegExp(`^${source}$`, 'is');
  // `*` is whatever there is, but not nothing.
  return (other) => other !== '' && whole.test(other);
}

/**
 * Whether an address or network is meant by a value: the same, inside the network that the value is, around the
 * address that the value is, beginning so, or fitting the pattern.
 */
export function addressTest(value: FilterValue): TextTest {
  const cidr = parseCidr(value.text);
  if (cidr !== undefined) return (other) => isWithin(other, cidr);
  const ip = parseIp(value.text);
  if (ip !== undefined) return (other) => other === ip || isAround(other, ip);
  if (isPattern(value.text)) return patternTest(value.text);
  const wanted = value.text.toLowerCase();
  return (other) => other.startsWith(wanted);
}

function isWithin(text: string, cidr: Cidr): boolean {
  const [address = '', length] = text.split('/');
  const ip = parseIp(address);
  const isSmaller = length === undefined || Number(length) >= Number(cidr.split('/')[1]);
  return ip !== undefined && isSmaller && cidrContains(cidr, ip);
}

function isAround(text: string, ip: IpAddress): boolean {
  const cidr = parseCidr(text);
  return cidr !== undefined && cidrContains(cidr, ip);
}

export interface NumberRange {
  readonly low: number;
  readonly high: number;
}

/** `80`, `30000-32767`, `10k`, `1.5m`: a number of its kind, or a range; `undefined` when it is neither. */
export function parseRange(text: string, kind: NumberKind): NumberRange | undefined {
  const one = parseQuantity(text, kind);
  if (one !== undefined) return { low: one, high: kind === 'duration' ? upToNextUnit(one, text) : one };
  const [, first = '', second = ''] = /^(.+?)(?:-|\.\.)([\d.].*)$/.exec(text) ?? [];
  const low = parseQuantity(first, kind);
  const high = parseQuantity(second, kind);
  return low === undefined || high === undefined ? undefined : { low, high };
}

/** `1s` is meant of 1.054s, too. */
function upToNextUnit(nanoseconds: number, text: string): number {
  return nanoseconds + (durations[/[a-zµ]*$/.exec(text)?.[0] ?? ''] ?? 1) - 1;
}

/** A number with its unit, in nanoseconds for a duration (in seconds without a unit); `undefined` when it is none. */
export function parseQuantity(text: string, kind: NumberKind): number | undefined {
  const [, digits, unit = ''] = /^(-?\d+(?:\.\d+)?)([A-Za-zµ]*)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const scale = kind === 'duration' ? durations[unit] : counts[unit];
  return scale === undefined ? undefined : Number(digits) * scale;
}

const durations: Readonly<Record<string, number>> = {
  '': 1e9,
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
};

const counts: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** What a quantity of a kind looks like, for messages. */
export function quantityExample(kind: NumberKind): string {
  if (kind === 'duration') return '30s, 5m or 500ms';
  if (kind === 'seconds') return '1.5 or 1-2';
  return kind === 'bytes' || kind === 'packets' ? '1500, 10k or 1M' : '80 or 30000-32767';
}
