/**
 * `nat dump --json`: frontends with their backends; with `--group-by-service`, services with both
 * (felix/cmd/calico-bpf/commands/nat.go, v3.31.5 and later).
 */
import { parseCidr, parseIp } from '../net/address.ts';
import { toEndpoint } from './jsonEndpoint.ts';
import type { JsonObject } from './jsonObject.ts';
import { natFlags, type NatBackend, type NatFrontend } from './natLine.ts';

/** One frontend, or grouped by service all frontends of one. */
export function readService(object: JsonObject): readonly NatFrontend[] | undefined {
  const isGrouped = object.has('frontends');
  if (isGrouped) object.number('id', 'a service id');
  const one = isGrouped ? undefined : object.object('frontend');
  const holders = isGrouped ? object.objects('frontends') : one && [one];
  const backends = object.objects('backends').map(toBackend);
  const frontends = holders?.flatMap((holder) => toFrontend(holder, backends) ?? []);
  return frontends?.length === 0 ? undefined : frontends;
}

function toFrontend(object: JsonObject, backends: readonly NatBackend[]): NatFrontend | undefined {
  const endpoint = toEndpoint(object);
  const protocol = object.number('proto', 'a protocol number');
  const source = object.optionalText('src_cidr', 'a CIDR', parseCidr);
  const id = object.number('id', 'a service id');
  const count = object.number('count', 'a count');
  const local = object.number('local', 'a count');
  const flags = object.optionalText('flags', 'flags', (text) => text.split(', '));
  for (const flag of flags ?? []) {
    if (!natFlags.some((known) => known === flag)) {
      object.report(['flags'], 'unknown', `unknown NAT flag “${flag}”`);
    }
  }
  if (endpoint === undefined || protocol === undefined || id === undefined) return undefined;
  if (count === undefined || local === undefined) return undefined;
  return {
    ...endpoint,
    protocol,
    id,
    count,
    local,
    flags: flags ?? [],
    source,
    backends: backends.slice(0, Math.max(count, 0)),
  };
}

/** A backend that the map does not hold has the address `missing`. */
function toBackend(object: JsonObject, ordinal: number): NatBackend {
  const isMissing = object.text('addr', 'an IP address or “missing”', toMissing) === true;
  if (!isMissing) return { ordinal, endpoint: toEndpoint(object) };
  object.optionalNumber('port', 'a port');
  return { ordinal, endpoint: undefined };
}

/** Whether an address stands for a backend that is missing; `undefined` when it is neither. */
function toMissing(text: string): boolean | undefined {
  if (text === 'missing') return true;
  return parseIp(text) === undefined ? undefined : false;
}
