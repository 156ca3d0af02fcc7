import { isClusterError } from '../../cluster/cluster.ts';
import type { Names } from '../../core/names/names.ts';
import type { ComparedDumps } from '../../core/table/calls.ts';
import type { Connection } from '../../host/connection.ts';
import type { Printed } from '../../core/text/printed.ts';
import type { Session } from '../../session/session.ts';
import type { ComparisonRef, DumpRef, KeptDumps } from './comparison.ts';

export interface ComparisonServices {
  readonly connection: Connection;
  readonly kept: KeptDumps;
  /** Opens a snapshot beside the open cluster. */
  readonly openSnapshot: (path: string, signal: AbortSignal) => Promise<Session>;
}

export type ComparisonSource =
  | {
      readonly kind: 'comparison';
      readonly dumps: ComparedDumps;
      readonly sides: readonly [before: Printed, after: Printed];
      /** Who is who, as seen from either node. */
      readonly names: readonly [before: Names, after: Names];
    }
  | { readonly kind: 'nothing'; readonly why: string };

interface ReadSide {
  readonly output: Printed;
  readonly names: Names;
  readonly at: Date | undefined;
}

/** Reads both dumps of a comparison. */
export async function readComparison(
  { before, after }: ComparisonRef,
  services: ComparisonServices,
  signal: AbortSignal,
): Promise<ComparisonSource> {
  try {
    const [first, second] = [
      await readSide(before, services, signal),
      await readSide(after, services, signal),
    ];
    const between = before.node === after.node ? 'times' : 'nodes';
    const seconds =
      first.at === undefined || second.at === undefined
        ? undefined
        : (second.at.getTime() - first.at.getTime()) / 1000;
    return {
      kind: 'comparison',
      names: [first.names, second.names],
      sides: [first.output, second.output],
      dumps: {
        probe: after.probe,
        nodes: [before.node, after.node],
        between,
        seconds: between === 'times' ? seconds : undefined,
      },
    };
  } catch (error) {
    if (error instanceof Gone || isClusterError(error)) return { kind: 'nothing', why: error.message };
    throw error;
  }
}

/** What is compared is no longer there. */
class Gone extends Error {
  override readonly name = 'Gone';
}

async function readSide(ref: DumpRef, services: ComparisonServices, signal: AbortSignal): Promise<ReadSide> {
  switch (ref.from.kind) {
    case 'snapshot': {
      const session = await services.openSnapshot(ref.from.path, signal);
      try {
        return await readOf(session, ref, signal);
      } finally {
        await session.cluster.close();
      }
    }
    case 'kept': {
      const kept = services.kept.find(ref.from.number);
      if (kept === undefined) throw new Gone('This comparison was made in an earlier window: make it anew.');
      const session = await openSession(services.connection);
      return { output: kept.output, names: await session.names(ref.node, signal), at: kept.startedAt };
    }
    case 'open':
      return readOf(await openSession(services.connection), ref, signal);
  }
}

async function openSession(connection: Connection): Promise<Session> {
  if (connection.session === undefined) await connection.restore();
  if (connection.session === undefined) throw new Gone('No cluster is open. Open one in the view “Cluster”.');
  return connection.session;
}

async function readOf(session: Session, { node, probe }: DumpRef, signal: AbortSignal): Promise<ReadSide> {
  const { output, startedAt } = await session.output({ node, probe }, signal);
  const names = await session.names(node, signal);
  return { output, names, at: startedAt ?? session.cluster.info.takenAt };
}
