import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainPacket, findExplanation } from '../../../src/core/trace/explain.ts';
import type { Packet } from '../../../src/core/trace/packet.ts';
import { openSample } from '../../support/sample.ts';
import { packetsOf, readTrace, traceOf } from './recordedTraces.ts';

const sample = await openSample();
const { signal } = new AbortController();

/** The line that explains the packet best, in a dump of the sample. */
async function explained(packet: Packet | undefined, node: string): Promise<string | undefined> {
  const [explanation] = packet === undefined ? [] : explainPacket(packet);
  if (explanation === undefined) return undefined;
  const { text } = await sample.text({ node, probe: explanation.probe }, signal);
  const found = findExplanation(explanation, text);
  if (found === undefined) return undefined;
  const { span, words } = found;
  const line = `${explanation.probe}: ${text.slice(span.start, span.end).trim()}`;
  return words === undefined ? line : `${line} ⟵ ${words}`;
}

test('a denial by policy is explained by the end of the tier, where no rule of the hook denies', async () => {
  const { text } = await sample.text({ node: 'node-a', probe: 'trace.loadgen-to-payments' }, signal);
  const denied = packetsOf(text).find(({ verdict }) => verdict.kind === 'denied');
  assert.equal(
    await explained(denied, 'node-b'),
    'policy.dump.cali192e293c0b8.all: End Tier: default  (action: deny) ⟵ no rule of tier default takes the packet: its end denies it',
  );
});

test('where a rule denies, it is explained by that rule', async () => {
  const [packet] = packetsOf(
    traceOf('cali192e293c0b8-E: ', 'policy DENIED  proto 6 src 10.244.218.67:5 dest 203.0.113.66:80'),
  );
  assert.equal(
    await explained(packet, 'node-b'),
    'policy.dump.cali192e293c0b8.all: Rule: default.block-threats  Action: deny ⟵ this rule of default.block-threats denies the packet, as far as the dump tells',
  );
});

test('a service without a backend is explained by its frontend', async () => {
  const [packet] = packetsOf(readTrace('v3.32.1-d-no-backend-service-tc'));
  assert.match(
    (await explained(packet, 'node-a')) ?? '',
    /^nat\.dump: 10\.96\.44\.5 port 80 proto 6 id \d+ count 0 local 0/,
  );
});

test('a spoofed source is explained by its interface, and a missing route by the route that was taken', async () => {
  const denial = (cause: string) =>
    packetsOf(
      traceOf(
        'cali192e293c0b8-E: ',
        `New packet at ifindex=10; mark=0
         IP s=10.244.218.67 d=10.244.174.131
         ${cause}
         Final result=DENY (0). Program execution time: 12ns`,
      ),
    )[0];
  const spoofed = await explained(denial('Workload RPF fail: not a local workload.'), 'node-b');
  assert.match(spoofed ?? '', /^ifstate\.dump: 10 : .*name: cali192e293c0b8\}$/);
  const routeless = await explained(denial('No route for 10.244.174.131 at tunnel device'), 'node-b');
  assert.match(routeless ?? '', /^routes\.dump: 10\.244\.174\.128\/26: remote workload/);
});

test('nothing is claimed where the dump does not have it, or the name of the interface is cut off', () => {
  const explanation = { kind: 'route', address: '10.0.0.1', probe: 'routes.dump' } as const;
  assert.equal(findExplanation(explanation, ''), undefined);
  const [packet] = packetsOf(traceOf('cali192e-I: ', 'New packet at ifindex=10; mark=0\nDENY due to policy'));
  assert.deepEqual(packet && explainPacket(packet), []);
});
