/**
 * `routes dump`: one `<cidr>: <flag>… [idx <n>] [nh <ip>]` a line, as `Value.String()` in Calico's
 * felix/bpf/routes/map.go and map6.go writes it (v3.22 to v3.33); or JSON.
 */
import { parseCidr, parseIp, type Cidr, type IpAddress } from '../net/address.ts';
import type { Cursor } from '../text/cursor.ts';
import { parseUint } from '../text/number.ts';
import type { JsonObject } from './jsonObject.ts';

export const routeFlags = [
  'local',
  'remote',
  'host',
  'workload',
  'in-pool',
  'nat-out',
  'same-subnet',
  'no-dsr',
  'tunneled',
  'vxlan',
  'skip-ingress-redir',
  'blackhole-drop',
  'blackhole-reject',
] as const;
export type RouteFlag = (typeof routeFlags)[number];

export interface Route {
  readonly dest: Cidr;
  /** In the order in which they are printed; `vxlan` stands in JSON alone. */
  readonly flags: readonly RouteFlag[];
  /** The interface of a local workload. */
  readonly ifIndex: number | undefined;
  /** The host behind which a remote workload is. */
  readonly nextHop: IpAddress | undefined;
}

/** Reads a line; nothing where it is reported as unreadable. */
export function readRouteLine(line: Cursor): Route | undefined {
  const dest = line.expect('a CIDR and a colon', (word) =>
    word.endsWith(':') ? parseCidr(word.slice(0, -1)) : undefined,
  );
  if (dest === undefined) return undefined;

  const flags: RouteFlag[] = [];
  let ifIndex: number | undefined;
  let nextHop: IpAddress | undefined;
  for (const word of line) {
    if (isRouteFlag(word.text)) flags.push(word.text);
    else if (word.text === 'idx') ifIndex = line.expect('an interface index', parseUint);
    else if (word.text === 'nh') nextHop = line.expect('an IP address', parseIp);
    else line.report(word, 'unknown', `unknown route flag “${word.text}”`);
  }
  if (flags.length === 0)
    line.report({ start: line.span.end, end: line.span.end }, 'expected', 'expected a route flag');
  return { dest, flags, ifIndex, nextHop };
}

export function isRouteFlag(word: string): word is RouteFlag {
  return (routeFlags as readonly string[]).includes(word);
}

/** Reads an object of the JSON form. */
export function toRoute(object: JsonObject): Route | undefined {
  const dest = object.text('dest', 'a CIDR', parseCidr);
  const flags = object.texts('flags', 'a route flag', (flag) => (isRouteFlag(flag) ? flag : undefined));
  const ifIndex = object.optionalNumber('ifindex', 'an interface index');
  const nextHop = object.optionalText('next_hop', 'an IP address', parseIp);
  return dest === undefined ? undefined : { dest, flags, ifIndex, nextHop };
}
