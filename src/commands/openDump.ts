import * as vscode from 'vscode';
import { openAsTable, openDump, openDumpAsTable } from '../documents/open.ts';
import type { Connection } from '../host/connection.ts';
import type { Log } from '../host/log.ts';
import { withProgress } from '../host/progress.ts';
import { findMapKind, mapKinds, mapProbe, policyProbe } from '../core/probes.ts';
import type { MapTarget, ProbeTarget, Session } from '../session/session.ts';
import type { MapElement } from './ids.ts';
import { withSession } from './withSession.ts';
import { pick } from './pick.ts';
import { registerCommand } from './registry.ts';

export interface OpenDumpServices {
  readonly connection: Connection;
  readonly log: Log;
}

/** Opens the dump of a map as a table or as text, or that of a policy; asks for what it was not given. */
export function registerOpenDump({ connection, log }: OpenDumpServices): vscode.Disposable {
  const openMap = (given: MapTarget | undefined, form: MapForm) =>
    withSession(connection, async (session) => {
      const target = given ?? (await pickMap(session));
      const kind = target && findMapKind(target.map);
      if (target === undefined || kind === undefined) return; // The user dismissed a question.
      const isTable = form === 'table' || (form === 'usual' && kind.isTable);
      const dump = { session, node: target.node, probe: mapProbe(kind, target.family) };
      await (isTable ? openDumpAsTable(dump) : openDump(dump));
    });
  return vscode.Disposable.from(
    registerCommand('calicoBpf.map.open', 'Opening the map', log, (given) => openMap(given, 'usual')),
    registerCommand('calicoBpf.map.openTable', 'Opening the table', log, (element) =>
      openMap(element && targetOf(element), 'table'),
    ),
    registerCommand('calicoBpf.map.openText', 'Opening the text', log, (element) =>
      openMap(element && targetOf(element), 'text'),
    ),
    registerCommand('calicoBpf.dump.openTable', 'Opening the table', log, async (given) => {
      const uri = given ?? vscode.window.activeTextEditor?.document.uri;
      if (uri !== undefined) await openAsTable(uri);
    }),
    registerCommand('calicoBpf.policy.open', 'Opening the policy', log, (given) =>
      withSession(connection, async (session) => {
        const target = given ?? (await pickPolicy(session));
        if (target !== undefined) await openDump({ session, ...target });
      }),
    ),
  );
}

/** How a map is opened; `usual` is as its kind is read best. */
type MapForm = 'usual' | 'table' | 'text';

function targetOf({ node, map, family }: MapElement): MapTarget {
  return { node, map: map.id, family };
}

/** Asks for a map of a node; `undefined` when a question is dismissed. */
export async function pickMap(session: Session): Promise<MapTarget | undefined> {
  const node = await pickNode(session);
  if (node === undefined) return undefined;
  const choices = mapKinds.flatMap((kind) =>
    kind.families.map((family) => ({
      label: kind.families.length > 1 ? `${kind.title} ${family}` : kind.title,
      description: mapProbe(kind, family),
      value: { node, map: kind.id, family },
    })),
  );
  return pick(`Map of ${node}`, choices);
}

async function pickPolicy(session: Session): Promise<ProbeTarget | undefined> {
  const node = await pickNode(session);
  if (node === undefined) return undefined;
  const interfaces = await withProgress(`Reading the interfaces of ${node}`, (signal) =>
    session.interfaces(node, signal),
  );
  const choices = interfaces
    .filter(({ kind }) => kind === 'workload')
    .map(({ name, pod }) => ({
      label: pod === undefined ? name : `${pod.namespace}/${pod.name}`,
      description: name,
      value: { node, probe: policyProbe(name) },
    }));
  return pick(`Policy on ${node}`, choices);
}

async function pickNode(session: Session): Promise<string | undefined> {
  const nodes = await withProgress('Reading the nodes', (signal) => session.nodes(signal));
  const choices = nodes.map(({ name, ebpf }) => ({
    label: name,
    description: `eBPF ${ebpf.state}`,
    value: name,
  }));
  return pick(`Node of ${session.cluster.info.name}`, choices);
}
