import type * as vscode from 'vscode';
import { isClusterError } from '../cluster/cluster.ts';
import { field, listField, textField } from '../core/objects/object.ts';
import type { KubernetesObject } from '../core/objects/object.ts';
import { toAbortSignal } from '../host/cancellation.ts';
import type { ClusterAnswer, ConfigurationAnswer, NodeAnswer } from '../language/protocol.ts';
import type { Session } from '../session/session.ts';

/** On more nodes than this, a live cluster is not asked for the interfaces of each: it is a call per node. */
const maxLiveNodes = 20;

/** What the open cluster tells about configuration files; what it cannot answer is left out. */
export async function answerFor(
  session: Session | undefined,
  token: vscode.CancellationToken,
): Promise<ClusterAnswer | null> {
  if (session === undefined) return null;
  const signal = toAbortSignal(token);
  const [nodes, pods, stored] = await Promise.all([
    session.nodes(signal),
    listOf(session, 'pods', signal),
    configurationsOf(session, signal),
  ]);
  const asksNodes = session.cluster.info.kind !== 'live' || nodes.length <= maxLiveNodes;
  const toAnswer = async ({ name }: { readonly name: string }): Promise<NodeAnswer> => {
    const environment = environmentOn(name, pods ?? []);
    if (!asksNodes) return { name, environment, interfaces: [], mapEntries: {} };
    return { name, environment, ...(await probesOf(session, name, signal)) };
  };
  return {
    name: session.cluster.info.name,
    calicoVersion:
      session.cluster.info.calicoVersion ?? nodes.find((node) => node.calicoVersion)?.calicoVersion,
    nodes: await Promise.all(nodes.map(toAnswer)),
    configurations: stored.map(toConfiguration),
    ...(pods !== undefined && { kubeProxyRuns: pods.some(isKubeProxy) }),
  };
}

async function probesOf(
  session: Session,
  name: string,
  signal: AbortSignal,
): Promise<Pick<NodeAnswer, 'interfaces' | 'mapEntries'>> {
  return {
    interfaces: await interfacesOf(session, name, signal),
    mapEntries: await mapEntriesOn(session, name, signal),
  };
}

/** All of the node's interfaces where `ip link` was asked, else those that Calico's programs know. */
async function interfacesOf(session: Session, node: string, signal: AbortSignal): Promise<readonly string[]> {
  const links = await orUndefined(session.text({ node, probe: 'ip.link' }, signal));
  const names = links === undefined ? [] : linkNames(links.text);
  if (names.length > 0) return names;
  const interfaces = (await orUndefined(session.interfaces(node, signal))) ?? [];
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

/** Counted only from recordings: dumping every map of a live cluster is too much to ask for a hint in an editor. */
async function mapEntriesOn(
  session: Session,
  node: string,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  if (session.cluster.info.kind === 'live') return {};
  const sizes = { bpfMapSizeConntrack: 'conntrack', bpfMapSizeRoute: 'routes' } as const;
  const entries = Object.entries(sizes).map(async ([key, map]) => {
    const found = await orUndefined(session.map({ node, map, family: 'IPv4' }, signal));
    return found === undefined ? [] : [[key, found.summary.count] as const];
  });
  return Object.fromEntries((await Promise.all(entries)).flat());
}

/** The FELIX_ variables of the node's calico-node pod that are given as plain text. */
function environmentOn(node: string, pods: readonly KubernetesObject[]): Record<string, string> {
  const pod = pods.find((each) => isCalicoNode(each) && textField(each, 'spec', 'nodeName') === node);
  const containers = listField(pod, 'spec', 'containers').filter(
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

function isCalicoNode({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.['k8s-app'] === 'calico-node';
}

function isKubeProxy(pod: KubernetesObject): boolean {
  return pod.metadata.labels?.['k8s-app'] === 'kube-proxy' && textField(pod, 'status', 'phase') === 'Running';
}

/** Where the Calico API server runs, the objects have the one name, else the other. */
async function configurationsOf(session: Session, signal: AbortSignal): Promise<readonly KubernetesObject[]> {
  const served = await listOf(session, 'felixconfigurations.projectcalico.org', signal);
  if (served !== undefined && served.length > 0) return served;
  return (await listOf(session, 'felixconfigurations.crd.projectcalico.org', signal)) ?? [];
}

function toConfiguration(object: KubernetesObject): ConfigurationAnswer {
  const spec = field(object, 'spec');
  return { name: object.metadata.name, spec: isRecord(spec) ? spec : {} };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function listOf(
  session: Session,
  resource: string,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[] | undefined> {
  return orUndefined(session.cluster.list(resource, signal));
}

/** What a cluster cannot answer makes the editor know less, and is no failure. */
async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isClusterError(error)) return undefined;
    throw error;
  }
}
