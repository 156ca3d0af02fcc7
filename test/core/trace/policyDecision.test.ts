import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findExplanation } from '../../../src/core/trace/evidence.ts';
import type { Explanation } from '../../../src/core/trace/explain.ts';
import type { PolicyFlow } from '../../../src/core/trace/ruleMatch.ts';

interface Packet {
  readonly to: string;
  readonly port?: number;
  readonly protocol?: number;
  readonly icmp?: PolicyFlow['icmp'];
  readonly verdict?: 'allow' | 'deny';
}

/** The line that a packet from 10.65.0.2:40000 was decided at, and what is said of it. */
function decided(dump: string, { to, port, protocol = 6, icmp, verdict = 'deny' }: Packet, ipSets?: string) {
  const explanation: Explanation = {
    kind: 'policy',
    interface: 'cali1',
    hook: 'tc ingress',
    probe: 'policy.dump.cali1.all',
    setsProbe: 'ipsets.dump',
    verdict,
    flow: {
      family: 4,
      protocol,
      source: { address: '10.65.0.2', port: icmp === undefined ? 40_000 : undefined },
      destination: { address: to, port },
      icmp,
    },
  };
  const found = findExplanation(explanation, dump, ipSets);
  return found && `${dump.slice(found.span.start, found.span.end).trim()} ⟵ ${found.words}`;
}

const withMatches = `IfaceName: cali1
Hook: tc ingress
  Tier: security
    Policy: GlobalNetworkPolicy security.block 0
      Rule: security.block  Action: deny
      Match: proto=tcp dst={169.254.169.254/32} dports={80}
      Hit count: 0
      Rule: security.block  Action: pass
      Match: dst={10.0.0.0/8}
      Hit count: 9
      Rule: security.block  Action: deny
      Match: !proto=tcp
      Hit count: 2
    End Policy: GlobalNetworkPolicy security.block 0
  End Tier: security  (action: deny)
  Tier: default
    Policy: NetworkPolicy shop/default.out 0
      Rule: shop/default.out  Action: allow
      Match: proto=tcp dst={10.65.1.0/24} dports={8055,100-105}
      Hit count: 4
      Rule: shop/default.out  Action: deny
      Match: proto=icmp icmp=8/0
      Hit count: 1
    End Policy: NetworkPolicy shop/default.out 0
  End Tier: default  (action: deny)
      Rule: kns.shop  Action: allow
      Hit count: 0
`;

test('a rule that matches ports and addresses is found, not one that looks like it', () => {
  assert.equal(
    decided(withMatches, { to: '169.254.169.254', port: 80 }),
    'Rule: security.block  Action: deny ⟵ this rule of security.block denies the packet',
  );
  assert.equal(
    decided(withMatches, { to: '169.254.169.254', port: 443 }),
    'End Tier: security  (action: deny) ⟵ no rule of tier security takes the packet: its end denies it',
  );
});

test('a rule that passes leads to the next tier', () => {
  assert.equal(
    decided(withMatches, { to: '10.65.1.7', port: 106 }),
    'End Tier: default  (action: deny) ⟵ no rule of tier default takes the packet: its end denies it',
  );
  assert.equal(
    decided(withMatches, { to: '10.65.1.7', protocol: 1, icmp: { type: 8, code: 0 } }),
    'Rule: shop/default.out  Action: deny ⟵ this rule of shop/default.out denies the packet',
  );
});

test('the rule that allows a packet is found, too', () => {
  assert.equal(
    decided(withMatches, { to: '10.65.1.7', port: 104, verdict: 'allow' }),
    'Rule: shop/default.out  Action: allow ⟵ this rule of shop/default.out allows the packet',
  );
});

const inFelixWords = `IfaceName: cali1
Hook: tc ingress
Error: 
Policy Info:
// Start of tier default
// Start of policy default.block-threats
// Start of rule action:"deny"  protocol:{name:"tcp"}  dst_ip_set_ids:"s:qvKxGNdSpt4DbUMswvbD0TY46HvXS70GrYL2zQ"  original_dst_selector:"feed == 'threats'"  rule_id:"PcQSMPEvSdAqeAd3"
// IPSets dst_ip_set_ids:<0xb94cb31dd02e16e9> 
// count = 0
// End of rule PcQSMPEvSdAqeAd3
// Start of rule action:"allow"  dst_net:"10.0.0.0/8"  rule_id:"pVfryL9UGMR7J0cV"
// count = 12
// End of rule pVfryL9UGMR7J0cV
// End of policy default.block-threats
// End of tier default: deny
`;
const sets = 'IP set 0xb94cb31dd02e16e9\n   203.0.113.66/32\n';

test('IP sets that stand as numbers are looked up in their own dump', () => {
  const rule = /^\/\/ Start of rule action:"deny".* ⟵ this rule denies the packet$/;
  assert.match(decided(inFelixWords, { to: '203.0.113.66', port: 80 }, sets) ?? '', rule);
  const end = '// End of tier default: deny ⟵ no rule of tier default takes the packet: its end denies it';
  assert.equal(decided(inFelixWords, { to: '198.51.100.1', port: 80 }, sets), end);
});

test('without the IP sets what they would tell is left open', () => {
  assert.equal(
    decided(inFelixWords, { to: '198.51.100.1', port: 80, protocol: 17 }),
    '// End of tier default: deny ⟵ no rule of tier default takes the packet: its end denies it',
  );
  assert.match(decided(inFelixWords, { to: '203.0.113.66', port: 80 }) ?? '', /as far as the dump tells$/);
});

test('where no policy is, the profiles decide; where no program is, nothing is claimed', () => {
  const dump = 'IfaceName: cali1\nHook: tc ingress\n      Rule: kns.shop  Action: pass\n      Hit count: 1\n';
  assert.equal(
    decided(dump, { to: '10.65.1.7', port: 1 }),
    'Hook: tc ingress ⟵ no profile allows the packet',
  );
  assert.equal(decided('', { to: '10.65.1.7', port: 1 }), undefined);
});
