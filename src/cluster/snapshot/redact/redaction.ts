/**
 * A snapshot for somebody who shall not learn whose it is: addresses, and names of nodes, namespaces, pods and services
 * are replaced, everywhere alike, so that what belonged together still does. Labels, selectors and the names of
 * policies stay: policies cannot be understood without them.
 */
import { field, type KubernetesObject } from '../../../core/objects/object.ts';
import { AddressRedaction } from './addresses.ts';
import { otherNames, replaceNames, type NamedObjects } from './names.ts';

export interface Redaction {
  readonly isActive: boolean;
  /** Words of ours and command lines: names and addresses. */
  readonly words: (text: string) => string;
  /** Whether a probe (or a `trace`) cannot be redacted, because addresses stand in it as plain numbers. */
  readonly leavesOut: (probe: string) => boolean;
  /** What a probe printed. */
  readonly output: (probe: string, bytes: Uint8Array) => Uint8Array;
  readonly object: (object: KubernetesObject) => KubernetesObject;
}

/** Leaves everything as it is. */
export const noRedaction: Redaction = {
  isActive: false,
  words: (text) => text,
  leavesOut: () => false,
  output: (_probe, bytes) => bytes,
  object: (object) => object,
};

export function createRedaction(named: NamedObjects): Redaction {
  const addresses = new AddressRedaction();
  const names = otherNames(named);
  const interfaces = new Map([...names].filter(([name]) => /^cali[0-9a-f]{11}$/.test(name)));
  const words = (text: string) => addresses.text(replaceNames(text, names));
  return {
    isActive: true,
    words,
    leavesOut: (probe) => leftOut.test(probe),
    output(probe, bytes) {
      const text = new TextDecoder().decode(bytes);
      const known = plainDump.test(probe) ? interfaces : names;
      return new TextEncoder().encode(addresses.text(replaceNames(text, known)));
    },
    // Names and texts of an object are its values; its fields are Kubernetes’ own words.
    object: (object) => redactValue(withoutIdentity(object), words) as KubernetesObject,
  };
}

const leftOut = /^(?:conntrack\.dump\.raw|policy\.files)|\.asm\b|^trace$/;

/** Dumps of maps name interfaces only; a service called “tcp” must not change them. */
const plainDump = /^(?:routes|nat|conntrack|ipsets|counters|ifstate|arp)\./;

/** Fields whose values are words of the API. */
const plainFields = new Set(['apiVersion', 'kind', 'type', 'protocol', 'phase', 'uid', 'resourceVersion']);

function redactValue(value: unknown, words: (text: string) => string): unknown {
  if (typeof value === 'string') return words(value);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, words));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      words(name),
      plainFields.has(name) ? item : redactValue(item, words),
    ]),
  );
}

const machineIds = ['machineID', 'systemUUID', 'bootID'];

/** What names a machine at its maker’s or at a cloud’s. */
function withoutIdentity(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Node' && field(object, 'status', 'nodeInfo') === undefined) return object;
  const spec = without(field(object, 'spec'), ['providerID']);
  const nodeInfo = without(field(object, 'status', 'nodeInfo'), machineIds);
  return { ...object, spec, status: { ...without(field(object, 'status'), ['images']), nodeInfo } };
}

function without(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}
