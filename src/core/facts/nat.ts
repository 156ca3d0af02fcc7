import type { NatFrontend } from '../dump/natLine.ts';
import { parseIp, type IpAddress } from '../net/address.ts';
import { protocolName } from '../net/protocol.ts';
import { endpointsKey, type ServiceEndpoints } from './endpoints.ts';
import { clusterIpsOf, type ClusterIp, type Screened } from './expectedNat.ts';
import type { Fact } from './fact.ts';
import type { NatMap } from './natMap.ts';
import type { Surroundings } from './surroundings.ts';

/** What follows from a node's NAT map of one family: of what differs from what is expected. */
export function natFacts(
  map: NatMap,
  { screened, surroundings }: { readonly screened: Screened; readonly surroundings: Surroundings },
): readonly Fact[] {
  const frontends = screened.doubtful.flatMap((row) => {
    const frontend = map.entry(row);
    return frontend === undefined ? [] : ([[row, frontend]] as const);
  });
  return [...frontendFacts(frontends, surroundings), ...screened.missing.map(toMissing)];
}

/** What follows from all frontends of a map of one family; of a map without any frontend, which has other causes, nothing. */
export function wholeNatFacts(
  frontends: readonly NatFrontend[],
  surroundings: Surroundings,
): readonly Fact[] {
  const [first] = frontends;
  if (first === undefined) return [];
  const key = ({ address, port, protocol }: Pick<ClusterIp, 'address' | 'port' | 'protocol'>) =>
    `${address} ${port} ${protocol}`;
  const present = new Set(frontends.map(key));
  const isIpv6 = first.address.includes(':');
  const missing = surroundings.services
    .flatMap(clusterIpsOf)
    .filter((clusterIp) => clusterIp.address.includes(':') === isIpv6 && !present.has(key(clusterIp)));
  return [...frontendFacts(frontends.entries(), surroundings), ...missing.map(toMissing)];
}

/** What follows from frontends, each with its row. */
export function frontendFacts(
  frontends: Iterable<readonly [row: number, frontend: NatFrontend]>,
  surroundings: Surroundings,
): readonly Fact[] {
  const programmed = [...frontends].map(([row, frontend]) => ({
    frontend,
    row,
    ...serviceOf(frontend, surroundings),
  }));
  return [
    ...withoutBackends(programmed),
    ...missingBackends(programmed),
    ...sharedIds(programmed),
    ...byService(programmed).flatMap((rows) => endpointFacts(rows, surroundings)),
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
  /** Whether it stands at an address of the service itself, and not at a port of nodes. */
  readonly isClusterIp: boolean;
}

function serviceOf(
  { address, port, protocol }: NatFrontend,
  surroundings: Surroundings,
): Omit<Programmed, 'frontend' | 'row'> {
  const service = surroundings.findService(address, port, protocol);
  return {
    service,
    subject: service ?? `${address} port ${port}/${protocolName(protocol)}`,
    isClusterIp: isOfService(address, surroundings),
  };
}

const ofServices = new WeakMap<Surroundings, Map<IpAddress, boolean>>();

/** Whether an address is a service’s; each is looked up once, as every node has the same ones. */
function isOfService(address: IpAddress, surroundings: Surroundings): boolean {
  const known = ofServices.get(surroundings) ?? new Map<IpAddress, boolean>();
  ofServices.set(surroundings, known);
  const answer = known.get(address) ?? surroundings.kindOf(address) === 'service';
  known.set(address, answer);
  return answer;
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
    const parts = [...frontend.backends.keys()].filter((at) => frontend.backends[at]?.endpoint === undefined);
    if (parts.length === 0) return [];
    const which = parts.map((at) => `${frontend.id}:${frontend.backends[at]?.ordinal}`).join(', ');
    const text = `${subject} announces ${frontend.count} backends; the backend map has no ${which}.`;
    return { rule: 'nat-backend-missing', rows: [row], parts, subject, text } as const;
  });
}

function sharedIds(programmed: readonly Programmed[]): readonly Fact[] {
  const owned = programmed.filter(({ service }) => service !== undefined);
  return [...Map.groupBy(owned, ({ frontend }) => frontend.id)].flatMap(([id, rows]) => {
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

/** How the backends of the frontends of a service port differ from its endpoints. */
function endpointFacts(rows: readonly Programmed[], { endpoints }: Surroundings): readonly Fact[] {
  const [first] = rows;
  const known = first && endpoints.get(endpointsKey(first.subject, first.frontend.protocol));
  if (known === undefined) return [];
  const strangers = unready(rows, known);
  if (known.isHinted) return strangers;
  // What stands for other nodes' NodePorts may know only the backends there (v3.26 and older).
  const groups = Map.groupBy(rows, ({ isClusterIp }) => isClusterIp);
  const facts = [...strangers, ...[...groups.values()].flatMap((group) => missingEndpoints(group, known))];
  return [...Map.groupBy(facts, ({ text }) => text).values()].flatMap(([fact]) => fact ?? []);
}

function unready(rows: readonly Programmed[], { serving }: ServiceEndpoints): readonly Fact[] {
  return rows.flatMap(({ frontend, row, subject }) =>
    frontend.backends.flatMap(({ endpoint }, part): readonly Fact[] => {
      const backend = endpoint && `${endpoint.address} ${endpoint.port}`;
      if (backend === undefined || serving.has(backend)) return [];
      const text = `${subject} sends to ${spell(backend)}, which is no ready endpoint of it.`;
      return [
        { rule: 'nat-backend-not-ready', rows: [row], parts: [part], subject, ...addressOf(backend), text },
      ];
    }),
  );
}

function missingEndpoints(rows: readonly Programmed[], { ready }: ServiceEndpoints): readonly Fact[] {
  const [first] = rows;
  if (first === undefined) return [];
  const backends = rows.flatMap(({ frontend }) => frontend.backends);
  const programmed = new Set(
    backends.map(({ endpoint }) => endpoint && `${endpoint.address} ${endpoint.port}`),
  );
  const isIpv6 = first.frontend.address.includes(':');
  const missing = [...ready].filter((each) => !programmed.has(each) && each.includes(':') === isIpv6);
  return missing.map((each) => ({
    rule: 'nat-endpoint-missing',
    rows: rows.map(({ row }) => row),
    subject: first.subject,
    ...addressOf(each),
    text: `${first.subject} has the ready endpoint ${spell(each)}, which NAT does not send to.`,
  }));
}

/** The address of `10.244.99.194 8080`. */
function addressOf(endpoint: string): Pick<Fact, 'address'> {
  const address = parseIp(endpoint.split(' ', 1)[0] ?? '');
  return address === undefined ? {} : { address };
}

function spell(endpoint: string): string {
  return endpoint.replace(' ', ' port ');
}

function toMissing({ address, port, protocol, label }: ClusterIp): Fact {
  const text = `${label} is not in NAT: no frontend ${address} port ${port}/${protocolName(protocol)}.`;
  return { rule: 'nat-service-missing', rows: [], subject: label, text };
}
