import type { Connection } from '../host/connection.ts';
import type { Session } from '../session/session.ts';
import { runCommand } from './ids.ts';
import { pick } from './pick.ts';

/**
 * Works with the open cluster, which stays open until the end, whatever is selected meanwhile; where none is open a
 * cluster, the sample or a snapshot is offered first.
 */
export async function withSession<T>(
  connection: Connection,
  work: (session: Session) => Promise<T>,
): Promise<T | undefined> {
  if (connection.session === undefined) {
    const command = await pick('No cluster is open', [
      { label: 'Select Cluster…', value: 'calicoBpf.cluster.select' as const },
      { label: 'Open Sample Cluster', value: 'calicoBpf.cluster.openSample' as const },
      { label: 'Open Snapshot…', value: 'calicoBpf.cluster.openSnapshot' as const },
    ]);
    if (command !== undefined) await runCommand(command);
  }
  return connection.withSession(work);
}
