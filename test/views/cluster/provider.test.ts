import '../../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterError } from '../../../src/cluster/cluster.ts';
import type { InterfaceFacts } from '../../../src/core/nodes/interfaces.ts';
import type { NodeFacts } from '../../../src/core/nodes/node.ts';
import type { Session } from '../../../src/session/session.ts';
import type { Element } from '../../../src/views/cluster/elements.ts';
import { openSample } from '../../support/sample.ts';

const { Connection } = await import('../../../src/host/connection.ts');
const { ClusterTree } = await import('../../../src/views/cluster/provider.ts');
const { idOf } = await import('../../../src/views/cluster/elements.ts');

async function treeOf(session: Session) {
  const connection = new Connection({ openSession: async () => session, findSource: async () => undefined });
  await connection.open({ kind: 'sample' }, new AbortController().signal);
  return new ClusterTree(connection);
}

/** Goes down the tree by ids; the children of the last one. */
async function childrenAt(session: Session, ...ids: readonly string[]): Promise<readonly Element[]> {
  const tree = await treeOf(session);
  let children = await tree.getChildren();
  for (const id of ids) {
    const found = children.find((element) => idOf(element) === id);
    assert.ok(found, `${id} among ${children.map(idOf).join(', ')}`);
    children = await tree.getChildren(found);
  }
  return children;
}

const sample = await openSample();
const cluster = `cluster/${sample.cluster.info.origin}`;

test('without a cluster the tree is empty, so that the welcome text shows', async () => {
  const connection = new Connection({
    openSession: () => Promise.reject(new Error('unused')),
    findSource: async () => undefined,
  });
  assert.deepEqual(await new ClusterTree(connection).getChildren(), []);
});

test('a snapshot that cannot be opened stands in the tree with its reason', async () => {
  const error = new ClusterError('no-snapshot', 'There is no snapshot.json in /tmp.');
  const connection = new Connection({
    openSession: () => Promise.reject(error),
    findSource: async () => ({ kind: 'snapshot', path: '/tmp' }),
  });
  await connection.restore();
  const [element] = await new ClusterTree(connection).getChildren();
  assert.equal(element?.kind, 'failure');
  assert.equal(element?.kind === 'failure' && element.message, error.message);
});

test('the sample has its nodes, each with interfaces, maps and policies', async () => {
  const nodes = await childrenAt(sample, cluster);
  assert.deepEqual(
    nodes.filter(({ kind }) => kind === 'node').map((element) => idOf(element)),
    ['node/node-a', 'node/node-b', 'node/node-c'],
  );
  assert.deepEqual((await childrenAt(sample, cluster, 'node/node-a')).map(idOf), [
    'node/node-a/interfaces',
    'node/node-a/maps',
    'node/node-a/policies',
    'node/node-a/traces',
  ]);
});

test('IPv6 maps that are not there are left out; IPv4 maps are always listed', async () => {
  const maps = await childrenAt(sample, cluster, 'node/node-a', 'node/node-a/maps');
  assert.equal(maps.length, 9);
  assert.ok(maps.every((element) => element.kind === 'map' && element.family === 'IPv4'));
});

test('an IPv6 map that is forbidden, rather than absent, is listed', async () => {
  const session: Session = {
    ...stub({ nodes: [nodeFacts('on')] }),
    map: () => Promise.reject(new ClusterError('forbidden', 'pods/exec is missing.')),
  };
  const maps = await childrenAt(session, 'cluster/here', 'node/n', 'node/n/maps');
  assert.ok(maps.some((element) => element.kind === 'map' && element.family === 'IPv6'));
});

test('there is a policy for each workload interface', async () => {
  const policies = await childrenAt(sample, cluster, 'node/node-a', 'node/node-a/policies');
  assert.deepEqual(
    policies.map(({ kind }) => kind),
    ['policy', 'policy', 'policy', 'policy'],
  );
});

test('a node has the traces that were captured of it', async () => {
  const traces = await childrenAt(sample, cluster, 'node/node-a', 'node/node-a/traces');
  assert.deepEqual(traces, [{ kind: 'trace', node: 'node-a', name: 'loadgen-to-payments' }]);
});

test('a node without eBPF says why, and what was asked instead', async () => {
  const children = await childrenAt(stub({ nodes: [nodeFacts('off')] }), 'cluster/here', 'node/n');
  assert.deepEqual(
    children.map(({ kind }) => kind),
    ['dataplane'],
  );
  const facts = await childrenAt(
    stub({ nodes: [nodeFacts('off')] }),
    'cluster/here',
    'node/n',
    'node/n/dataplane',
  );
  assert.deepEqual(
    facts.map((element) => element.kind === 'fact' && [element.label, element.value]),
    [
      ['Because', 'Felix’s BPF maps are not there.'],
      ['Dataplane instead', 'iptables'],
      ['Configuration asks for', 'eBPF on'],
      ['Looked at', 'felix.log, ifstate.dump'],
    ],
  );
});

test('a failure below an element is an element, and the rest is still there', async () => {
  const session: Session = {
    ...stub({ nodes: [nodeFacts('on')] }),
    interfaces: () => Promise.reject(new ClusterError('forbidden', 'pods/exec is missing.')),
  };
  const groups = await childrenAt(session, 'cluster/here', 'node/n');
  assert.deepEqual(
    groups.map(({ kind }) => kind),
    ['group', 'group', 'group'],
  );
  const [failure] = await childrenAt(session, 'cluster/here', 'node/n', 'node/n/interfaces');
  assert.equal(failure?.kind === 'failure' && failure.reason, 'forbidden');
});

test('a very long list ends with how many more there are', async () => {
  const interfaces = Array.from({ length: 730 }, (_, index) => interfaceFacts(index));
  const session = stub({ nodes: [nodeFacts('on')], interfaces });
  const children = await childrenAt(session, 'cluster/here', 'node/n', 'node/n/interfaces');
  assert.equal(children.length, 501);
  const last = children.at(-1);
  assert.equal(last?.kind === 'more' && last.count, 230);
});

test('no two elements of the sample have one id, and a refresh keeps the ids', async () => {
  const collect = async () => {
    const tree = await treeOf(sample);
    const ids: string[] = [];
    const visit = async (parent?: Element): Promise<void> => {
      for (const element of await tree.getChildren(parent)) {
        ids.push(idOf(element));
        await visit(element);
      }
    };
    await visit();
    return ids;
  };
  const ids = await collect();
  assert.equal(new Set(ids).size, ids.length);
  sample.forget();
  assert.deepEqual(await collect(), ids);
});

function stub(known: {
  readonly nodes: readonly NodeFacts[];
  readonly interfaces?: readonly InterfaceFacts[];
}): Session {
  const info = { ...sample.cluster.info, origin: 'here', notices: [] };
  return {
    cluster: { ...sample.cluster, info, traces: async () => [] },
    nodeList: async () => known.nodes,
    node: async (name) => known.nodes.find((node) => node.name === name) ?? raise(name),
    nodes: async () => known.nodes,
    interfaces: async () => known.interfaces ?? [],
    map: () => Promise.reject(new ClusterError('not-recorded', 'Not recorded.')),
    text: () => Promise.reject(new ClusterError('not-recorded', 'Not recorded.')),
    output: () => Promise.reject(new ClusterError('not-recorded', 'Not recorded.')),
    names: () => Promise.reject(new ClusterError('not-recorded', 'Not recorded.')),
    objects: () => Promise.reject(new ClusterError('not-recorded', 'Not recorded.')),
    learn() {},
    forget() {},
  };
}

function raise(name: string): never {
  throw new Error(`There is no ${name}.`);
}

function nodeFacts(state: 'on' | 'off'): NodeFacts {
  return {
    name: 'n',
    ready: 'ready',
    readyMessage: undefined,
    ebpf: {
      state,
      reason: 'maps',
      why: 'Felix’s BPF maps are not there.',
      configured: 'eBPF on',
      asked: ['felix.log', 'ifstate.dump'],
    },
    agent: { kind: 'running' },
    instead: state === 'off' ? 'iptables' : undefined,
    zone: undefined,
    pool: undefined,
    calicoVersion: 'v3.32.1',
    kernel: undefined,
    osImage: undefined,
    addresses: [],
  };
}

function interfaceFacts(index: number): InterfaceFacts {
  return { name: `cali${index}`, index, kind: 'workload', ready: true, flags: [], pod: undefined };
}
