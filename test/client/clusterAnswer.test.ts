import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CancellationToken } from 'vscode';
import { openSnapshot } from '../../src/cluster/snapshot/snapshotCluster.ts';
import { answerFor } from '../../src/client/clusterAnswer.ts';
import { createSession } from '../../src/session/create.ts';

const token: CancellationToken = {
  isCancellationRequested: false,
  onCancellationRequested: () => ({ dispose() {} }),
};

test('answers nothing when no cluster is open', async () => {
  assert.equal(await answerFor(undefined, token), null);
});

test('tells of nodes, their interfaces and variables, and of the FelixConfigurations', async () => {
  const path = join(import.meta.dirname, '../../media/sample-snapshot');
  const cluster = await openSnapshot(path, { kind: 'sample' }, new AbortController().signal);
  const session = createSession(cluster, { info() {}, warn() {} });
  const answer = await answerFor(session, token);
  await cluster.close();

  assert.match(answer?.calicoVersion ?? '', /^v3\./);
  assert.deepEqual(
    answer?.configurations.map(({ name, spec }) => [name, spec['bpfEnabled']]),
    [['default', true]],
  );
  const [node] = answer?.nodes ?? [];
  assert.ok(node !== undefined);
  assert.ok(node.interfaces.includes('eth0') && node.interfaces.includes('lo'));
  assert.ok(Object.keys(node.environment).every((name) => name.startsWith('FELIX_')));
  assert.ok((node.mapEntries['bpfMapSizeConntrack'] ?? 0) > 0);
  assert.deepEqual(JSON.parse(JSON.stringify(answer)), answer, 'it travels as JSON');
});
