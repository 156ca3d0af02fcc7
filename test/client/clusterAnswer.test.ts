import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CancellationToken } from 'vscode';
import { answerFor } from '../../src/client/clusterAnswer.ts';
import { openSnapshot } from '../../src/cluster/snapshot/snapshotCluster.ts';
import type { ClusterAnswer } from '../../src/language/protocol.ts';
import { createSession } from '../../src/session/create.ts';
import { checkDiagnostics } from '../language/marked.ts';
import { recordingsFolder } from '../support/recordings.ts';
import { samplePath, silentLog } from '../support/sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'calico-answer-'));
after(() => rmSync(folder, { recursive: true }));

const token: CancellationToken = {
  isCancellationRequested: false,
  onCancellationRequested: () => ({ dispose() {} }),
};

async function answerOf(path: string): Promise<ClusterAnswer> {
  const cluster = await openSnapshot(path, { kind: 'sample' }, new AbortController().signal);
  const answer = await answerFor(createSession(cluster, silentLog), token);
  await cluster.close();
  assert.ok(answer !== null);
  assert.deepEqual(JSON.parse(JSON.stringify(answer)), answer, 'it travels as JSON');
  return answer;
}

/** The sample, in which kube-proxy runs, too. */
function sampleWithKubeProxy(): string {
  const path = join(folder, 'with-kube-proxy');
  cpSync(samplePath, path, { recursive: true });
  const file = join(path, 'objects', 'pods.json.gz');
  const pods = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as { items: unknown[] };
  pods.items.push({
    metadata: { name: 'kube-proxy-x', namespace: 'kube-system', labels: { 'k8s-app': 'kube-proxy' } },
    status: { phase: 'Running' },
  });
  writeFileSync(file, gzipSync(JSON.stringify(pods)));
  return path;
}

test('answers nothing when no cluster is open', async () => {
  assert.equal(await answerFor(undefined, token), null);
});

test('tells of nodes, their interfaces and variables, and of the FelixConfigurations', async () => {
  const answer = await answerOf(samplePath);
  assert.match(answer.calicoVersion ?? '', /^v3\./);
  assert.deepEqual(
    answer.configurations.map(({ name, spec }) => [name, spec['bpfEnabled']]),
    [['default', true]],
  );
  const [node] = answer.nodes;
  assert.ok(node !== undefined);
  assert.ok(node.interfaces.includes('eth0') && node.interfaces.includes('lo'));
  assert.ok(Object.keys(node.environment).every((name) => name.startsWith('FELIX_')));
  assert.ok((node.mapEntries['bpfMapSizeConntrack'] ?? 0) > 0);
});

test('tells the variables that a node got from elsewhere than its pod, and its felix.cfg', async () => {
  const { nodes } = await answerOf(samplePath);
  for (const { environment, file } of nodes) {
    assert.equal(environment['FELIX_DEFAULTENDPOINTTOHOSTACTION'], 'ACCEPT');
    assert.deepEqual(file, {});
  }
});

test('knows how full each map is that has a size', async () => {
  const { nodes } = await answerOf(join(recordingsFolder, 'v3.32.1-healthy.tar.gz'));
  const [node] = nodes;
  for (const key of ['Conntrack', 'Route', 'NATFrontend', 'NATBackend', 'NATAffinity', 'IPSets', 'IfState'])
    assert.ok((node?.mapEntries[`bpfMapSize${key}`] ?? -1) >= 0, key);
  assert.ok((node?.mapEntries['bpfMapSizeNATBackend'] ?? 0) > 1);
});

test('what only a cluster can tell is told of a file while a snapshot is open', async () => {
  const cluster = await answerOf(sampleWithKubeProxy());
  await checkDiagnostics(
    `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
^^^^ information restart
  bpfEnabled: true
              ^^^^ warning risk
  bpfMapSizeConntrack: 5
                       ^ warning risk
  bpfMapSizeNATFrontend: 2
                         ^ warning risk
  bpfDataIfacePattern: ^nosuch
                       ^^^^^^^ warning risk
---
apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: node.gone
        ^^^^^^^^^ warning name
spec:
  defaultEndpointToHostAction: Drop
  bpfEnabled: true
`,
    { cluster },
  );
});
