import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { findCommand } from '../../../src/cluster/kubernetes/commands.ts';

const nodes = join(import.meta.dirname, '..', '..', '..', 'media', 'sample-snapshot', 'nodes');
/** What was recorded and is not asked so: two forms of one call, what changes something, what the image lacks. */
const notAsked =
  /^(?:profiling\.|counters\.dump\.nosuchif$|mounts$|bpffs$|ss$|sysctl$|uname$|bridge\.|policy\.dump\.eth0\.sideways)/;

test('a probe runs the command that was recorded for it', () => {
  for (const node of readdirSync(nodes)) {
    const recorded = JSON.parse(readFileSync(join(nodes, node, 'probes.json'), 'utf8')) as {
      readonly id: string;
      readonly argv: readonly string[];
    }[];
    const asked = recorded.filter(({ id }) => !notAsked.test(id));
    assert.ok(asked.length > 50);
    for (const { id, argv } of asked) {
      const command = findCommand(id);
      if (id === 'felix.log') assert.equal(command?.kind, 'log');
      else if (argv[0] === 'calico-node')
        assert.deepEqual(command, { kind: 'tool', args: argv.slice(2) }, id);
      else assert.deepEqual(command, { kind: 'program', argv }, id);
    }
  }
});

for (const [probe, args] of Object.entries({
  'conntrack.dump.raw.v6.json': 'conntrack dump -6 --raw --json',
  'nat.dump.grouped.v6': 'nat dump -6 --group-by-service',
  'nat.dump.fd00:96::50.80.tcp.v6': 'nat dump fd00:96::50 80 tcp -6',
  'policy.dump.vxlan.calico.all.asm.v6': 'policy dump vxlan.calico all -6 --asm',
  'counters.dump.bpfin.cali.json': 'counters dump --iface=bpfin.cali --json',
})) {
  test(`${probe} asks for “${args}”`, () => {
    assert.deepEqual(findCommand(probe), { kind: 'tool', args: args.split(' ') });
  });
}

for (const probe of [
  'conntrack.clean',
  'cleanup',
  'profiling.e2e',
  'nat.set.front',
  'routes.dump.raw',
  'counters.flush',
  'policy.dump.-6.all',
  'policy.dump.averyveryverylongname.all',
  'tc.filter.eth0 root.ingress',
  '',
]) {
  test(`“${probe}” is no probe`, () => {
    assert.equal(findCommand(probe), undefined);
  });
}

test('no probe id whatever changes anything', () => {
  const actions = 'dump clean remove set del flush add write cleanup';
  const others = 'nat routes conntrack policy counters profiling e2e all eth0 v6 json raw -rf --';
  const words = fc.constantFrom(...`${actions} ${others}`.split(' '));
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 6 }), (id) => {
      const command = findCommand(id.join('.'));
      if (command?.kind !== 'tool') return;
      assert.match(command.args[1] ?? command.args[0] ?? '', /^(?:dump|stats|aff|maglev|version)$/);
    }),
    { numRuns: 2000 },
  );
});
