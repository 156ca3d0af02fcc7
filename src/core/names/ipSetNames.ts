import type { IpSet, IpSetMember } from '../dump/ipsets.ts';
import { protocolName } from '../net/protocol.ts';
import type { AddressBook } from './addressBook.ts';
import { normalizeIpSetNumber } from './ipSetId.ts';
import type { IpSetUse } from './ipSetUses.ts';
import type { Identity } from './names.ts';

/** What the IP sets of a node are told by. */
export interface IpSetNaming {
  readonly ipSets: readonly IpSet[];
  /** The strings behind IP-set numbers, from Felix's log. */
  readonly ipSetNames: ReadonlyMap<string, string>;
}

/** What an IP-set number stands for: its members, its string, and the policies that match by it. */
export function createIpSetNames(
  book: AddressBook,
  { ipSets, ipSetNames }: IpSetNaming,
): (number: string) => readonly Identity[] {
  const byNumber = new Map(ipSets.map((set) => [normalizeIpSetNumber(set.number), set]));
  return (text) => {
    const number = normalizeIpSetNumber(text);
    const facts: IpSetFacts = {
      set: byNumber.get(number),
      id: ipSetNames.get(number),
      use: book.findIpSetUse(number),
    };
    if (facts.set === undefined && facts.id === undefined && facts.use === undefined) return [];
    // Sets are only said to be missing where the dump of the node is known.
    const size = facts.set === undefined && ipSets.length === 0 ? [] : [sizeOf(facts.set)];
    const members = facts.set?.members.slice(0, maxMembers).map((member) => describeMember(member, book));
    const policies = facts.use?.policies.map((policy) => `matched by policy ${policy}`);
    return [
      {
        kind: 'ip-set',
        label: facts.use?.members ?? facts.id ?? number,
        namespace: undefined,
        name: number,
        node: undefined,
        details: [...(policies ?? []), ...size, ...(members ?? [])],
        source: sourceOf(number, facts),
      },
    ];
  };
}

interface IpSetFacts {
  readonly set: IpSet | undefined;
  readonly id: string | undefined;
  readonly use: IpSetUse | undefined;
}

const maxMembers = 10;

function sizeOf(set: IpSet | undefined): string {
  if (set === undefined) return 'empty: an empty set is not in the map';
  const count = set.members.length;
  const more = count > maxMembers ? `, the first ${maxMembers} are` : '';
  return count === 1 ? '1 member' : `${count.toLocaleString('en')} members${more}`;
}

function describeMember(member: IpSetMember, book: AddressBook): string {
  if (member.kind === 'cidr') return withName(member.cidr, book.findCidr(member.cidr));
  const { endpoint, protocol } = member;
  const owners = book.find(endpoint.address, { port: endpoint.port, protocol });
  return withName(`${endpoint.address} port ${endpoint.port}/${protocolName(protocol)}`, owners);
}

function withName(raw: string, [owner]: readonly Identity[]): string {
  return owner === undefined ? raw : `${raw} ${owner.label}`;
}

function sourceOf(number: string, { id, use }: IpSetFacts): string {
  if (use !== undefined) return `Calico’s hash of the policy’s selector: ${use.id} has the number ${number}`;
  return id === undefined ? 'ipsets dump' : `Felix’s log: “IP set added”, ${id} has the number ${number}`;
}
