import type { Identity, Names } from '../names/names.ts';
import { formatIp } from '../net/address.ts';
import { parseEndpoint } from '../net/endpoint.ts';
import { parseProtocol } from '../net/protocol.ts';
import { explain } from './explain.ts';
import { identityKinds, type IdentityKind, type Token, type TokenKind } from './tokens.ts';

/** Who or what a token is, as Markdown paragraphs; none when nothing is known. */
export function describeToken(token: Token, names: Names): readonly string[] {
  const { kind, text } = token;
  if (isIdentityKind(kind)) {
    const identities = identitiesOf(kind, token, names);
    const raw = kind === 'hexAddress' ? `${text} = ${fromHex(text)}` : text;
    if (identities.length > 0) return identities.map((identity) => describeIdentity(raw, identity));
    const unknown = unknownWords[kind];
    return unknown === undefined ? [] : [`**${escape(raw)}** — ${unknown}`];
  }
  const meaning = explain(kind, token);
  return meaning === undefined ? [] : [`**${escape(text)}** — ${meaning}`];
}

function isIdentityKind(kind: TokenKind): kind is IdentityKind {
  return (identityKinds as readonly TokenKind[]).includes(kind);
}

const stranger = 'nobody that is known here has this address: it is outside of the cluster, or gone.';

const unknownWords: { readonly [kind in IdentityKind]?: string } = {
  address: stranger,
  hexAddress: stranger,
  endpoint: stranger,
  serviceId: 'a service port, by this node’s own number; no service that is known has it.',
  ifIndex: 'an interface index of this node that the ifstate dump does not list.',
  ipSet: 'an IP set that is empty or not known: an empty set is not in the map.',
};

function identitiesOf(kind: IdentityKind, { text, line }: Token, names: Names): readonly Identity[] {
  switch (kind) {
    case 'address':
      return names.address(text, addressPort(line));
    case 'hexAddress':
      return names.address(fromHex(text));
    case 'endpoint':
      return endpointIdentities(text, line['protocol'], names);
    case 'cidr':
      return names.cidr(text);
    case 'serviceId':
      return names.serviceId(Number(text));
    case 'ifIndex':
      return names.interfaceIndex(Number(text));
    case 'interface':
      return names.interfaceName(text);
    case 'ipSet':
      return names.ipSet(text);
  }
}

/** An IPv4 address of eight hexadecimal digits or fewer, the most significant byte first: `a410002`. */
function fromHex(text: string): string {
  const value = Number.parseInt(text.replace(/^0x/, ''), 16);
  return formatIp(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
}

/** The port that stands beside an address in its line. */
function addressPort(line: Token['line']): { readonly port: number; readonly protocol: number } | undefined {
  const protocol = parseProtocol(line['protocol'] ?? '');
  return line['port'] === undefined || protocol === undefined
    ? undefined
    : { port: Number(line['port']), protocol };
}

function endpointIdentities(
  text: string,
  protocolText: string | undefined,
  names: Names,
): readonly Identity[] {
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined) return [];
  const { address, port } = endpoint;
  const protocol = parseProtocol(protocolText ?? '');
  if (protocol !== undefined) return names.address(address, { port, protocol });
  // The line does not tell the protocol: the one that says more of the port is meant, TCP if neither does.
  const [tcp, udp] = [6, 17].map((each) => names.address(address, { port, protocol: each }));
  const size = (identities: readonly Identity[] = []) =>
    identities.reduce((total, { details }) => total + 1 + details.length, 0);
  return (size(udp) > size(tcp) ? udp : tcp) ?? [];
}

const kindWords: { readonly [kind in Identity['kind']]: string } = {
  pod: 'pod',
  service: 'service',
  node: 'node',
  interface: 'interface',
  'ip-set': 'IP set',
  pool: '',
  'node-block': '',
  'well-known': '',
};

function describeIdentity(raw: string, { kind, label, details, source }: Identity): string {
  const word = kindWords[kind] === '' ? '' : `${kindWords[kind]} `;
  const lines = [
    `**${escape(raw)}** — ${word}**${escape(label)}**`,
    ...details.map((detail) => `- ${escape(detail)}`),
    '',
    `*${escape(source)}*`,
  ];
  return lines.join('\n');
}

/** Makes Markdown show a text as it is. */
export function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~&]/g, '\\$&');
}
