import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openSample } from '../support/sample.ts';

const { askForTrace } = await import('../../src/tracing/wizard.ts');

const { cluster } = await openSample();
editor.settings.set('calicoBpf.trace.timeLimit', 120);
const nodes = ['node-a', 'node-b', 'node-c'];

beforeEach(() => Object.assign(editor, { picks: [], asked: [], inputs: [] }));

const titles = () => editor.asked.map(({ title }) => title);

test('a trace of a service is of its address and its backends, on the nodes that these are on', async () => {
  editor.picks = ['node-a|node-b', '2 minutes'];
  const asked = await askForTrace(cluster, { service: { namespace: 'shop', name: 'payments' } }, nodes);
  assert.equal(asked?.expression, 'host 10.96.200.9 or host 10.244.218.67');
  assert.deepEqual(asked.nodes.toSorted(), ['node-a', 'node-b']);
  assert.equal(asked.seconds, 120);
  const [first] = editor.asked[0]?.items ?? [];
  assert.equal(first?.label, 'node-b');
  assert.deepEqual(titles(), ['Start Trace: On Which Nodes?', 'Start Trace: How Long at Most?']);
});

test('packets that a table shows are not asked for again', async () => {
  editor.picks = ['node-c', '30 seconds'];
  const asked = await askForTrace(cluster, { expression: 'host 10.0.0.1' }, nodes);
  assert.deepEqual(asked, { expression: 'host 10.0.0.1', nodes: ['node-c'], seconds: 30 });
});

test('a service or pod that is gone is asked for anew, and nothing is begun without an answer', async () => {
  const asked = await askForTrace(cluster, { service: { namespace: 'shop', name: 'gone' } }, nodes);
  assert.equal(asked, undefined);
  assert.deepEqual(titles(), ['Start Trace: What Do You Want to See?']);
});

test('an address, a port or a protocol is asked for in one line', async () => {
  editor.picks = ['$(plug)', 'node-a', '2 minutes'];
  editor.inputs = ['10.65.0.2:8080/tcp'];
  const asked = await askForTrace(cluster, {}, nodes);
  assert.equal(asked?.expression, 'host 10.65.0.2 and tcp port 8080');
});

test('a service is traced by the addresses and ports that lead to it from outside, too', async () => {
  editor.picks = ['node-a', '2 minutes'];
  const services = (await cluster.list('services', new AbortController().signal)).map((service) =>
    service.metadata.name === 'payments'
      ? {
          ...service,
          spec: { clusterIPs: ['10.96.200.9'], externalIPs: ['192.0.2.1'], ports: [{ nodePort: 30080 }] },
          status: { loadBalancer: { ingress: [{ ip: '198.51.100.7' }] } },
        }
      : service,
  );
  const withOuter = Object.create(cluster) as typeof cluster;
  withOuter.list = async (resource, signal) =>
    resource === 'services' ? services : cluster.list(resource, signal);
  const asked = await askForTrace(withOuter, { service: { namespace: 'shop', name: 'payments' } }, nodes);
  assert.equal(
    asked?.expression,
    'host 10.96.200.9 or host 192.0.2.1 or host 198.51.100.7 or host 10.244.218.67 or port 30080',
  );
});

test('several nodes are chosen at once, and none is no trace', async () => {
  editor.picks = ['$(globe)', 'shop/payments', 'node-a|node-b|node-c', '2 minutes'];
  const asked = await askForTrace(cluster, {}, nodes);
  assert.deepEqual(asked?.nodes.toSorted(), nodes);
  editor.picks = ['$(globe)', 'shop/payments', ''];
  assert.equal(await askForTrace(cluster, {}, nodes), undefined);
});
