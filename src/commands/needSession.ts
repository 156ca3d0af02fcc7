import type { Connection } from '../host/connection.ts';
import type { Session } from '../session/session.ts';
import { runCommand } from './ids.ts';
import { pick } from './pick.ts';

/** The open session; without one a cluster, the sample or a snapshot is offered first. */
export async function needSession(connection: Connection): Promise<Session | undefined> {
  if (connection.session !== undefined) return connection.session;
  const command = await pick('No cluster is open', [
    { label: 'Select Cluster…', value: 'calicoBpf.cluster.select' as const },
    { label: 'Open Sample Cluster', value: 'calicoBpf.cluster.openSample' as const },
    { label: 'Open Snapshot…', value: 'calicoBpf.cluster.openSnapshot' as const },
  ]);
  if (command !== undefined) await runCommand(command);
  return connection.session;
}
