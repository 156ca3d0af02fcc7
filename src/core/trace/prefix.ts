/**
 * What the programs put before their messages (`CALI_LOG` of felix/bpf-gpl/log.h): the interface and the direction
 * of a tc or XDP program, or the name of another program.
 */

/**
 * Ingress and egress as policy sees it: `I` is to the pod of a workload interface and from the wire on a host
 * interface; `X` is XDP, right behind the network card.
 */
export type Direction = 'I' | 'E' | 'X';

/** Which program printed a message. */
export type Program =
  | { readonly kind: 'interface'; readonly hook: Hook; readonly isIpv6: boolean }
  /** The connect-time load balancer, by the name in its prefix: `CTLB`, `CTLB-V46`, `CALI-C`. */
  | { readonly kind: 'connect-time'; readonly name: string; readonly isIpv6: boolean }
  /** One that sees no packets: the cleaner of conntrack, or one that only a newer version has. */
  | { readonly kind: 'other'; readonly isIpv6: boolean };

/** Where a program is attached. */
export interface Hook {
  readonly interface: string;
  /** Through v3.24 only the first 8 characters of the name were printed. */
  readonly isShort: boolean;
  readonly direction: Direction;
}

export interface Prefix {
  readonly program: Program;
  /** Where the message begins behind it. */
  readonly end: number;
}

const shortName = 8;
const longName = 15;
const ipv6 = 'IPv6 ';

/** The prefix of the line before: a run of a program prints many lines in a row. */
let latest: { readonly text: string; readonly program: Program } = {
  text: '\n',
  program: { kind: 'other', isIpv6: false },
};

/** Reads the prefix at an offset; `undefined` when there is none. */
export function readPrefix(text: string, start: number, end: number): Prefix | undefined {
  const { length } = latest.text;
  if (start + length <= end && text.startsWith(latest.text, start))
    return { program: latest.program, end: start + length };
  const prefix = findPrefix(text, start, end);
  if (prefix?.program.kind === 'interface')
    latest = { text: printed(prefix.program), program: prefix.program };
  return prefix;
}

/** The prefix as it stands in lines; made anew, so that it does not keep the text that it was read from. */
function printed({ hook, isIpv6 }: Extract<Program, { kind: 'interface' }>): string {
  const name = hook.interface.padEnd(hook.isShort ? shortName : longName, '-');
  return `${isIpv6 ? ipv6 : ''}${name}-${hook.direction}: `;
}

function findPrefix(text: string, start: number, end: number): Prefix | undefined {
  const isIpv6 = text.startsWith(ipv6, start);
  const at = isIpv6 ? start + ipv6.length : start;
  for (const length of [longName, shortName]) {
    const prefix = readHook(text, at, length, isIpv6);
    if (prefix !== undefined && prefix.end <= end + 1) return prefix;
  }
  return readNamed(text, at, end, isIpv6);
}

function readHook(text: string, at: number, length: number, isIpv6: boolean): Prefix | undefined {
  const direction = toDirection(text.charCodeAt(at + length + 1));
  if (direction === undefined) return undefined;
  if (text.charCodeAt(at + length) !== 0x2d || text.charCodeAt(at + length + 2) !== 0x3a) return undefined;
  let nameEnd = at + length;
  while (nameEnd > at && text.charCodeAt(nameEnd - 1) === 0x2d) nameEnd--;
  if (nameEnd === at) return undefined;
  const program = hookProgram({
    name: text.slice(at, nameEnd),
    isShort: length === shortName,
    direction,
    isIpv6,
  });
  return { program, end: at + length + 4 };
}

function toDirection(code: number): Direction | undefined {
  if (code === 0x49) return 'I';
  if (code === 0x45) return 'E';
  return code === 0x58 ? 'X' : undefined;
}

interface HookParts {
  readonly name: string;
  readonly isShort: boolean;
  readonly direction: Direction;
  readonly isIpv6: boolean;
}

/** A node has few hooks: each is made once and shared by all of its lines. */
const hookPrograms = new Map<string, Program>();
const maxHooks = 10_000;

function hookProgram({ name, isShort, direction, isIpv6 }: HookParts): Program {
  const key = `${direction}${isIpv6 ? 6 : 4}${isShort ? 8 : 15}${name}`;
  const known = hookPrograms.get(key);
  if (known !== undefined) return known;
  if (hookPrograms.size >= maxHooks) hookPrograms.clear();
  const program: Program = { kind: 'interface', hook: { interface: name, isShort, direction }, isIpv6 };
  hookPrograms.set(key, program);
  return program;
}

const connectTime = /(CTLB(?:-[A-Z0-9]+)*|CALI-C)-*: ?/y;
const cleaner = /CT-CLEANER-*: ?/y;
/** A name that is padded to another width than those known, with or without a direction. */
const padded = /(?=[\w.-]{8,}: )(\w[\w.]*(?:-[\w.]+)*)--+([IEX])?: /y;

function readNamed(text: string, at: number, end: number, isIpv6: boolean): Prefix | undefined {
  connectTime.lastIndex = at;
  const [, name] = connectTime.exec(text) ?? [];
  if (name !== undefined && connectTime.lastIndex <= end) {
    return {
      program: { kind: 'connect-time', name, isIpv6: isIpv6 || name === 'CTLB-V6' },
      end: connectTime.lastIndex,
    };
  }
  cleaner.lastIndex = at;
  if (cleaner.test(text) && cleaner.lastIndex <= end)
    return { program: { kind: 'other', isIpv6 }, end: cleaner.lastIndex };
  return readPadded(text, at, end, isIpv6);
}

function readPadded(text: string, at: number, end: number, isIpv6: boolean): Prefix | undefined {
  padded.lastIndex = at;
  const [, name = '', letter = ''] = padded.exec(text) ?? [];
  if (name === '' || padded.lastIndex > end) return undefined;
  const direction = toDirection(letter.charCodeAt(0));
  const program: Program =
    direction === undefined
      ? { kind: 'other', isIpv6 }
      : hookProgram({ name, isShort: false, direction, isIpv6 });
  return { program, end: padded.lastIndex };
}
