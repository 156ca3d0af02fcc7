import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { openSample, samplePath } from '../support/sample.ts';

const { explainPacket } = await import('../../src/core/trace/explain.ts');
const { packetsOf } = await import('../core/trace/recordedTraces.ts');
const { Connection } = await import('../../src/host/connection.ts');
const { createLog } = await import('../../src/host/log.ts');
const { GrowingFiles } = await import('../../src/host/growingFiles.ts');
const { openSnapshot } = await import('../../src/cluster/snapshot/snapshotCluster.ts');
const { createSession } = await import('../../src/session/create.ts');
const { registerOpenTrace } = await import('../../src/commands/openTrace.ts');
const { dumpUri, parseDumpUri } = await import('../../src/documents/uri.ts');

const sample = await openSample();
const connection = new Connection({
  openSession: async (source) =>
    source.kind === 'snapshot'
      ? createSession(await openSnapshot(source.path, {}, new AbortController().signal), {
          info() {},
          warn() {},
        })
      : sample,
  findSource: async () => undefined,
});
await connection.open({ kind: 'sample' }, new AbortController().signal);
const growing = new GrowingFiles();
registerOpenTrace({ connection, log: createLog(), growing });
const run = (id: string, ...args: unknown[]) => editor.commands.get(id)?.(...args);

const opened = () =>
  editor.shown.map((uri) => {
    const target = parseDumpUri(uri as never);
    return `${target?.node} ${target?.probe}`;
  });

beforeEach(() => {
  Object.assign(editor, {
    picks: [],
    asked: [],
    shown: [],
    errors: [],
    ran: [],
    openedWith: [],
    messages: [],
  });
});

test('opens the trace that the tree hands over', async () => {
  await run('calicoBpf.trace.open', { node: 'node-a', name: 'loadgen-to-payments' });
  assert.deepEqual(opened(), ['node-a trace.loadgen-to-payments']);
});

test('asks which of the captured traces is meant', async () => {
  editor.picks = ['loadgen-to-payments'];
  await run('calicoBpf.trace.open');
  assert.deepEqual(opened(), ['node-a trace.loadgen-to-payments']);
});

test('opens the policy of an interface on whichever node has it, at what denied the packet', async () => {
  const { text } = await sample.text(
    { node: 'node-a', probe: 'trace.loadgen-to-payments' },
    new AbortController().signal,
  );
  const denied = packetsOf(text).find(({ verdict }) => verdict.kind === 'denied');
  const [explanation] = denied === undefined ? [] : explainPacket(denied);
  await run('calicoBpf.trace.explain', { node: 'node-a', explanation });
  assert.deepEqual(opened(), ['node-b policy.dump.cali192e293c0b8.all']);
  assert.match(JSON.stringify(editor.decorations), /no rule of tier default takes the packet/);
  assert.deepEqual(editor.errors, []);
});

test('says where a dump does not have what it was opened for', async () => {
  const explanation = { kind: 'route', address: '2001:db8::1', probe: 'routes.dump' };
  await run('calicoBpf.trace.explain', { node: 'node-a', explanation });
  assert.match(editor.messages.join(), /routes\.dump of node-a does not have it/);
});

test('shows the packets of a captured trace as a table', async () => {
  await run('calicoBpf.trace.showPackets', { node: 'node-a', name: 'loadgen-to-payments' });
  assert.deepEqual(
    editor.openedWith.map(([id, uri]) => [id, parseDumpUri(uri as never)?.probe]),
    [['calicoBpf.table', 'trace.loadgen-to-payments']],
  );
});

test('shows the packets of the trace that runs, where no other is shown', async () => {
  growing.begin('/traces/shop-node-a.log');
  await run('calicoBpf.trace.showPackets');
  growing.end('/traces/shop-node-a.log');
  assert.deepEqual(
    editor.openedWith.map(([, uri]) => uri.path),
    ['/traces/shop-node-a.log'],
  );
});

/** The sample, in which other nodes captured traces, too. */
async function openWithTraces(traces: readonly (readonly [string, string])[]) {
  const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-traces-'));
  await cp(samplePath, folder, { recursive: true });
  for (const [node, name] of traces) {
    await mkdir(join(folder, 'nodes', node, 'traces'), { recursive: true });
    await writeFile(join(folder, 'nodes', node, 'traces', `${name}.log`), `${name} of ${node}\n`);
  }
  await connection.open({ kind: 'snapshot', path: folder }, new AbortController().signal);
  return folder;
}

const openedTables = () =>
  editor.openedWith.map(([, uri]) => {
    const target = parseDumpUri(uri as never);
    return `${target?.node} ${target?.probe}`;
  });

test('what several nodes captured under one name is one table of packets', async (t) => {
  const folder = await openWithTraces([
    ['node-b', 'loadgen-to-payments'],
    ['node-c', 'other'],
  ]);
  t.after(() => rm(folder, { recursive: true }));
  await run('calicoBpf.trace.showPackets', { node: 'node-a', name: 'loadgen-to-payments' });
  await run('calicoBpf.trace.showPackets', { node: 'node-c', name: 'other' });
  editor.picks = ['All Traces', 'loadgen-to-payments'];
  await run('calicoBpf.trace.showPackets');
  await run('calicoBpf.trace.showPackets');
  const shown = { node: 'node-b', probe: 'trace.loadgen-to-payments' };
  const uri = dumpUri('shop', shown, connection.session?.cluster.info.takenAt);
  editor.active = { document: { uri, languageId: 'calico-bpf-trace', isUntitled: false } };
  t.after(() => (editor.active = undefined));
  await run('calicoBpf.trace.showPackets');
  assert.deepEqual(openedTables(), [
    '* trace.loadgen-to-payments',
    'node-c trace.other',
    '* trace.*',
    '* trace.loadgen-to-payments',
    '* trace.loadgen-to-payments',
  ]);
  const { text } =
    (await connection.session?.text({ node: '*', probe: 'trace.*' }, new AbortController().signal)) ?? {};
  assert.match(text ?? '', /^-- node node-b\nloadgen-to-payments of node-b$/m);
  assert.match(text ?? '', /^-- node node-c\nother of node-c$/m);
  assert.match(text ?? '', /^-- node node-a(?:, clock \+0\.000000 s)?$/m);
});

test('any file opens as a trace: as text, or as a table where the editor would not show it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'calico-ebpf-traces-'));
  t.after(() => rm(folder, { recursive: true }));
  const line =
    '   a-1 [000] ..s2. 1.000001: bpf_trace_printk: eth0------------I: New packet at ifindex=2; mark=0';
  const files = {
    'windows.log': `${line}\r\n${line}\r\n`,
    'empty.log': '',
    'other.txt': 'No line of a trace.\n',
    'zeros.log': `\0\0\0${line}\n`,
    'long.log': `${line}\n`.repeat(250_000),
    'packed.log.gz': 'packed',
  };
  const ways: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    Object.assign(editor, { shown: [], openedWith: [], dialogs: [join(folder, name)] });
    await writeFile(join(folder, name), content);
    await run('calicoBpf.trace.openFile');
    const languages = editor.shown.map((shown) => (shown as unknown as { languageId: string }).languageId);
    ways.push([name, ...languages, ...editor.openedWith.map(([view]) => view)].join(' '));
  }
  assert.deepEqual(ways, [
    'windows.log calico-bpf-trace',
    'empty.log calico-bpf-trace',
    'other.txt calico-bpf-trace',
    'zeros.log calicoBpf.table',
    'long.log calicoBpf.table',
    'packed.log.gz calicoBpf.table',
  ]);
  assert.deepEqual(editor.errors, []);
});
