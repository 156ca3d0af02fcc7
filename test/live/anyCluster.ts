import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printedText } from '../../src/core/text/printed.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { readDump } from '../../src/core/dump/readers.ts';
import { judgeAnswer } from '../../src/core/nodes/answer.ts';

const signal = new AbortController().signal;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** What holds of any cluster with Calico that the user may dump: ours, and one that somebody has. */
export function testAnyCluster(kubeconfig: string): void {
  const open = () => openKubernetes({ kubeconfig }, signal);

  test('any cluster: the nodes with Calico are among the nodes', async () => {
    const cluster = await open();
    const nodes = new Set((await cluster.list('nodes', signal)).map(({ metadata }) => metadata.name));
    const probed = await cluster.probedNodes(signal);
    assert.ok(probed.length > 0);
    for (const node of probed) assert.ok(nodes.has(node), node);
    await cluster.close();
  });

  test('any cluster: every dump of a node is answered whole, and read without a problem', async () => {
    const cluster = await open();
    const [node = ''] = await cluster.probedNodes(signal);
    const probes = ['routes', 'nat', 'conntrack', 'ipsets', 'ifstate', 'counters', 'arp'].map(
      (map) => `${map}.dump`,
    );
    for (const answer of await Promise.all(probes.map((probe) => cluster.probe({ node, probe }, signal)))) {
      const { probe, exitCode, truncated } = answer;
      const [stdout, stderr] = [await printedText(answer.stdout), text(answer.stderr)];
      assert.equal(truncated, false, probe);
      if (judgeAnswer({ stdout, stderr, exitCode }).kind === 'answered') {
        assert.deepEqual(readDump(probe, stdout)?.problems, [], probe);
      }
    }
    const log = await cluster.probe({ node, probe: 'felix.log' }, signal);
    assert.match(await printedText(log.stdout), /felix/i);
    await cluster.close();
  });

  test('any cluster: a watch begins with what a list holds', async () => {
    const cluster = await open();
    for await (const event of cluster.watch({ resource: 'nodes' }, signal)) {
      assert.ok(event.kind === 'listed');
      const names = event.objects.map(({ metadata }) => metadata.name);
      assert.deepEqual(
        names.toSorted(),
        (await cluster.list('nodes', signal)).map(({ metadata }) => metadata.name).toSorted(),
      );
      break;
    }
    await cluster.close();
  });
}
