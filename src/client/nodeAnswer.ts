import { ifAnswered } from '../cluster/cluster.ts';
import { readEffectiveConfig } from '../core/nodes/effectiveConfig.ts';
import type { EffectiveConfig } from '../core/nodes/effectiveConfig.ts';
import { findAgent } from '../core/nodes/nodeFacts.ts';
import { listField, textField } from '../core/objects/object.ts';
import type { KubernetesObject } from '../core/objects/object.ts';
import { ipFamilies } from '../core/probes.ts';
import type { IpFamily, MapId } from '../core/probes.ts';
import type { NodeAnswer } from '../language/protocol.ts';
import type { MapDump, Session } from '../session/session.ts';

/** What Kubernetes tells of a node: its labels, and the FELIX_ variables of its calico-node pod that are plain text. */
export function nodeFromObjects(
  name: string,
  nodes: readonly KubernetesObject[],
  pods: readonly KubernetesObject[],
): NodeAnswer {
  const labels = nodes.find(({ metadata }) => metadata.name === name)?.metadata.labels ?? {};
  return { name, labels, environment: environmentOn(name, pods), interfaces: [], mapEntries: {} };
}

/** The same with what the node itself tells; what it cannot answer is left out. */
export async function askNode(node: NodeAnswer, session: Session, signal: AbortSignal): Promise<NodeAnswer> {
  const [interfaces, mapEntries, config] = await Promise.all([
    interfacesOf(session, node.name, signal),
    mapEntriesOn(session, node.name, signal),
    startedWith(session, node.name, signal),
  ]);
  const file = config?.sources.get('file');
  return {
    ...node,
    interfaces,
    mapEntries,
    environment: { ...fromLog(config), ...node.environment },
    ...(file && { file: Object.fromEntries(file) }),
  };
}

async function startedWith(
  session: Session,
  node: string,
  signal: AbortSignal,
): Promise<EffectiveConfig | undefined> {
  const log = await ifAnswered(session.text({ node, probe: 'felix.log' }, signal));
  return log && readEffectiveConfig(log.text);
}

/** All variables, also those that a ConfigMap or a Secret gives; Felix's log has their names without the prefix. */
function fromLog(config: EffectiveConfig | undefined): Record<string, string> {
  const found = [...(config?.sources.get('environment') ?? [])];
  return Object.fromEntries(found.map(([name, value]) => [`FELIX_${name.toUpperCase()}`, value]));
}

/** All of the node's interfaces where `ip link` was asked, else those that Calico's programs know. */
async function interfacesOf(session: Session, node: string, signal: AbortSignal): Promise<readonly string[]> {
  const links = await ifAnswered(session.text({ node, probe: 'ip.link' }, signal));
  const names = links === undefined ? [] : linkNames(links.text);
  if (names.length > 0) return names;
  const interfaces = (await ifAnswered(session.interfaces(node, signal))) ?? [];
  return interfaces.map(({ name }) => name);
}

/** `ip -j link`: a list of objects with `ifname`; an `ip` without `-j` prints something else. */
function linkNames(text: string): readonly string[] {
  if (!text.startsWith('[')) return [];
  try {
    const links: unknown = JSON.parse(text);
    return Array.isArray(links) ? links.flatMap((link) => textField(link, 'ifname') ?? []) : [];
  } catch {
    return [];
  }
}

/** The dump that tells how full the map of a size is; sizes hold for each family. */
const sizedBy: Readonly<Record<string, MapId>> = {
  bpfMapSizeConntrack: 'conntrack',
  bpfMapSizeRoute: 'routes',
  bpfMapSizeNATFrontend: 'nat',
  bpfMapSizeNATBackend: 'nat',
  bpfMapSizeNATAffinity: 'nat-affinity',
  bpfMapSizeIPSets: 'ipsets',
  bpfMapSizeIfState: 'ifstate',
};

/** Counted only from recordings: dumping every map of a live cluster is too much to ask for a hint in an editor. */
async function mapEntriesOn(
  session: Session,
  node: string,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  if (session.cluster.info.kind === 'live') return {};
  const entries = Object.entries(sizedBy).map(async ([key, map]) => {
    const dumps = ipFamilies.map((family: IpFamily) =>
      ifAnswered(session.map({ node, map, family }, signal)),
    );
    const used = (await Promise.all(dumps))
      .map((dump) => dump && usedIn(key, dump))
      .filter((count) => count !== undefined);
    return used.length === 0 ? [] : [[key, Math.max(...used)] as const];
  });
  return Object.fromEntries((await Promise.all(entries)).flat());
}

function usedIn(key: string, { summary }: MapDump): number | undefined {
  // The dump of `nat` holds both maps; its entries are frontends.
  return key === 'bpfMapSizeNATBackend' ? summary.usedBackends : summary.used;
}

function environmentOn(node: string, pods: readonly KubernetesObject[]): Record<string, string> {
  const containers = listField(findAgent(pods, node), 'spec', 'containers').filter(
    (each) => textField(each, 'name') === 'calico-node',
  );
  const variables = containers.flatMap((container) => listField(container, 'env'));
  const pairs = variables.flatMap((variable) => {
    const name = textField(variable, 'name') ?? '';
    const value = textField(variable, 'value');
    return /^FELIX_/i.test(name) && value !== undefined ? [[name, value] as const] : [];
  });
  return Object.fromEntries(pairs);
}
