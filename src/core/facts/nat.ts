import type { NatFrontend } from '../dump/natLine.ts';
import { portLabel } from '../names/identities.ts';
import { protocolName } from '../net/protocol.ts';
import { parseIp } from '../net/address.ts';
import { endpointsKey } from './endpoints.ts';
import type { Fact } from './fact.ts';
import type { Surroundings } from './surroundings.ts';

/** What follows from a node's NAT dump of one family. */
export function natFacts(frontends: readonly NatFrontend[], surroundings: Surroundings): readonly Fact[] {
  const programmed = frontends.map((frontend, row) => ({
    frontend,
    row,
    ...serviceOf(frontend, surroundings),
  }));
  return [
    ...withoutBackends(programmed),
    ...missingBackends(programmed),
    ...sharedIds(programmed),
    ...byService(programmed).flatMap((rows) => endpointFacts(rows, surroundings)),
    ...missingServices(frontends, surroundings),
  ];
}

/** A frontend, where it stands, and the service port it is for. */
interface Programmed {
  readonly frontend: NatFrontend;
  readonly row: number;
  /** `shop/cart:http`; `undefined` when no service has the address. */
  readonly service: string | undefined;
  /** The service, or the address where there is none. */
  readonly subject: string;
}

function serviceOf(
  { address, port, protocol }: NatFrontend,
  surroundings: Surroundings,
): Pick<Programmed, 'service' | 'subject'> {
  const service = surroundings.findService(address, port, protocol);
  return { service, subject: service ?? `${address} port ${port}/${protocolName(protocol)}` };
}

function withoutBackends(programmed: readonly Programmed[]): readonly Fact[] {
  const empty = programmed.filter(({ frontend }) => frontend.count === 0);
  return [...Map.groupBy(empty, ({ subject }) => subject)].map(([subject, rows]) => ({
    rule: 'nat-no-backends',
    rows: rows.map(({ row }) => row),
    subject,
    text: `${subject} has no backends.`,
  }));
}

function missingBackends(programmed: readonly Programmed[]): readonly Fact[] {
  return programmed.flatMap(({ frontend, row, subject }) => {
    const missing = frontend.backends.filter(({ endpoint }) => endpoint === undefined);
    if (missing.length === 0) return [];
    const which = missing.map(({ ordinal }) => `${frontend.id}:${ordinal}`).join(', ');
    const text = `${subject} announces ${frontend.count} backends; the backend map has no ${which}.`;
    return { rule: 'nat-backend-missing', rows: [row], subject, text } as const;
  });
}

function sharedIds(programmed: readonly Programmed[]): readonly Fact[] {
  return [...Map.groupBy(programmed, ({ frontend }) => frontend.id)].flatMap(([id, rows]) => {
    const owners = [...new Set(rows.flatMap(({ service }) => service ?? []))];
    if (owners.length < 2) return [];
    const text = `Service id ${id} belongs to ${owners.join(' and ')}.`;
    return { rule: 'nat-id-shared', rows: rows.map(({ row }) => row), subject: `id ${id}`, text } as const;
  });
}

function byService(programmed: readonly Programmed[]): readonly (readonly Programmed[])[] {
  const known = programmed.filter(({ service }) => service !== undefined);
  const key = ({ service, frontend }: Programmed) => endpointsKey(service ?? '', frontend.protocol);
  return [...Map.groupBy(known, key).values()];
}

/** How the backends of all frontends of a service port differ from its endpoints. */
function endpointFacts(rows: readonly Programmed[], { endpoints }: Surroundings): readonly Fact[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { subject, frontend } = first;
  const known = endpoints.get(endpointsKey(subject, frontend.protocol));
  if (known === undefined) return [];
  const programmed = new Set<string>();
  const facts: Fact[] = [];
  for (const { frontend, row } of rows) {
    for (const { endpoint } of frontend.backends) {
      const backend = endpoint && `${endpoint.address} ${endpoint.port}`;
      if (backend === undefined || programmed.has(backend)) continue;
      programmed.add(backend);
      if (known.serving.has(backend)) continue;
      const text = `${subject} sends to ${spell(backend)}, which is no ready endpoint of it.`;
      facts.push({ rule: 'nat-backend-not-ready', rows: [row], subject, text });
    }
  }
  if (known.isHinted) return facts;
  const isIpv6 = frontend.address.includes(':');
  for (const ready of known.ready) {
    if (programmed.has(ready) || ready.includes(':') !== isIpv6) continue;
    const text = `${subject} has the ready endpoint ${spell(ready)}, which NAT does not send to.`;
    facts.push({ rule: 'nat-endpoint-missing', rows: rows.map(({ row }) => row), subject, text });
  }
  return facts;
}

function spell(endpoint: string): string {
  return endpoint.replace(' ', ' port ');
}

/** Calico's programs serve TCP and UDP. */
const served: ReadonlySet<number> = new Set([6, 17]);

/** Cluster IPs that are not in the map; nothing of a dump without any frontend, which has other causes. */
function missingServices(frontends: readonly NatFrontend[], { services }: Surroundings): readonly Fact[] {
  const [first] = frontends;
  if (first === undefined) return [];
  const isIpv6 = first.address.includes(':');
  const key = (address: string, port: number, protocol: number) => `${address} ${port} ${protocol}`;
  const present = new Set(frontends.map(({ address, port, protocol }) => key(address, port, protocol)));
  return services.flatMap(({ addresses, ports }) =>
    addresses.flatMap(({ address: text, how }) => {
      const address = parseIp(text);
      if (address === undefined || how !== 'cluster IP' || address.includes(':') !== isIpv6) return [];
      return ports.flatMap((port) => {
        const isThere = present.has(key(address, port.port, port.protocol));
        if (isThere || !served.has(port.protocol)) return [];
        const subject = portLabel({ ...port, portName: port.name });
        const sentence = `${subject} is not in NAT: no frontend ${address} port ${port.port}/${protocolName(port.protocol)}.`;
        return { rule: 'nat-service-missing', rows: [], subject, text: sentence } as const;
      });
    }),
  );
}
