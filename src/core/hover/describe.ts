import { tcpStates } from '../dump/conntrack.ts';
import { routeFlags } from '../dump/routes.ts';
import type { Identity, Names } from '../names/names.ts';
import { parseEndpoint } from '../net/endpoint.ts';
import { parseProtocol, protocolName } from '../net/protocol.ts';
import {
  conntrackFlagMeanings,
  findCounterMeaning,
  hookMeanings,
  interfaceFlagMeanings,
  natFlagMeanings,
  routeMeanings,
  tcpStateMeanings,
} from './meanings.ts';
import type { Token } from './tokens.ts';

/** Who or what a token is, as Markdown paragraphs; none when nothing is known. */
export function describeToken(token: Token, names: Names): readonly string[] {
  const identities = identitiesOf(token, names);
  if (identities !== undefined) {
    if (identities.length > 0) return identities.map((identity) => describeIdentity(token.text, identity));
    return unknownWords[token.kind] === undefined
      ? []
      : [`**${escape(token.text)}** — ${unknownWords[token.kind] ?? ''}`];
  }
  const meaning = meaningOf(token);
  return meaning === undefined ? [] : [`**${escape(token.text)}** — ${meaning}`];
}

const unknownWords: { readonly [kind in Token['kind']]?: string } = {
  address: 'nobody that is known here has this address.',
  endpoint: 'nobody that is known here has this address.',
  serviceId: 'a service port, by this node’s own number; no service that is known has it.',
  ifIndex: 'an interface index of this node that the ifstate dump does not list.',
  ipSet: 'an IP set that is empty or not known: an empty set is not in the map.',
};

/** Who a token stands for; `undefined` for tokens that stand for a meaning. */
function identitiesOf({ kind, text, line }: Token, names: Names): readonly Identity[] | undefined {
  switch (kind) {
    case 'address':
      return names.address(text, addressPort(line));
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
    case 'protocol':
    case 'routeFlag':
    case 'natFlag':
    case 'natCount':
    case 'missing':
    case 'conntrackFlag':
    case 'tcpState':
    case 'interfaceFlag':
    case 'counter':
    case 'hook':
      return undefined;
  }
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
  // The line does not tell the protocol: TCP is the likelier one, UDP is asked when it says nothing more.
  const tcp = names.address(address, { port, protocol: 6 });
  return tcp.length > 0 ? tcp : names.address(address, { port, protocol: 17 });
}

function meaningOf({ kind, text }: Token): string | undefined {
  switch (kind) {
    case 'routeFlag':
      return meaningIn(routeMeanings, routeFlags, text);
    case 'natFlag':
      return natFlagMeanings[text];
    case 'natCount':
      return countMeaning(text);
    case 'missing':
      return 'The frontend announces this backend, but the backend map has none: packets that choose it are dropped.';
    case 'conntrackFlag':
      return conntrackFlagMeanings[text];
    case 'tcpState':
      return meaningIn(tcpStateMeanings, tcpStates, text);
    case 'interfaceFlag':
      return interfaceFlagMeanings[text];
    case 'counter':
      return findCounterMeaning(text);
    case 'hook':
      return hookMeanings[text];
    case 'protocol':
      return protocolMeaning(text);
    case 'address':
    case 'cidr':
    case 'endpoint':
    case 'serviceId':
    case 'ifIndex':
    case 'interface':
    case 'ipSet':
      return undefined;
  }
}

function meaningIn<K extends string>(
  table: { readonly [key in K]: string },
  keys: readonly K[],
  text: string,
) {
  const key = keys.find((each) => each === text);
  return key === undefined ? undefined : table[key];
}

function countMeaning(text: string): string {
  if (text === '-1' || text === '4294967295') {
    return 'Packets from clients outside of loadBalancerSourceRanges end here: they are dropped.';
  }
  return text === '0' ? 'No backend can be used: connections are refused.' : `${text} backends can be used.`;
}

function protocolMeaning(text: string): string | undefined {
  return /^\d+$/.test(text) ? `The IP protocol ${protocolName(Number(text))}.` : undefined;
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
