/** The variable parts of messages: where they end in a text, and what they mean. */
import { swapBytes, toCompressed, toDotted, toPartialIpv6, type TraceAddress } from './address.ts';

/** What a part of a message is, by the name of its type in a template. */
export interface FieldTypes {
  /** `%d`, `%u`, `%llu`. */
  readonly int: number;
  /** `%x`, with or without `0x`; up to 53 bits. */
  readonly hex: number;
  /** Digits whose base depends on the version: decimal, or hexadecimal without `0x`. */
  readonly digits: string;
  /** An address: dotted, in brackets, or as a hexadecimal number in host order. */
  readonly ip: TraceAddress;
  /** An address in the bytes of the network: reversed when it is printed as a number. */
  readonly rawIp: TraceAddress;
  /** Eight groups without brackets (`%pI6`). */
  readonly ip6: TraceAddress;
  /** A port in the bytes of the network, as a decimal number: 80 is 20480. */
  readonly rawPort: number;
  /** Anything without white space. */
  readonly word: string;
}

/** The reading of one message; `at` is moved on by each part that is read. */
export interface Position {
  readonly text: string;
  readonly end: number;
  /** Whether the program that printed the message handles IPv6. */
  readonly isIpv6: boolean;
  at: number;
}

type Reader = (position: Position) => FieldTypes[keyof FieldTypes] | undefined;

/** How each type is read; `undefined` when something else stands there. */
export const readers: { readonly [type in keyof FieldTypes]: Reader } = {
  int: readInt,
  hex: readHex,
  digits: readDigits,
  ip: readAddress,
  rawIp: (position) => readAddress(position, swapBytes),
  ip6: readGroups,
  rawPort: readRawPort,
  word: readWord,
};

const zero = 0x30;
const minus = 0x2d;
const dot = 0x2e;
const bracket = 0x5b;

function readInt(position: Position): number | undefined {
  const { text, end } = position;
  let { at } = position;
  const isNegative = at < end && text.charCodeAt(at) === minus;
  if (isNegative) at++;
  const start = at;
  let value = 0;
  for (; at < end; at++) {
    const digit = text.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === start) return undefined;
  position.at = at;
  return isNegative ? -value : value;
}

function readHex(position: Position): number | undefined {
  const { text, end } = position;
  let { at } = position;
  if (text.startsWith('0x', at)) at += 2;
  const start = at;
  let value = 0;
  for (; at < end; at++) {
    const digit = hexDigit(text.charCodeAt(at));
    if (digit < 0) break;
    value = value * 16 + digit;
  }
  if (at === start || at - start > 16) return undefined;
  position.at = at;
  return value;
}

function hexDigit(code: number): number {
  if (code >= zero && code <= 0x39) return code - zero;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}

function readDigits(position: Position): string | undefined {
  const start = position.at;
  if (readHex(position) === undefined) return undefined;
  return position.text.slice(start, position.at);
}

function readAddress(position: Position, order = (value: number) => value): TraceAddress | undefined {
  const { text, at, isIpv6 } = position;
  if (text.charCodeAt(at) === bracket) return readBrackets(position);
  const first = readOctets(position);
  if (first !== undefined) return toDotted(first);
  const value = readHex(position);
  if (value === undefined || value > 0xffffffff) return undefined;
  return isIpv6 ? toPartialIpv6(value) : toDotted(order(value));
}

function readBrackets(position: Position): TraceAddress | undefined {
  const { text, at, end } = position;
  const close = text.indexOf(']', at);
  if (close === -1 || close >= end) return undefined;
  const address = toCompressed(text.slice(at + 1, close));
  if (address !== undefined) position.at = close + 1;
  return address;
}

/** Four numbers up to 255 joined by dots, as one number. */
function readOctets(position: Position): number | undefined {
  const { text, end } = position;
  let value = 0;
  let octet = -1;
  let dots = 0;
  let { at } = position;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= zero && code <= 0x39) {
      octet = Math.max(octet, 0) * 10 + code - zero;
      if (octet > 255) return undefined;
    } else if (code === dot && octet >= 0 && dots < 3) {
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else break;
  }
  if (dots !== 3 || octet < 0) return undefined;
  position.at = at;
  return value * 256 + octet;
}

const groupsLength = 39;

function readGroups(position: Position): TraceAddress | undefined {
  const { text, at, end } = position;
  const stop = at + groupsLength;
  const address = stop > end ? undefined : toCompressed(text.slice(at, stop));
  if (address !== undefined) position.at = stop;
  return address;
}

function readRawPort(position: Position): number | undefined {
  const value = readInt(position);
  return value === undefined ? undefined : ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
}

function readWord(position: Position): string | undefined {
  const { text, at, end } = position;
  let stop = at;
  while (stop < end && text.charCodeAt(stop) > 0x20) stop++;
  if (stop === at) return undefined;
  position.at = stop;
  return text.slice(at, stop);
}
