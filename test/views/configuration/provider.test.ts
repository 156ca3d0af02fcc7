import '../../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterError } from '../../../src/cluster/cluster.ts';
import type { Session } from '../../../src/session/session.ts';
import type { Element } from '../../../src/views/configuration/elements.ts';
import { openSample } from '../../support/sample.ts';

const { Connection } = await import('../../../src/host/connection.ts');
const { ConfigurationTree } = await import('../../../src/views/configuration/provider.ts');
const { idOf } = await import('../../../src/views/configuration/elements.ts');

/** Goes down the tree by ids; the items of the last one's children, as a screen reader says them. */
async function labelsAt(session: Session, ...ids: readonly string[]): Promise<readonly string[]> {
  const connection = new Connection({ openSession: async () => session, findSource: async () => undefined });
  await connection.open({ kind: 'sample' }, new AbortController().signal);
  const tree = new ConfigurationTree(connection);
  let children: readonly Element[] = await tree.getChildren();
  for (const id of ids) {
    const found = children.find((element) => idOf(element) === id);
    assert.ok(found, `${id} among ${children.map(idOf).join(', ')}`);
    children = await tree.getChildren(found);
  }
  return children.map((child) => {
    const item = tree.getTreeItem(child);
    return item.accessibilityInformation?.label ?? (typeof item.label === 'string' ? item.label : '');
  });
}

const sample = await openSample();

/** The same but for some members. */
function like<T extends object>(original: T, changed: Partial<T>): T {
  return new Proxy(original, {
    get(target, key) {
      const value: unknown = Reflect.get(key in changed ? changed : target, key);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

test('shows the FelixConfigurations with their keys, and the nodes', async () => {
  assert.deepEqual(await labelsAt(sample), ['default, 7 keys · for 3 nodes', 'In effect']);
  assert.ok((await labelsAt(sample, 'configuration/default')).includes('bpfLogLevel, Debug'));
  assert.deepEqual(await labelsAt(sample, 'nodes'), ['node-a', 'node-b', 'node-c']);
});

test('shows what is in effect on a node and who sets it', async () => {
  const labels = await labelsAt(sample, 'nodes', 'nodes/node-a');
  assert.ok(labels.includes('bpfLogLevel, Debug, set by default FelixConfiguration'), labels.join('\n'));
});

test('what cannot be read is said in its place', async () => {
  const refuse = async () => {
    throw new ClusterError('forbidden', 'You lack the permission “list felixconfigurations”.');
  };
  const session = like(sample, { cluster: like(sample.cluster, { list: refuse }) });
  assert.deepEqual(await labelsAt(session), ['You lack the permission “list felixconfigurations”.']);
});

test('says so when nothing is set, and when the log does not reach back', async () => {
  const text = async () => ({ text: '', argv: [], stderr: '', truncated: false, startedAt: undefined });
  const session = like(sample, { cluster: like(sample.cluster, { list: async () => [] }), text });
  assert.match((await labelsAt(session))[0] ?? '', /every key has its default/);
  assert.match((await labelsAt(session, 'nodes', 'nodes/node-a'))[0] ?? '', /does not reach back/);
});
