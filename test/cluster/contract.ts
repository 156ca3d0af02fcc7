import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { printedText } from '../../src/core/text/printed.ts';
import { isClusterError, type Cluster, type ClusterErrorReason } from '../../src/cluster/cluster.ts';

/** A backend under test: it must hold what `media/sample-snapshot` holds. */
export interface Backend {
  readonly cluster: Cluster;
  close(): Promise<void>;
}

const signal = new AbortController().signal;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** What every backend of `Cluster` promises. */
export function testClusterContract(name: string, open: () => Promise<Backend>): void {
  let backend: Backend;
  before(async () => {
    backend = await open();
  });
  after(() => backend.close());

  test(`${name}: lists the objects of a resource, with their metadata`, async () => {
    const pods = await backend.cluster.list('pods', signal);
    const cart = pods.find((pod) => pod.metadata.name === 'cart-6f5b9c7d4c-m8t2l');
    assert.equal(cart?.metadata.namespace, 'shop');
  });

  test(`${name}: lists the objects of a group by their plural and group`, async () => {
    const slices = await backend.cluster.list('endpointslices.discovery.k8s.io', signal);
    assert.ok(slices.length > 0);
  });

  test(`${name}: answers a probe with its output, verbatim`, async () => {
    const { stdout, stderr, argv } = await backend.cluster.probe(
      { node: 'node-a', probe: 'nat.dump' },
      signal,
    );
    assert.match(await printedText(stdout), /^10\.96\.0\.10 port 53 proto 17 id \d+ count 2 local 1$/m);
    assert.equal(text(stderr), '');
    assert.ok(argv.includes('nat'));
  });

  test(`${name}: keeps stdout, stderr and the exit status apart`, async () => {
    const missing = await backend.cluster.probe({ node: 'node-a', probe: 'arp.dump.v6' }, signal);
    assert.equal(await printedText(missing.stdout), '');
    assert.match(text(missing.stderr), /\[ERROR\].*cali_v6_arp2/);
    assert.equal(missing.exitCode, 0);
    const fatal = await backend.cluster.probe({ node: 'node-a', probe: 'conntrack.dump.v6' }, signal);
    assert.equal(fatal.exitCode, 1);
  });

  test(`${name}: names the node or the probe that it does not know`, async () => {
    await checkFails(backend.cluster.probe({ node: 'node-z', probe: 'nat.dump' }, signal), /node-z/);
    await checkFails(backend.cluster.probe({ node: 'node-a', probe: 'no.such' }, signal), /no\.such/);
    await checkFails(
      backend.cluster.list('no-such-things.example.org', signal),
      /no-such-things\.example\.org/,
    );
  });

  test(`${name}: takes a name for a name, never for a path or a shell word`, async () => {
    for (const node of ['../node-a', 'node-a/../node-b', 'node-a; true', '$(true)']) {
      await checkFails(backend.cluster.probe({ node, probe: 'nat.dump' }, signal), /nat\.dump|node/);
    }
  });

  test(`${name}: stops when it is told to before it begins`, async () => {
    const aborted = AbortSignal.abort();
    await assert.rejects(backend.cluster.list('pods', aborted), { name: 'AbortError' });
    await assert.rejects(backend.cluster.probe({ node: 'node-a', probe: 'nat.dump' }, aborted), {
      name: 'AbortError',
    });
  });

  test(`${name}: answers many questions at once as it answers them one by one`, async () => {
    const probes = ['routes.dump', 'nat.dump', 'ipsets.dump', 'ifstate.dump'];
    const ask = (probe: string) => backend.cluster.probe({ node: 'node-b', probe }, signal);
    const together = await Promise.all(probes.map(ask));
    for (const [index, probe] of probes.entries()) {
      assert.deepEqual(together[index]?.stdout.length, (await ask(probe)).stdout.length);
    }
  });

  test(`${name}: refuses to answer once it is closed, and closes twice without harm`, async () => {
    const other = await open();
    await other.cluster.close();
    await other.cluster.close();
    await checkFails(other.cluster.list('pods', signal), /closed/);
    await other.close();
  });
}

/** Checks that a promise fails with a `ClusterError` whose message a person can use. */
export async function checkFails(
  promise: Promise<unknown>,
  message: RegExp,
  reason?: ClusterErrorReason,
): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(isClusterError(error), String(error));
    assert.match(error.message, message);
    assert.match(error.message, /\.$/, 'a message is a sentence');
    if (reason !== undefined) assert.equal(error.reason, reason);
    return true;
  });
}
