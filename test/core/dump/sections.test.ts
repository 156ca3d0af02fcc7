import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sectionsOf, type Section } from '../../../src/core/dump/sections.ts';

/** The outline as indented text. */
function outline(sections: readonly Section[], depth = 0): string {
  return sections
    .map(({ kind, name, detail, children }) => {
      const own = `${'  '.repeat(depth)}${kind} ${name}${detail === '' ? '' : ` (${detail})`}\n`;
      return own + outline(children, depth + 1);
    })
    .join('');
}

test('a NAT dump has its frontends for sections', () => {
  const text =
    '10.96.0.10 port 53 proto 17 id 4 count 1 local 1\n\t4:0\t 10.65.0.9:53\n203.0.113.7 port 443 proto 6 id 12 count -1 local 0\n';
  assert.equal(
    outline(sectionsOf('calico-bpf-nat', text)),
    'frontend 10.96.0.10 53/UDP (id 4, 1 backend)\nfrontend 203.0.113.7 443/TCP (id 12, refuses other sources)\n',
  );
});

test('a policy dump of v3.32 nests hooks, tiers, policies and rules', () => {
  const text = `IfaceName: calic048fd9a750
Hook: tc egress
  Tier: default
    Policy: NetworkPolicy shop/allow-web 0
      Rule: shop/allow-web  Action: allow
      IP sets: src={10.65.0.2/32}
      Hit count: 4
    End Policy: NetworkPolicy shop/allow-web 0
  End Tier: default  (action: deny)
      Rule: kns.shop  Action: allow
      Hit count: 0
`;
  const sections = sectionsOf('calico-bpf-policy', text);
  assert.equal(
    outline(sections),
    `hook tc egress
  tier default (then deny)
    policy NetworkPolicy shop/allow-web 0
      rule allow shop/allow-web (4 hits)
  rule allow kns.shop (0 hits)
`,
  );
  const tier = sections[0]?.children[0];
  assert.ok(text.slice(tier?.span.start, tier?.span.end).endsWith('End Tier: default  (action: deny)'));
});

test('a policy dump of v3.30 nests its comments', () => {
  const text = `IfaceName: eth0
Hook: tc ingress
Error: 
Policy Info:
// Start of tier default
// Start of policy default.host-allow
// Start of rule action:"allow" protocol:{number:6} rule_id:"aBcD"
// count = 17
// End of rule aBcD
// End of policy default.host-allow
// End of tier default: deny
`;
  assert.equal(
    outline(sectionsOf('calico-bpf-policy', text)),
    `hook tc ingress
  tier default (then deny)
    policy default.host-allow
      rule allow aBcD (17 hits)
`,
  );
});

test('IP sets and counter tables are sections, with what they hold', () => {
  assert.equal(
    outline(sectionsOf('calico-bpf-ipsets', 'IP set 0x1\n   10.0.0.1/32\n   10.0.0.2/32\n\n')),
    'ip-set 0x1 (2 members)\n',
  );
  assert.equal(
    outline(
      sectionsOf('calico-bpf-counters', '| Dropped | by policy | 7 | 1 | N/A |\ndumped eth0 counters.\n'),
    ),
    'interface eth0 (8 dropped)\n',
  );
});
