import '../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterError } from '../../src/cluster/cluster.ts';
import type { ProbeText, Session } from '../../src/session/session.ts';
import { printed } from '../../src/core/text/printed.ts';
import { openSample } from '../support/sample.ts';

const { Connection } = await import('../../src/host/connection.ts');
const { readContent } = await import('../../src/documents/content.ts');

const sample = await openSample();
const { name: cluster, takenAt } = sample.cluster.info;
const time = takenAt?.toISOString() ?? '';
const { signal } = new AbortController();

/** What a document shows when the open cluster is `session`. */
async function contentOf(probe: string, session: Session, changed: { readonly time?: string } = {}) {
  const connection = new Connection({ openSession: async () => session, findSource: async () => undefined });
  await connection.open({ kind: 'sample' }, signal);
  return readContent({ cluster, node: 'node-a', probe, time, ...changed }, connection, signal);
}

function answering(answer: Partial<ProbeText>): Session {
  const whole = { text: '', argv: [], stderr: '', truncated: false, ...answer };
  return Object.assign(Object.create(sample) as Session, {
    cluster: sample.cluster,
    text: async () => whole,
    output: async () => ({ ...whole, output: printed(new TextEncoder().encode(whole.text)) }),
  });
}

test('a dump is shown verbatim', async () => {
  const content = await contentOf('routes.dump', sample);
  assert.equal(content.kind, 'dump');
  assert.equal(content.text, (await sample.text({ node: 'node-a', probe: 'routes.dump' }, signal)).text);
});

test('after the window was opened again the last cluster is opened first', async () => {
  const connection = new Connection({
    openSession: async () => sample,
    findSource: async () => ({ kind: 'sample' }),
  });
  const target = { cluster, node: 'node-a', probe: 'routes.dump', time };
  assert.equal((await readContent(target, connection, signal)).kind, 'dump');
});

test('a dump of another cluster, or of another recording of it, says what to open', async () => {
  const content = await contentOf('routes.dump', sample, { time: '2020-01-01T00:00:00.000Z' });
  assert.equal(content.kind, 'remark');
  assert.match(content.text, /routes\.dump of node-a in the cluster shop, recorded at 2020-01-01/);
  assert.match(content.text, /open the right one in the view “Cluster”/);
});

test('a probe that failed says what was asked and what the tool said', async () => {
  const content = await contentOf('nat.dump.v6', sample);
  assert.equal(content.kind, 'remark');
  assert.match(content.text, /cali_v6_nat/);
  assert.match(content.text, /-bpf nat dump/);
});

test('an empty dump says that the map is empty, rather than nothing', async () => {
  const content = await contentOf(
    'arp.dump',
    answering({ text: '\n', argv: ['calico-node', '-bpf', 'arp', 'dump'] }),
  );
  assert.equal(content.kind, 'remark');
  assert.match(content.text, /no entries/);
  assert.match(content.text, /calico-node -bpf arp dump/);
});

test('an empty dump that cannot be one is not taken for an empty map', async () => {
  const content = await contentOf('ipsets.dump', answering({ text: '' }));
  assert.equal(content.kind, 'remark');
  assert.match(content.text, /always prints something: its output was lost/);
});

test('a dump above what VS Code opens says how big it is, and what reads it', async () => {
  const content = await contentOf('conntrack.dump', answering({ text: 'x'.repeat(50_000_001) }));
  assert.match(content.text, /50 MB/);
  assert.match(content.text, /calico-ebpf parse conntrack\.dump/);
});

test('a bug is not taken for an answer', async () => {
  const session = answering({});
  Object.assign(session, { text: () => Promise.reject(new TypeError('bug')) });
  await assert.rejects(contentOf('arp.dump', session), TypeError);
  Object.assign(session, { text: () => Promise.reject(new ClusterError('unreadable', 'Damaged.')) });
  assert.match((await contentOf('arp.dump', session)).text, /Damaged\./);
});
