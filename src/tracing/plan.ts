/** The changes of a trace, as the API server would make them. */
import { ClusterError, type LiveCluster } from '../cluster/cluster.ts';
import { planLoan, type LoanRequest } from '../cluster/loans.ts';
import { toYaml } from '../configuration/text.ts';
import { nodesReached } from '../core/felix/reach.ts';
import type { AgreedChange } from './run.ts';
import { valueOn, type LoggingState } from './scope.ts';

/** Plans all changes. @throws ClusterError */
export async function planAll(
  cluster: LiveCluster,
  loans: readonly LoanRequest[],
  state: LoggingState,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<readonly AgreedChange[]> {
  const changes: AgreedChange[] = [];
  for (const asked of loans) {
    const loan = await keepInherited(cluster, asked, state, signal);
    const planning = await planLoan(cluster, loan, signal);
    if (planning.kind === 'same') continue;
    if (planning.kind !== 'planned') {
      throw new ClusterError(
        'failed',
        `FelixConfiguration ${loan.ref.name} cannot be changed: ${planning.message}`,
      );
    }
    const reached = nodesReached({ metadata: { name: loan.ref.name } }, state.allNodes);
    changes.push({ change: planning.change, nodes: nodes.filter((node) => reached.includes(node)) });
  }
  return changes;
}

/**
 * The server fills in some keys of a new object (`nftablesMode`), and they would outrank what the node has from objects
 * of a lower rank: a new object repeats those.
 */
async function keepInherited(
  cluster: LiveCluster,
  loan: LoanRequest,
  state: LoggingState,
  signal: AbortSignal,
): Promise<LoanRequest> {
  const planning = await planLoan(cluster, loan, signal);
  if (planning.kind !== 'planned' || planning.change.way !== 'create') return loan;
  const added = planning.change.changes.filter(({ key }) => !(key in loan.values));
  const node = loan.ref.name.replace(/^node\./, '');
  const inherited = added.flatMap(({ key }) => {
    const value = valueOn(node, key, state)?.value;
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...loan, values: { ...loan.values, ...Object.fromEntries(inherited) } };
}

/** What somebody else may apply. */
export function loanYaml({ ref, apiVersion, kind, values }: LoanRequest): string {
  const spec = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  return toYaml({ apiVersion, kind, metadata: { name: ref.name }, spec });
}
