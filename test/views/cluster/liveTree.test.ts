import '../../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeatureAccess } from '../../../src/cluster/cluster.ts';
import { ClusterError } from '../../../src/cluster/cluster.ts';
import type { NodeFacts } from '../../../src/core/nodes/node.ts';
import { nodeFacts, noEvidence } from '../../../src/core/nodes/nodeFacts.ts';
import type { Session } from '../../../src/session/session.ts';
import type { Element } from '../../../src/views/cluster/elements.ts';
import { openSample } from '../../support/sample.ts';

const { Connection } = await import('../../../src/host/connection.ts');
const { ClusterTree } = await import('../../../src/views/cluster/provider.ts');
const { idOf } = await import('../../../src/views/cluster/elements.ts');

const sample = await openSample();
const nothing = { nodes: [], pods: [], felixConfigurations: [] };
const facts = (name: string) => nodeFacts(name, nothing, noEvidence);
const on = (name: string): NodeFacts => ({ ...facts(name), ebpf: { ...facts(name).ebpf, state: 'on' } });

interface Live {
  readonly nodes: readonly NodeFacts[];
  readonly node?: Session['node'];
  readonly missing?: readonly FeatureAccess[];
  readonly nodeList?: Session['nodeList'];
}

/** The tree of a live cluster. */
async function treeOf({ nodes, node, missing = [], nodeList }: Live) {
  const info = { ...sample.cluster.info, kind: 'live', origin: 'here', notices: [] } as const;
  const cluster = { ...sample.cluster, info, checkAccess: async () => missing, close: async () => {} };
  const session: Session = {
    ...sample,
    cluster,
    nodeList: nodeList ?? (async () => nodes),
    node: node ?? (async (name) => on(name)),
    forget() {},
  };
  const connection = new Connection({ openSession: async () => session, findSource: async () => undefined });
  await connection.open({ kind: 'live', context: 'shop' }, new AbortController().signal);
  const tree = new ClusterTree(connection);
  const rootChildren = async () => {
    const [root] = await tree.getChildren();
    return tree.getChildren(root);
  };
  return { tree, connection, rootChildren };
}

const stateOf = (element: Element | undefined) => element?.kind === 'node' && element.facts.ebpf.state;

test('nodes are shown before they have answered, and each again when it has', async () => {
  const slow = Promise.withResolvers<NodeFacts>();
  const node = (name: string) => (name === 'slow' ? slow.promise : Promise.resolve(on(name)));
  const { tree, rootChildren } = await treeOf({ nodes: [facts('fast'), facts('slow')], node });
  const elements = await rootChildren();
  assert.deepEqual(elements.map(stateOf), ['on', 'unknown']);
  assert.deepEqual(tree.progress, { done: 1, of: 2 });
  assert.equal(String(tree.getTreeItem(elements[1] ?? raise()).description), 'readiness unknown · asking …');
  const changed = new Promise<Element | undefined>((resolve) => tree.onDidChangeTreeData(resolve));
  slow.resolve(on('slow'));
  assert.equal(await changed, elements[1]);
  assert.match(String(tree.getTreeItem(elements[1] ?? raise()).description), /^.*eBPF on/);
  assert.equal(tree.progress, undefined);
});

test('asking can be stopped, and goes on when it is asked for', async () => {
  let asked = 0;
  const node = (_name: string, signal: AbortSignal) => {
    asked += 1;
    return new Promise<NodeFacts>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  };
  const { tree, connection, rootChildren } = await treeOf({ nodes: [facts('slow')], node });
  await rootChildren();
  tree.stopAsking();
  assert.equal(tree.progress, undefined);
  await rootChildren();
  assert.equal(asked, 1);
  connection.refresh();
  await rootChildren();
  assert.equal(asked, 2);
  tree.dispose();
});

test('very many nodes stand in groups, and only those of an open group are asked', async () => {
  const asked: string[] = [];
  const node = async (name: string) => {
    asked.push(name);
    return on(name);
  };
  const nodes = Array.from({ length: 1000 }, (_, index) => facts(`node-${String(index).padStart(4, '0')}`));
  const { tree, rootChildren } = await treeOf({ nodes, node });
  const groups = await rootChildren();
  assert.deepEqual([groups.length, groups[0]?.kind, asked.length], [10, 'nodeGroup', 0]);
  const members = await tree.getChildren(groups[3]);
  assert.deepEqual([members.length, idOf(members[0] ?? raise())], [100, 'node/node-0300']);
  assert.equal(asked.length, 100);
});

test('a filter shows the nodes that match, without groups when they are few', async () => {
  const nodes = Array.from({ length: 1000 }, (_, index) => facts(`node-${index}`));
  const { tree, rootChildren } = await treeOf({ nodes });
  tree.filter = ' node-77 ';
  assert.deepEqual((await rootChildren()).length, 11);
  tree.filter = 'nothing-like-it';
  const [empty] = await rootChildren();
  assert.equal(empty?.kind === 'empty' && empty.message, 'No node matches “nothing-like-it”.');
});

test('when the cluster does not answer, what was shown stays, under the reason', async () => {
  let isDown = false;
  const nodeList = async () => {
    if (isDown) throw new ClusterError('unreachable', 'The API server does not answer.');
    return [facts('a')];
  };
  const { connection, rootChildren } = await treeOf({ nodes: [], nodeList });
  await rootChildren();
  isDown = true;
  connection.refresh();
  const [stale, node] = await rootChildren();
  assert.equal(stale?.kind === 'stale' && stale.message, 'The API server does not answer.');
  assert.equal(node?.kind, 'node');
  isDown = false;
  connection.showChanges();
  assert.deepEqual(
    (await rootChildren()).map(({ kind }) => kind),
    ['node'],
  );
});

test('what the user may not do is told above the nodes, permission by permission', async () => {
  const permission = { verbs: ['create'], group: '', resource: 'pods/exec', namespace: 'calico-system' };
  const missing: readonly FeatureAccess[] = [
    { feature: 'browse', missing: [] },
    { feature: 'dumps', missing: [permission] },
  ];
  const { tree, rootChildren } = await treeOf({ nodes: [facts('a')], missing });
  const [access] = await rootChildren();
  assert.ok(access?.kind === 'access');
  const [lack] = await tree.getChildren(access);
  const item = tree.getTreeItem(lack ?? raise());
  assert.equal(item.description, 'create pods/exec in namespace calico-system');
});

test('a cluster whose nodes all have eBPF off says so, and what they have instead', async () => {
  const off = (name: string): NodeFacts => ({
    ...facts(name),
    agent: { kind: 'running' },
    ebpf: { ...facts(name).ebpf, state: 'off' },
    instead: 'nftables',
  });
  const { rootChildren } = await treeOf({ nodes: [facts('a'), facts('b')], node: async (name) => off(name) });
  const [notice, ...nodes] = await rootChildren();
  assert.deepEqual(notice?.kind === 'notice' && notice.notice, {
    what: 'Calico without eBPF',
    why: 'the dataplane of all nodes is nftables',
  });
  assert.equal(nodes.length, 2);
});

test('a node that cannot be asked says why, and nothing is asked of it', async () => {
  const ailing: NodeFacts = {
    ...facts('a'),
    agent: { kind: 'ailing', why: 'has a calico-node pod, x/y, that waits to start (ImagePullBackOff)' },
    ebpf: { ...facts('a').ebpf, why: 'It has a calico-node pod that waits.' },
  };
  const { tree, rootChildren } = await treeOf({ nodes: [ailing], node: async () => ailing });
  const [node] = await rootChildren();
  assert.equal(
    tree.getTreeItem(node ?? raise()).description,
    'readiness unknown · calico-node waits to start (ImagePullBackOff)',
  );
  const children = await tree.getChildren(node);
  assert.deepEqual(
    children.map((child) => tree.getTreeItem(child).label),
    ['This node cannot be asked'],
  );
});

function raise(): never {
  throw new Error('It is missing.');
}
