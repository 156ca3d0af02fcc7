import * as vscode from 'vscode';
import { findMapKind, mapProbe } from '../core/probes.ts';
import { openAsTable } from '../documents/open.ts';
import { parseDumpUri } from '../documents/uri.ts';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import type { ProbeTarget, Session } from '../session/session.ts';
import { comparisonUri, type DumpRef, type KeptDumps } from '../views/table/comparison.ts';
import type { MapElement } from './ids.ts';
import { withSession } from './withSession.ts';
import { pickSnapshotPath } from './openCluster.ts';
import { pickMap } from './openDump.ts';
import { pick, type Choice } from './pick.ts';
import { registerCommand } from './registry.ts';

export interface CompareServices {
  readonly connection: Connection;
  readonly kept: KeptDumps;
  readonly log: Log;
}

/** Compares a map with that of another node, with another snapshot, or with what it is now. */
export function registerCompare({ connection, kept, log }: CompareServices): vscode.Disposable {
  const compare = async (session: Session, given: ProbeTarget | undefined) => {
    const target = given ?? (await pickTarget(session));
    const other = target && (await pickOther(session, target));
    if (target === undefined || other === undefined) return; // A question was dismissed.
    await openComparison({ session, target, other, kept });
  };
  return vscode.Disposable.from(
    registerCommand('calicoBpf.map.compare', 'Comparing the map', log, (element) =>
      withSession(connection, (session) => compare(session, element && probeTarget(element))),
    ),
    registerCommand('calicoBpf.dump.compare', 'Comparing the dump', log, (uri) =>
      withSession(connection, (session) => compare(session, targetOf(uri ?? activeUri()))),
    ),
  );
}

/** What a dump is compared with. */
type Other =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'now' };

interface Asked {
  readonly session: Session;
  readonly target: ProbeTarget;
  readonly other: Other;
  readonly kept: KeptDumps;
}

async function openComparison({ session, target, other, kept }: Asked): Promise<void> {
  const { node, probe } = target;
  const own: DumpRef = { node, probe, from: { kind: 'open' } };
  switch (other.kind) {
    case 'node': {
      const after: DumpRef = { ...own, node: other.node };
      return openAsTable(comparisonUri(`${probe}: ${node} ↔ ${other.node}`, { before: own, after }));
    }
    case 'snapshot': {
      const path = await pickSnapshotPath();
      if (path === undefined) return;
      const after: DumpRef = { ...own, from: { kind: 'snapshot', path } };
      const name = path.split(/[\\/]/).at(-1) ?? path;
      return openAsTable(comparisonUri(`${probe}: ${node} ↔ ${name}`, { before: own, after }));
    }
    case 'now': {
      const last = await withProgress(`Reading ${probe} of ${node}`, (signal) =>
        session.output(target, signal),
      );
      session.forget(node);
      const before: DumpRef = { ...own, from: { kind: 'kept', number: kept.keep(last) } };
      return openAsTable(comparisonUri(`${probe}: ${node} until now`, { before, after: own }));
    }
  }
}

async function pickOther(session: Session, { node, probe }: ProbeTarget): Promise<Other | undefined> {
  const nodes = await withProgress('Reading the nodes', (signal) => session.nodes(signal));
  const others = nodes.filter(({ name, ebpf }) => name !== node && ebpf.state !== 'off');
  const now: Choice<Other> = {
    label: 'Now',
    description: 'the dump as it was read, with what the node answers now',
    value: { kind: 'now' },
  };
  return pick<Other>(`Compare ${probe} of ${node} With`, [
    ...others.map(({ name }) => ({
      label: name,
      description: 'the same map of another node',
      value: { kind: 'node', node: name } as const,
    })),
    ...(session.cluster.info.kind === 'live' ? [now] : []),
    { label: 'Snapshot…', description: `${node} as another snapshot has it`, value: { kind: 'snapshot' } },
  ]);
}

async function pickTarget(session: Session): Promise<ProbeTarget | undefined> {
  const target = await pickMap(session);
  const kind = target && findMapKind(target.map);
  return target && kind && { node: target.node, probe: mapProbe(kind, target.family) };
}

function probeTarget({ node, map, family }: MapElement): ProbeTarget | undefined {
  const kind = findMapKind(map.id);
  return kind && { node, probe: mapProbe(kind, family) };
}

function targetOf(uri: vscode.Uri | undefined): ProbeTarget | undefined {
  const target = uri && parseDumpUri(uri);
  return target && { node: target.node, probe: target.probe };
}

/** The dump in the active editor, be it text or a table. */
function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) return input.uri;
  return undefined;
}
