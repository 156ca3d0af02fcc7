import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findExplanation } from '../../../src/core/trace/evidence.ts';
import { explainPacket } from '../../../src/core/trace/explain.ts';
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

/** What the lines before a denial say, and what of the sample explains it: the first line of each dump. */
const denials = {
  'Workload RPF fail: missing route.': ['ifstate.dump', 'routes.dump'],
  'Packet is from an unauthorised source: DROP': ['nat.dump'],
  'NAT: no backend': ['nat.dump'],
  'NAT: backend miss': ['nat.dump'],
  'Packet hit a black hole route: DROP': ['routes.dump', 'nat.dump'],
  'CT mid-flow miss away from host with no Linux conntrack entry, drop.': ['conntrack.dump'],
  'CT: result: INVALID.': ['conntrack.dump'],
  'Creating normal conntrack failed': ['conntrack.dump'],
  'Source collision unresolved 10.0.0.1:80': ['conntrack.dump'],
  'Workload to host traffic blocked by DefaultEndpointToHostAction: DROP': ['routes.dump'],
  'VXLAN with our VNI from unexpected source.': ['routes.dump'],
  'No route for 10.0.0.1 at tunnel device': ['routes.dump'],
  'WEP with no policy, deny.': ['ifstate.dump', 'policy.dump.cali192e293c0b8.all'],
  'Denied by policy: DROP': ['policy.dump.cali192e293c0b8.all'],
  'IPv6 to/from workload: drop': ['ifstate.dump'],
  'Too short': [],
  'Drop malformed IP packets': [],
} as const;

test('each reason is explained by the dumps that tell of it, and by no policy that has not decided', () => {
  for (const [cause, probes] of Object.entries(denials)) {
    const [packet] = packetsOf(
      traceOf(
        'cali192e293c0b8-E: ',
        `New packet at ifindex=10; mark=0
         IP s=10.244.218.67 d=10.96.44.5
         TCP; ports: s=5 d=80
         ${cause}
         Final result=DENY (0). Program execution time: 12ns`,
      ),
    );
    const found = packet === undefined ? undefined : explainPacket(packet).map(({ probe }) => probe);
    assert.deepEqual(found, probes, cause);
  }
});

test('an interface that is not ready is the one that the packet was for', async () => {
  const [packet] = packetsOf(
    traceOf(
      'eth0------------I: ',
      `New packet at ifindex=2; mark=0
       IP s=10.244.174.131 d=10.244.218.67
       FIB not approved - connection to unready ep cali192e293c0b8 (ifindex 10) not confirmed.
       Final result=DENY (28). Program execution time: 12ns`,
    ),
  );
  assert.match((await explained(packet, 'node-b')) ?? '', /^ifstate\.dump: 10 : .*name: cali192e293c0b8\}$/);
});

test('a connection is found by its whole ends and its protocol, in the pretty form and in the raw one', () => {
  const explanation = (protocol: number) =>
    ({
      kind: 'conntrack',
      ends: [
        { address: '10.0.0.1', port: 80 },
        { address: '10.0.0.2', port: 5 },
      ],
      protocol,
      probe: 'conntrack.dump',
    }) as const;
  const pretty = [
    'TCP 10.0.0.1:8080 -> 10.0.0.2:5  Active ago 1s',
    'TCP 110.0.0.1:80 -> 10.0.0.2:5  Active ago 1s',
    'UDP 10.0.0.2:5 -> 10.0.0.1:80  Active ago 1s',
    'TCP 10.0.0.2:5 -> 10.96.0.1:80 -> 10.0.0.1:80  Active ago 1s ESTABLISHED',
  ].join('\n');
  const raw = [
    'ConntrackKey{proto=6 10.0.0.1:80 <-> 10.0.0.2:55} -> Entry{Type:0}',
    'ConntrackKey{proto=17 10.0.0.1:80 <-> 10.0.0.2:5} -> Entry{Type:0}',
    'ConntrackKey{proto=6 10.0.0.1:80 <-> 10.0.0.2:5} -> Entry{Type:0}',
  ].join('\n');
  const lineOf = (text: string, protocol: number) => {
    const span = findExplanation(explanation(protocol), text)?.span;
    return span && text.slice(0, span.start).split('\n').length;
  };
  assert.deepEqual([lineOf(pretty, 6), lineOf(pretty, 17), lineOf(pretty, 1)], [4, 3, undefined]);
  assert.deepEqual([lineOf(raw, 6), lineOf(raw, 17), lineOf(raw, 1)], [3, 2, undefined]);
});

test('a NodePort of another node is the one that NAT has for all of them', () => {
  const [packet] = packetsOf(
    traceOf(
      'cali192e293c0b8-E: ',
      `New packet at ifindex=10; mark=0
       IP s=10.244.218.67 d=172.18.0.4
       TCP; ports: s=5 d=30080
       NAT: 1st level lookup addr=172.18.0.4 port=30080 tcp
       NAT: Miss.
       NAT: nodeport hit
       NAT: 1st level hit; id=3
       NAT: no backend
       Final result=DENY (0). Program execution time: 12ns`,
    ),
  );
  const [explanation] = packet === undefined ? [] : explainPacket(packet);
  assert.deepEqual(explanation?.kind === 'frontend' && explanation.end, {
    address: '255.255.255.255',
    port: 30_080,
  });
});

test('a packet of IPv6 is explained by the dumps of IPv6', () => {
  const [denied, refused] = packetsOf(
    traceOf(
      'IPv6 cali192e293c0b8-I: ',
      `New packet at ifindex=10; mark=0
       IP s=[fd00:0000:0000:0000:0000:0000:0000:0001] d=[fd00:0000:0000:0000:0000:0000:0000:0002]
       DENY due to policy
       New packet at ifindex=10; mark=0
       IP s=[fd00:0000:0000:0000:0000:0000:0000:0001] d=[fd00:0096:0000:0000:0000:0000:0000:0051]
       TCP; ports: s=5 d=80
       NAT: no backend
       Final result=DENY (0). Program execution time: 12ns`,
    ),
  );
  const probesOf = (packet: Packet | undefined) => packet && explainPacket(packet).map(({ probe }) => probe);
  assert.deepEqual(probesOf(denied), ['policy.dump.cali192e293c0b8.all.v6']);
  assert.deepEqual(probesOf(refused), ['nat.dump.v6']);
  const [explanation] = refused === undefined ? [] : explainPacket(refused);
  const dump =
    'fd00:96::50 port 80 proto 6 id 1 count 2 local 1\nfd00:96::51 port 80 proto 6 id 0 count 0 local 0';
  assert.equal(explanation && findExplanation(explanation, dump)?.span.start, 49);
});

test('nothing is claimed where the dump does not have it, or the name of the interface is cut off', () => {
  const explanation = { kind: 'route', address: '10.0.0.1', probe: 'routes.dump' } as const;
  assert.equal(findExplanation(explanation, ''), undefined);
  const [packet] = packetsOf(traceOf('cali192e-I: ', 'New packet at ifindex=10; mark=0\nDENY due to policy'));
  assert.deepEqual(packet && explainPacket(packet), []);
});
