/**
 * A process that takes a loan as the editor does, says how far it is, and waits at the step that it was given, so that
 * a test can end it there.
 */
import { Journal } from '../../src/cluster/journal.ts';
import { openKubernetes } from '../../src/cluster/kubernetes/kubernetesCluster.ts';
import { giveBack, planLoan, takeLoan } from '../../src/cluster/loans.ts';
import { stepsTo } from './steps.ts';

const [kubeconfig = '', folder = '', name = '', step = ''] = process.argv.slice(2);
const signal = new AbortController().signal;

const reach = stepsTo(step);

const cluster = await openKubernetes({ kubeconfig }, signal);
const journal = new Journal(folder);
await reach('opened');
const planning = await planLoan(
  cluster,
  {
    ref: { resource: 'felixconfigurations.crd.projectcalico.org', name },
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'FelixConfiguration',
    values: { bpfLogLevel: 'Debug', bpfLogFilters: { all: 'host 10.0.0.1' } },
  },
  signal,
);
if (planning.kind !== 'planned') throw new Error(planning.kind);
await reach('planned');
if (step === 'noted' || step === 'sent') {
  // Between the note and the answer.
  const write = cluster.write.bind(cluster);
  cluster.write = async (order, own) => {
    if (step === 'noted') await reach('noted');
    const answer = await write(order, own);
    await reach('sent');
    return answer;
  };
}
const taken = await takeLoan(cluster, planning.change, { journal, purpose: 'a test' }, signal);
if (taken.kind !== 'taken') throw new Error(taken.kind);
await reach('taken');
if (step === 'returned') {
  // Between the answer and the end of the note.
  journal.remove = async () => reach('returned');
}
await giveBack(cluster, taken.loan, journal, signal);
await reach('forgotten');
