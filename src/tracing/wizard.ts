import * as vscode from 'vscode';
import { ifAnswered, type Cluster } from '../cluster/cluster.ts';
import { packetExpression } from '../core/net/packetExpression.ts';
import { pcapError } from '../core/felix/syntax/pcap.ts';
import { listField, numberField, textField, type KubernetesObject } from '../core/objects/object.ts';
import { withProgress } from '../host/progress.ts';
import { readSetting } from '../host/settings.ts';
import type { TraceWish } from './scope.ts';

/** Where a trace was asked for: at a node, at a pod, at a service, at packets that a table shows. */
export interface TracePlace {
  readonly node?: string;
  readonly pod?: ObjectName;
  readonly service?: ObjectName;
  readonly expression?: string;
}

interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

export interface AskedTrace extends TraceWish {
  readonly seconds: number;
}

/** What is to be seen: a filter, and the nodes where it passes for certain. */
interface Subject {
  readonly expression: string | undefined;
  readonly nodes: readonly string[];
}

/** A question goes with Escape only: an editor that gets the focus back after the one before would end it. */
const staying = { ignoreFocusOut: true } as const;

/** Asks what to see, where and how long; `undefined` when the user dismisses a question. */
export async function askForTrace(
  cluster: Cluster,
  place: TracePlace,
  nodes: readonly string[],
): Promise<AskedTrace | undefined> {
  const subject = await askSubject(cluster, place);
  if (subject === undefined) return undefined;
  const chosen = await askNodes(nodes, place.node === undefined ? subject.nodes : [place.node]);
  if (chosen === undefined) return undefined;
  const seconds = await askSeconds();
  return seconds === undefined ? undefined : { expression: subject.expression, nodes: chosen, seconds };
}

async function askSubject(cluster: Cluster, place: TracePlace): Promise<Subject | undefined> {
  const { pod, service, expression } = place;
  if (expression !== undefined) return { expression, nodes: [] };
  const foundPod = pod && (await findObject(cluster, 'pods', pod));
  if (foundPod !== undefined) return podSubject(foundPod);
  const foundService = service && (await findObject(cluster, 'services', service));
  if (foundService !== undefined) return serviceSubject(cluster, foundService);
  const kinds = [
    { label: '$(symbol-method) A Pod…', detail: 'Its packets, by its addresses', ask: () => askPod(cluster) },
    {
      label: '$(globe) A Service…',
      detail: 'Packets to it and to its backends',
      ask: () => askService(cluster),
    },
    {
      label: '$(plug) An Address, Port or Protocol…',
      detail: 'Such as 10.65.0.2, 10.65.0.0/16, :443, 10.65.0.2:8080/tcp, udp',
      ask: askEndpoint,
    },
    {
      label: '$(filter) An Expression…',
      detail: 'In the syntax of tcpdump: host 10.65.0.2 and tcp port 8080',
      ask: askExpression,
    },
    {
      label: '$(list-flat) Every Packet',
      detail: 'Costly: tens of thousands of lines a second on a busy node',
      ask: askNothing,
    },
  ];
  const kind = await vscode.window.showQuickPick(kinds, {
    ...staying,
    title: 'Start Trace: What Do You Want to See?',
  });
  return kind?.ask();
}

async function findObject(
  cluster: Cluster,
  resource: string,
  { namespace, name }: ObjectName,
): Promise<KubernetesObject | undefined> {
  const objects = await listed(cluster, resource);
  return objects.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}

async function askNothing(): Promise<Subject> {
  return { expression: undefined, nodes: [] };
}

async function askPod(cluster: Cluster): Promise<Subject | undefined> {
  const pods = (await listed(cluster, 'pods')).filter((each) => addressesOf(each).length > 0);
  const choices = pods.map((each) => ({
    label: `${each.metadata.namespace ?? ''}/${each.metadata.name}`,
    description: [textField(each, 'spec', 'nodeName'), ...addressesOf(each)].join(' · '),
    subject: podSubject(each),
  }));
  const title = 'Start Trace: Which Pod?';
  return (await vscode.window.showQuickPick(choices, { ...staying, title, matchOnDescription: true }))
    ?.subject;
}

function podSubject(pod: KubernetesObject): Subject {
  const node = textField(pod, 'spec', 'nodeName');
  return { expression: hosts(addressesOf(pod)), nodes: node === undefined ? [] : [node] };
}

function addressesOf(pod: KubernetesObject): readonly string[] {
  return listField(pod, 'status', 'podIPs').flatMap((each) => textField(each, 'ip') ?? []);
}

/** libpcap compiles long expressions, too, but a BPF program has its limits. */
const mostHosts = 24;

function hosts(addresses: readonly string[]): string {
  return addresses
    .slice(0, mostHosts)
    .map((address) => `host ${address}`)
    .join(' or ');
}

async function askService(cluster: Cluster): Promise<Subject | undefined> {
  const services = (await listed(cluster, 'services')).filter((each) => clusterAddresses(each).length > 0);
  const choices = services.map((service) => ({
    label: `${service.metadata.namespace ?? ''}/${service.metadata.name}`,
    description: clusterAddresses(service).join(' · '),
    service,
  }));
  const title = 'Start Trace: Which Service?';
  const chosen = await vscode.window.showQuickPick(choices, { ...staying, title, matchOnDescription: true });
  return chosen && serviceSubject(cluster, chosen.service);
}

async function serviceSubject(cluster: Cluster, service: KubernetesObject): Promise<Subject> {
  const slices = await listed(cluster, 'endpointslices.discovery.k8s.io');
  const own = slices.filter(
    ({ metadata }) =>
      metadata.namespace === service.metadata.namespace &&
      metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
  );
  const endpoints = own.flatMap((slice) => listField(slice, 'endpoints'));
  const backends = endpoints.flatMap((endpoint) =>
    listField(endpoint, 'addresses').filter((address): address is string => typeof address === 'string'),
  );
  const nodes = endpoints.flatMap((endpoint) => textField(endpoint, 'nodeName') ?? []);
  const addresses = [...clusterAddresses(service), ...outerAddresses(service), ...backends];
  const expression = [hosts(addresses), ...nodePorts(service).map((port) => `port ${port}`)].join(' or ');
  return { expression, nodes: [...new Set(nodes)] };
}

function clusterAddresses(service: KubernetesObject): readonly string[] {
  return listField(service, 'spec', 'clusterIPs').filter(
    (address): address is string => typeof address === 'string' && address !== 'None' && address !== '',
  );
}

/** Those by which it is reached from outside. */
function outerAddresses(service: KubernetesObject): readonly string[] {
  const given = listField(service, 'spec', 'externalIPs').filter((address) => typeof address === 'string');
  const balanced = listField(service, 'status', 'loadBalancer', 'ingress');
  return [...given, ...balanced.flatMap((one) => textField(one, 'ip') ?? [])];
}

/** By these, at the address of any node. */
function nodePorts(service: KubernetesObject): readonly number[] {
  return listField(service, 'spec', 'ports').flatMap((port) => numberField(port, 'nodePort') ?? []);
}

async function askEndpoint(): Promise<Subject | undefined> {
  const text = await vscode.window.showInputBox({
    ...staying,
    title: 'Start Trace: Which Address, Port or Protocol?',
    prompt: 'Packets to it and from it.',
    placeHolder: '10.65.0.2:8080/tcp',
    validateInput: (typed) =>
      packetExpression(typed) === undefined
        ? 'Write an address or a network, a port, a protocol, or several of them: 10.65.0.2:8080/tcp.'
        : undefined,
  });
  const expression = text === undefined ? undefined : packetExpression(text);
  return expression === undefined ? undefined : { expression, nodes: [] };
}

async function askExpression(): Promise<Subject | undefined> {
  const expression = await vscode.window.showInputBox({
    ...staying,
    title: 'Start Trace: Which Packets?',
    prompt:
      'A filter in the syntax of tcpdump. An expression that is no filter is taken by everybody, and then nothing is logged.',
    placeHolder: 'host 10.65.0.2 and tcp port 8080',
    validateInput: (text) => {
      if (text.trim() === '') return 'Write a filter, or go back and choose every packet.';
      const error = pcapError(text);
      return error === undefined ? undefined : `This is no filter: ${error}.`;
    },
  });
  return expression === undefined ? undefined : { expression: expression.trim(), nodes: [] };
}

async function askNodes(
  nodes: readonly string[],
  suggested: readonly string[],
): Promise<readonly string[] | undefined> {
  if (nodes.length === 1) return nodes;
  const items = nodes
    .map((label) => ({ label, picked: suggested.includes(label) }))
    .toSorted((a, b) => Number(b.picked) - Number(a.picked));
  const options = { ...staying, title: 'Start Trace: On Which Nodes?', canPickMany: true } as const;
  const chosen = await vscode.window.showQuickPick(items, options);
  return chosen === undefined || chosen.length === 0 ? undefined : chosen.map(({ label }) => label);
}

const durations = [30, 120, 300, 600, 1800];

async function askSeconds(): Promise<number | undefined> {
  const usual = readSetting('calicoBpf.trace.timeLimit');
  const others = durations.filter((seconds) => seconds !== usual);
  const items = [usual, ...others].map((seconds) => ({
    label: describeSeconds(seconds),
    description: seconds === usual ? 'as the settings say' : '',
    seconds,
  }));
  return (await vscode.window.showQuickPick(items, { ...staying, title: 'Start Trace: How Long at Most?' }))
    ?.seconds;
}

/** `2 minutes`, `90 seconds`. */
export function describeSeconds(seconds: number): string {
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** The objects of a resource; none where they cannot be had. */
async function listed(cluster: Cluster, resource: string): Promise<readonly KubernetesObject[]> {
  const title = `Reading ${resource.split('.', 1)[0] ?? resource}`;
  const objects = withProgress(title, (signal) => cluster.list(resource, signal));
  return (await ifAnswered(objects)) ?? [];
}
