/** What the numbers in the columns of conntrack stand for. */

/** The kinds of rows: a connection in the pretty form, and the types of raw entries. */
export const rowKinds = ['connection', 'normal', 'nat-forward', 'nat-reverse', 'unknown'] as const;

/** Stands for a protocol without a number: `UNKNOWN`. */
export const noProtocol = 0xffff;

/** The protocols as the pretty form names them; the others are `Proto-` and their number. */
export const protocolWords: ReadonlyMap<number, string> = new Map([
  [1, 'ICMP'],
  [6, 'TCP'],
  [17, 'UDP'],
  [58, 'ICMP6'],
  [noProtocol, 'UNKNOWN'],
]);

/** Which of the optional parts a row has, as bits. */
export const has = {
  /** The service of a connection; the reverse key of a raw entry. */
  third: 1,
  originalPort: 1 << 1,
  age: 1 << 2,
  created: 1 << 3,
  lastSeen: 1 << 4,
  idle: 1 << 5,
  legs: 1 << 6,
  counts: 1 << 7,
  workload: 1 << 8,
  original: 1 << 9,
  originalSource: 1 << 10,
  natPort: 1 << 11,
  flags: 1 << 12,
  flagBits: 1 << 13,
  tunnel: 1 << 14,
} as const;

/** What a leg has seen, as bits. */
export const legBits = {
  syn: 1,
  ack: 1 << 1,
  fin: 1 << 2,
  rst: 1 << 3,
  approved: 1 << 4,
  opener: 1 << 5,
  workload: 1 << 6,
} as const;
