import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy, type PolicyProgram } from '../../../src/core/dump/policy.ts';
import type { PolicyRule } from '../../../src/core/dump/policyRule.ts';
import { recordedOutputs } from '../../support/recordings.ts';
import { checkProblems } from './checkProblems.ts';

function programs(text: string): readonly PolicyProgram[] {
  const { entries, problems } = parsePolicy(text);
  assert.deepEqual(problems, []);
  return entries;
}

/** The rule of a program that has no more than one. */
function onlyRule(lines: string): PolicyRule {
  const [program] = programs(`IfaceName: eth0\nHook: tc ingress\n${lines}`);
  const [rule] = program?.rules ?? [];
  assert.ok(rule !== undefined);
  return rule;
}

const v332 = `IfaceName: calic048fd9a750
Hook: tc egress
  Tier: default
    Policy: NetworkPolicy shop/default.web 0
      Rule: shop/default.web  Action: allow
      IP sets: src={10.65.0.2/32, 10.65.1.9/32}, !src=0x9b dst={10.65.7.0/24}
      Hit count: 4
      Rule: shop/default.web  Action: deny
      Hit count: 0
    End Policy: NetworkPolicy shop/default.web 0
  End Tier: default  (action: pass)
      Rule: kns.shop  Action: allow
      Hit count: 18446744073709551615
IfaceName: calic048fd9a750
Hook: tc ingress
      Rule: kns.shop  Action: allow
`;

test('v3.32: a program holds tiers, policies and rules; the rules of profiles stand after them', () => {
  const [first, second, ...rest] = programs(v332);
  assert.deepEqual(rest, []);
  assert.deepEqual(
    [first?.interface, first?.hook, second?.hook],
    ['calic048fd9a750', 'tc egress', 'tc ingress'],
  );
  assert.deepEqual(
    first?.tiers.map(({ name, endAction, policies }) => [name, endAction, policies.map((each) => each.name)]),
    [['default', 'pass', ['NetworkPolicy shop/default.web 0']]],
  );
  const rules = first?.tiers[0]?.policies[0]?.rules;
  assert.deepEqual(
    rules?.map(({ owner, action, hits }) => [owner, action, hits]),
    [
      ['shop/default.web', 'allow', 4n],
      ['shop/default.web', 'deny', 0n],
    ],
  );
  assert.deepEqual(
    first?.rules.map(({ owner, hits }) => [owner, hits]),
    [['kns.shop', 18_446_744_073_709_551_615n]],
  );
  assert.equal(second?.rules.length, 1);
});

test('v3.32: a rule shows the members of its IP sets, or the number of an empty one', () => {
  const [rule] = programs(v332)[0]?.tiers[0]?.policies[0]?.rules ?? [];
  assert.deepEqual(
    rule?.ipSets.map(({ side, negated, number, members }) => [side, negated, number, members]),
    [
      ['src', false, undefined, ['10.65.0.2/32', '10.65.1.9/32']],
      ['src', true, '0x9b', undefined],
      ['dst', false, undefined, ['10.65.7.0/24']],
    ],
  );
});

test('rules, policies and tiers know where they stand', () => {
  const [tier] = programs(v332)[0]?.tiers ?? [];
  const [policy] = tier?.policies ?? [];
  const textOf = (span: { start: number; end: number } | undefined) => v332.slice(span?.start, span?.end);
  assert.match(textOf(policy?.rules[0]?.span), /^ +Rule: [^]*Hit count: 4$/);
  assert.match(textOf(policy?.span), /^ +Policy: [^]*End Policy: NetworkPolicy shop\/default\.web 0$/);
  assert.match(textOf(tier?.span), /^ +Tier: default\n[^]*\(action: pass\)$/);
  assert.deepEqual(
    parsePolicy(v332).spans.map((span) => v332.slice(span.start, span.start + 9)),
    ['IfaceName', 'IfaceName'],
  );
});

test('v3.33: a rule says what it matches', () => {
  const { matches } = onlyRule(
    '      Rule: x  Action: deny\n      Match: proto=tcp !src={10.65.0.0/16,0x27e6} dports={8055,100-105,named(2)} icmp=8/0\n',
  );
  assert.deepEqual(matches, [
    { field: 'proto', negated: false, values: ['tcp'] },
    { field: 'src', negated: true, values: ['10.65.0.0/16', '0x27e6'] },
    { field: 'dports', negated: false, values: ['8055', '100-105', 'named(2)'] },
    { field: 'icmp', negated: false, values: ['8/0'] },
  ]);
});

test('v3.30: the fields of Felix’s rule become matches, and its IP sets get their numbers', () => {
  const rule = onlyRule(
    `Error: \nPolicy Info:
// Start of rule action:"allow"  protocol:{name:"tcp"}  dst_ports:{first:80  last:90}  dst_ports:{first:443 last:443} not_src_net:"10.0.0.0/8" src_ip_set_ids:"s:5y5I3VdR" original_src_selector:"app == 'cart' && has(\\"x\\")" rule_id:"aBcD"
// IPSets src_ip_set_ids:<0x9bb9786e55d550fe> 
// count = 17
// End of rule aBcD
`,
  );
  assert.deepEqual([rule.action, rule.id, rule.hits, rule.owner], ['allow', 'aBcD', 17n, undefined]);
  assert.deepEqual(
    rule.matches.map(({ field, negated, values }) => `${negated ? '!' : ''}${field}=${values.join(',')}`),
    [
      'proto=tcp',
      'dports=80-90,443',
      '!src=10.0.0.0/8',
      'original_src_selector=app == \'cart\' && has(\\"x\\")',
    ],
  );
  assert.deepEqual(rule.ipSets, [
    { side: 'src', negated: false, id: 's:5y5I3VdR', number: '0x9bb9786e55d550fe', members: undefined },
  ]);
});

test('v3.28: fields in angle brackets are read like those in braces', () => {
  const { matches } = onlyRule(
    '// Start of rule action:"allow" protocol:<number:6 > icmp_type_code:<type:8 code:4 > rule_id:"aBcD" \n',
  );
  assert.deepEqual(
    matches.map(({ field, values }) => [field, ...values]),
    [
      ['proto', '6'],
      ['icmp', '8/4'],
    ],
  );
});

test('v3.28: policies without tiers stand in one that has no name', () => {
  const [program] = programs(
    `IfaceName: eth0
Hook: tc ingress
Error: failed to load
Policy Info:
// Start of policy default.a
// Start of rule action:"deny" rule_id:"a" 
// count = 1
// Start of policy default.b
// Start of rule action:"allow" rule_id:"b" 
// count = 2
`,
  );
  assert.equal(program?.error, 'failed to load');
  assert.deepEqual(
    program?.tiers.map(({ name, policies }) => [
      name,
      policies.map((each) => [each.name, each.rules[0]?.hits]),
    ]),
    [
      [
        undefined,
        [
          ['default.a', 1n],
          ['default.b', 2n],
        ],
      ],
    ],
  );
});

test('instructions, labels and comments on them are counted or passed over, in all layouts', () => {
  const [old] = programs(
    `IfaceName: eth0
Hook: tc ingress
Error: 
Policy Info:
start:
      bf16000000000000 Mov64 dst=R6 src=R1 off=0 imm=0x00000000/0                                      
// ##### Start of program 1 #####
// If protocol != tcp, skip to next rule
rule_0_no_match:
      1500110000000000 JumpEqImm64 dst=R0 src=R0 off=17 imm=0x00000000/0                               goto exit
`,
  );
  assert.equal(old?.instructions, 2);
  const [recent] = programs(
    `IfaceName: eth0
Hook: tc ingress
start:
bf16000000000000 Mov64 dst=R6 src=R1 off=0 imm=0x00000000/0                                      
##### Start of program 1 #####
      Rule: kns.shop  Action: allow
      allowed_by_host_policy:
      // If dest not in {10.0.0.0/8}, skip to next rule
      71916c0000000000 LoadReg8 dst=R1 src=R9 off=108 imm=0x00000000/0                                 goto allow
`,
  );
  assert.deepEqual([recent?.instructions, recent?.rules.length], [2, 1]);
});

test('a line that is unknown is reported where it stands', () => {
  checkProblems(
    parsePolicy,
    `
IfaceName: eth0
Hook: tc ingress
      Rule: kns.shop  Action: allow
      Hit count: many
      ^^^^^^^^^^^^^^^ this line is unknown in a policy dump, or not of its form
      Hit score: 3
      ^^^^^^^^^^^^ this line is unknown in a policy dump, or not of its form
      Match: proto=tcp dports={80
      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ this line is unknown in a policy dump, or not of its form`,
  );
  checkProblems(
    parsePolicy,
    `
Hook: tc ingress
^^^^^^^^^^^^^^^^ expected “IfaceName: …” first
IfaceName: eth0
Hit count: 3
^^^^^^^^^^^^ expected a rule above`,
  );
});

test('with and without instructions, the same policies and rules are read', async () => {
  let compared = 0;
  for (const recording of ['v3.30.7-healthy', 'v3.32.1-healthy', 'master-healthy']) {
    const outputs = (await recordedOutputs(recording)).filter(({ stream }) => stream === 'out');
    for (const { node, probe, text } of outputs) {
      if (!/^policy\.dump\..*\.all\.asm$/.test(probe)) continue;
      const plain = outputs.find((other) => other.node === node && `${other.probe}.asm` === probe);
      assert.ok(plain !== undefined);
      compared++;
      assert.deepEqual(outlineOf(text), outlineOf(plain.text), `${recording} ${node} ${probe}`);
    }
  }
  assert.ok(compared > 10, `${compared} were compared`);
});

/** Everything but places, counts, and what only the plain form says (`Match:`). */
function outlineOf(text: string): unknown {
  return programs(text).map(({ hook, tiers, rules }) => [
    hook,
    tiers.map(({ name, endAction, policies }) => [
      name,
      endAction,
      policies.map((policy) => [policy.name, policy.rules.map(ruleOutline)]),
    ]),
    rules.map(ruleOutline),
  ]);
}

function ruleOutline({ owner, action, id }: PolicyRule): unknown {
  return [owner, action, id];
}
