/** A process that traces in a debug pod, says how far it is, and goes on until it is killed. */
import { Journal } from '../../src/cluster/journal.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { runTrace } from '../../src/tracing/run.ts';
import { stepsTo } from './steps.ts';

const [kubeconfig = '', folder = '', step = ''] = process.argv.slice(2);
const signal = new AbortController().signal;

const reach = stepsTo(step);

const cluster = await openKubernetes({ kubeconfig }, signal);
const journal = new Journal(folder);
const write = cluster.write.bind(cluster);
cluster.write = async (order, own) => {
  if (!order.isDryRun) await reach('noted');
  const answer = await write(order, own);
  if (!order.isDryRun) await reach('made');
  return answer;
};
const agree = async () => {
  await reach('asked');
  return true;
};
const bytes = async (_node: string, printed: Uint8Array) => {
  if (Buffer.from(printed).includes('begun')) await reach('read');
};
const request = { cluster, nodes: ['node-a'], seconds: 600, changes: [], journal, readyTimeoutMs: 30_000 };
await runTrace({ ...request, debugPods: { image: '', agree } }, { doing() {}, remark() {}, bytes }, signal);
