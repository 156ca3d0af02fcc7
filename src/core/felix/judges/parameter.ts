import type { FelixParser } from '../fields.ts';
import { allOf, quote } from '../expectation.ts';
import { parseDuration } from '../syntax/duration.ts';
import { isDscp } from '../syntax/dscp.ts';
import { goRegexpError } from '../syntax/goRegexp.ts';
import { parseKeyValues } from '../syntax/keyValues.ts';
import { addressVersion, cidrVersion, isDnsLabel } from '../syntax/network.ts';
import { parsePort } from '../syntax/port.ts';

/**
 * Felix's parsers of its parameters (felix/config/param_types.go): tells what is wrong with the text of one.
 * Every source of configuration – resource, environment, file – ends here as text.
 */
export function parameterError(parser: FelixParser, text: string): string | undefined {
  return parsers[parser.kind]?.(text, parser);
}

type Parse = (text: string, parser: FelixParser) => string | undefined;

const parsers: Readonly<Record<string, Parse>> = {
  bool: booleanError,
  '*bool': booleanError,
  int: integerError,
  seconds: numberError,
  millis: numberError,
  oneof: optionError,
  regexp: (text) => within('the expression', goRegexpError(text)),
  'cidr-list': (text) =>
    firstError(text, (item) =>
      cidrVersion(item) === undefined ? `${quote(item)} is not an address or CIDR` : undefined,
    ),
  'iface-filter-slice': (text) =>
    firstError(text, (item) =>
      isInterfaceFilter(item) ? undefined : `${quote(item)} is not an interface name`,
    ),
  'iface-param': (text) => (isInterfaceFilter(text) ? undefined : `${quote(text)} is not an interface name`),
  'iface-list': interfaceListError,
  'iface-list-regexp': excludeListError,
  'host-address': (text) => matched(text, /^[a-zA-Z0-9:._+-]{1,64}$/, 'host name or address'),
  hostname: (text) => matched(text, /^[a-zA-Z0-9_.-]+$/, 'host name'),
  ipv4: (text) => (addressVersion(text) === 4 ? undefined : `${quote(text)} is not an IPv4 address`),
  ipv6: (text) => (addressVersion(text) === 6 ? undefined : `${quote(text)} is not an IPv6 address`),
  'mark-bitmask': markError,
  dscp: (text) =>
    isDscp(text) ? undefined : `${quote(text)} is not a DSCP: a number from 0 to 63 or a name such as AF31`,
  portrange: portError,
  'portrange-list': (text) => firstError(text, portError),
  'port-list': (text) => firstError(text, failsafeError),
  'log-rate': (text) =>
    matched(text, /^(?:[1-9]\d{0,3}\/(?:second|minute|hour|day))?$/, 'rate such as 100/minute'),
  region: (text) =>
    text.length <= 46 && isDnsLabel(text)
      ? undefined
      : `${quote(text)} is not a DNS label of at most 46 characters`,
  'route-table-range': (text) => tableRangeError(text, 250n),
  'route-table-ranges': tableRangesError,
  keyvaluelist: (text) =>
    parseKeyValues(text) === undefined ? `${quote(text)} is not a list of key=value pairs` : undefined,
  keydurationlist: durationListError,
};

function booleanError(text: string): string | undefined {
  return matched(text, /^(?:true|1|yes|y|t|false|0|no|n|f)$/i, 'boolean: true or false');
}

function integerError(text: string, { min, max }: FelixParser): string | undefined {
  const value = parseInteger(text);
  if (value === undefined) return `${quote(text)} is not a whole number`;
  if (min !== undefined && value < min) return `${value} is less than the minimum, ${min}`;
  if (max !== undefined && value > max) return `${value} is more than the maximum, ${max}`;
  return undefined;
}

/** Go's strconv.ParseInt with base 0, which lets underscores stand between digits. */
export function parseInteger(text: string): bigint | undefined {
  const match =
    /^([-+]?)(0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?\d)*)$/.exec(
      text,
    );
  if (match === null) return undefined;
  const digits = (match[2] ?? '').replaceAll('_', '');
  const value = BigInt(/^0\d/.test(digits) ? `0o${digits}` : digits);
  return match[1] === '-' ? -value : value;
}

function numberError(text: string): string | undefined {
  return matched(text, /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/, 'number');
}

function optionError(text: string, { options = [] }: FelixParser): string | undefined {
  const known = options.some((option) => option.toLowerCase() === text.toLowerCase());
  return known ? undefined : `Felix knows only ${allOf(options)} here, not ${quote(text)}`;
}

function markError(text: string): string | undefined {
  const value = parseInteger(text);
  if (value === undefined || value < 0n || value >= 2n ** 32n) return `${quote(text)} is not a 32-bit mask`;
  const bits = value.toString(2).replaceAll('0', '').length;
  return bits < 2 ? 'the mask has fewer than 2 bits' : undefined;
}

function portError(text: string): string | undefined {
  const port = parsePort(text);
  if (port === undefined) return `${quote(text)} is not a port or a range of ports`;
  return port.kind === 'name'
    ? `${quote(text)} is read as the name of a port, and only numbers are taken here`
    : undefined;
}

/** `[protocol:][net:]port`, an IPv6 net in brackets. */
function failsafeError(item: string): string | undefined {
  const bracket = /\[([^\]]*)\]:/.exec(item);
  const parts = item.replace(bracket?.[0] ?? '', '').split(':');
  if (parts.length > 3) return `${quote(item)} is not protocol:net:port`;
  const protocol = (parts.length > 1 ? (parts[0] ?? '') : 'tcp').toLowerCase();
  const net = bracket?.[1] ?? (parts.length === 3 ? parts[1] : undefined);
  const port = parts.at(-1) ?? '';
  if (protocol === '') return 'the protocol is missing: write TCP or UDP';
  if (protocol !== 'tcp' && protocol !== 'udp')
    return `the protocol ${quote(protocol)} is neither TCP nor UDP`;
  if (!/^[-+]?\d+$/.test(port) || Number(port) < 0 || Number(port) > 65535)
    return `${quote(port)} is not a port`;
  return net === undefined || net === '' || cidrVersion(net) !== undefined
    ? undefined
    : `${quote(net)} is not an address or CIDR`;
}

function interfaceListError(text: string): string | undefined {
  return matched(
    text,
    /^[a-zA-Z0-9_-]{1,15}(?:,[a-zA-Z0-9_-]{1,15})*$/,
    'list of interface name prefixes, with commas and no spaces',
  );
}

/** Names, or expressions between slashes; the list is split at every comma first. */
function excludeListError(text: string): string | undefined {
  for (const item of text.split(',')) {
    if (/^\/[^\s]+\/$/.test(item)) {
      const wrong = goRegexpError(item.slice(1, -1));
      if (wrong !== undefined) return `the expression ${item} is wrong: ${wrong}`;
    } else if (!/^[a-zA-Z0-9_-]{1,15}$/.test(item))
      return `${quote(item)} is neither an interface name nor an /expression/`;
  }
  return undefined;
}

function tableRangeError(text: string, most: bigint): string | undefined {
  const match = /^(\d+)-(\d+)$/.exec(text);
  if (match === null) return `${quote(text)} is not a range of routing tables such as 1-250`;
  const min = BigInt(match[1] ?? '');
  const max = BigInt(match[2] ?? '');
  if (min > max) return `the range ${text} runs backwards`;
  return min < 1n || max > most ? `the tables ${text} are not within 1-${most}` : undefined;
}

function tableRangesError(text: string): string | undefined {
  const ranges = text.match(/\d+-\d+/g);
  if (ranges === null) return `${quote(text)} is not a list of ranges of routing tables`;
  let total = 0n;
  for (const range of ranges) {
    const wrong = tableRangeError(range, 0xffffffffn);
    if (wrong !== undefined) return wrong;
    const [min = '', max = ''] = range.split('-');
    total += BigInt(max) - BigInt(min);
    if (total > 65535n) return 'together these are more than 65535 tables';
  }
  return undefined;
}

function durationListError(text: string): string | undefined {
  const pairs = parseKeyValues(text);
  if (pairs === undefined) return `${quote(text)} is not a list of name=duration pairs`;
  for (const [name, duration] of pairs)
    if (parseDuration(duration.trim()) === undefined)
      return `${quote(duration)} of ${name} is not a duration`;
  return undefined;
}

/** An interface name, or the beginning of one with `+`. */
export function isInterfaceFilter(text: string): boolean {
  return /^[a-zA-Z0-9:._+-]{1,15}$/.test(text);
}

function firstError(list: string, check: Parse): string | undefined {
  for (const item of list.split(',')) {
    const trimmed = item.trim();
    const wrong = trimmed === '' ? undefined : check(trimmed, { kind: '' });
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function matched(text: string, pattern: RegExp, what: string): string | undefined {
  return pattern.test(text) ? undefined : `${quote(text)} is not a ${what}`;
}

function within(what: string, wrong: string | undefined): string | undefined {
  return wrong === undefined ? undefined : `${what} is wrong: ${wrong}`;
}
