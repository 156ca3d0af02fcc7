import * as vscode from 'vscode';
import type { LiveFeature } from '../../cluster/cluster.ts';
import { commandOf } from '../../commands/ids.ts';
import { policyProbe } from '../../core/probes.ts';
import { formatAge } from '../../host/age.ts';
import {
  groupTitles,
  idOf,
  podName,
  permissionText,
  type AccessElement,
  type ClusterElement,
  type DataplaneElement,
  type Element,
  type FailureElement,
  type GroupElement,
  type InterfaceElement,
  type LackElement,
  type NodeElement,
  type NodeGroupElement,
  type NoticeElement,
  type NoticesElement,
  type PolicyElement,
  type StaleElement,
  type TraceElement,
} from './elements.ts';
import { nodeUri } from '../findings/nodeDecorations.ts';
import { mapItem } from './mapItem.ts';
import {
  identified,
  escape,
  fact,
  formatCount,
  icon,
  labelled,
  quietItem,
  tooltip,
  troubleIcon,
} from '../parts.ts';

const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** How an element looks; `now` tells the age of a snapshot. */
export function toTreeItem(element: Element, now: Date): vscode.TreeItem {
  return identified(itemOf(element, now), idOf(element), menuOf(element));
}

/** Whose entries of the context menu an element has: its kind, and for a map whether there is something to open or to ask again. */
function menuOf(element: Element): string {
  if (element.kind !== 'map') return element.kind;
  if (element.state.kind === 'failed') return 'failedMap';
  return element.state.stale === undefined ? 'map' : 'staleMap';
}

function itemOf(element: Element, now: Date): vscode.TreeItem {
  switch (element.kind) {
    case 'cluster':
      return clusterItem(element, now);
    case 'notices':
      return noticesItem(element);
    case 'notice':
      return noticeItem(element);
    case 'access':
      return accessItem(element);
    case 'lack':
      return lackItem(element);
    case 'nodeGroup':
      return nodeGroupItem(element);
    case 'node':
      return nodeItem(element);
    case 'dataplane':
      return dataplaneItem(element);
    case 'fact':
      return quietItem(element.label, { description: element.value, iconId: 'dash' });
    case 'group':
      return groupItem(element);
    case 'interface':
      return interfaceItem(element);
    case 'map':
      return mapItem(element, now);
    case 'policy':
      return policyItem(element);
    case 'trace':
      return traceItem(element);
    case 'failure':
      return failureItem(element);
    case 'stale':
      return staleItem(element, now);
    case 'empty':
      return quietItem(element.message, { description: '', iconId: 'circle-slash' });
    case 'more':
      return quietItem(`… ${formatCount(element.count)} more`, { description: '', iconId: 'ellipsis' });
  }
}

function clusterItem({ info }: ClusterElement, now: Date): vscode.TreeItem {
  const age = info.takenAt === undefined ? 'of unknown age' : formatAge(info.takenAt, now);
  const item = new vscode.TreeItem(info.name, Expanded);
  item.description = info.kind === 'live' ? 'live' : `${info.kind}, ${age}`;
  item.iconPath = icon(info.kind === 'live' ? 'plug' : 'archive');
  item.tooltip = tooltip([
    `**${escape(info.name)}**, ${info.kind}`,
    escape(info.description ?? ''),
    fact('Taken', info.takenAt?.toISOString()),
    fact('Calico', info.calicoVersion),
    fact('Kubernetes', info.kubernetesVersion),
    fact('From', info.origin),
    info.redacted ? 'Names and addresses are redacted.' : '',
    ...info.notices.map(({ what, why }) => escape(`${what}: ${why}`)),
  ]);
  return labelled(item, `${info.name}, ${item.description}`);
}

function noticesItem({ notices }: NoticesElement): vscode.TreeItem {
  const item = quietItem('What is missing', { description: formatCount(notices.length), iconId: 'info' });
  item.collapsibleState = Collapsed;
  return item;
}

function noticeItem({ notice: { what, why }, isWarning }: NoticeElement): vscode.TreeItem {
  const item = quietItem(what, { description: why, iconId: 'info' });
  if (isWarning) item.iconPath = troubleIcon('warning');
  return labelled(item, `${what}: ${why}`);
}

const featureTitles: { readonly [feature in LiveFeature]: string } = {
  browse: 'Browse nodes, pods and policies',
  dumps: 'Read dumps of nodes',
  traces: 'Trace packets',
  changes: 'Change FelixConfigurations',
  debugPods: 'Trace from a debug pod',
};

function accessItem({ lacking }: AccessElement): vscode.TreeItem {
  const features = lacking.map(({ feature }) => feature).join(', ');
  const item = quietItem('Permissions', { description: `missing for ${features}`, iconId: 'lock' });
  item.collapsibleState = Collapsed;
  return labelled(item, `Permissions are missing for ${features}`);
}

function lackItem({ access: { feature, missing } }: LackElement): vscode.TreeItem {
  const lines = missing.map(permissionText);
  const item = quietItem(featureTitles[feature], { description: lines.join('; '), iconId: 'circle-slash' });
  item.tooltip = tooltip([`Missing for **${feature}**:`, ...lines.map((line) => `- ${escape(line)}`)]);
  return labelled(item, `${featureTitles[feature]}: missing ${lines.join('; ')}`);
}

function nodeGroupItem({ group: { kind, title, nodes } }: NodeGroupElement): vscode.TreeItem {
  const notReady = nodes.filter(({ ready }) => ready === 'not-ready').length;
  const trouble = notReady === 0 ? [] : [`${formatCount(notReady)} not ready`];
  const item = new vscode.TreeItem(title, Collapsed);
  item.description = [`${formatCount(nodes.length)} nodes`, ...trouble].join(' · ');
  item.iconPath =
    trouble.length > 0 ? troubleIcon('warning') : icon(kind === 'range' ? 'list-tree' : 'layers');
  return labelled(item, `${kind === 'range' ? 'Nodes' : kind} ${title}, ${item.description}`);
}

function staleItem({ since, message }: StaleElement, now: Date): vscode.TreeItem {
  const item = new vscode.TreeItem('Not refreshed');
  item.description = `what follows was read ${formatAge(since, now)}`;
  item.iconPath = troubleIcon('warning');
  item.tooltip = tooltip([escape(message), fact('Read', since.toISOString())]);
  return labelled(item, `Not refreshed, ${item.description}: ${message}`);
}

function nodeItem({ node, facts, isAsked }: NodeElement): vscode.TreeItem {
  const { ready, calicoVersion, readyMessage, agent, ebpf } = facts;
  const readiness = ready === 'ready' ? 'ready' : ready === 'not-ready' ? 'not ready' : 'readiness unknown';
  const item = new vscode.TreeItem(node, Collapsed);
  item.description = [
    ...(ready === 'ready' ? [] : [readiness]),
    dataplaneWords(facts, isAsked),
    ...(calicoVersion === undefined ? [] : [calicoVersion]),
  ].join(' · ');
  item.iconPath = isAsked && ebpf.state === 'unknown' ? icon('loading~spin') : nodeIcon(facts);
  item.resourceUri = nodeUri(node);
  item.tooltip = tooltip([
    `**${escape(node)}**, ${readiness}`,
    escape(readyMessage ?? ''),
    'why' in agent ? escape(`It ${agent.why}.`) : '',
    `eBPF **${ebpf.state}**: ${escape(ebpf.why)}`,
    fact('Configuration asks for', ebpf.configured),
    fact('Looked at', ebpf.asked.join(', ')),
    fact('Calico', calicoVersion),
    fact('Kernel', facts.kernel),
    fact('System', facts.osImage),
    fact('Addresses', facts.addresses.join(', ')),
    fact('Zone', facts.zone),
    fact('Pool', facts.pool),
  ]);
  return labelled(item, `${node}, ${readiness}, ${item.description}`);
}

/** What there is to know first: that nothing can be asked, and why; else whether eBPF is on, and what is instead. */
function dataplaneWords({ agent, ebpf, instead }: NodeElement['facts'], isAsked: boolean): string {
  switch (agent.kind) {
    case 'windows':
      return 'Windows, no eBPF';
    case 'absent':
      return 'no calico-node pod';
    case 'ailing':
      return agent.why.replace(/^.*, that /, 'calico-node ');
    case 'running':
    case 'unknown':
      if (isAsked && ebpf.state === 'unknown') return 'asking …';
      return `eBPF ${ebpf.state}${instead === undefined ? '' : ` (${instead.split(',')[0]})`}`;
  }
}

function nodeIcon({ ready, ebpf, agent }: NodeElement['facts']): vscode.ThemeIcon {
  if (ready === 'not-ready') return troubleIcon('error');
  if (agent.kind === 'windows') return icon('server');
  if (agent.kind === 'absent' || agent.kind === 'ailing') return troubleIcon('warning');
  if (ebpf.state === 'on') return icon('server');
  return troubleIcon(ebpf.state === 'off' ? 'warning' : 'question');
}

function dataplaneItem({ facts: { ebpf, agent } }: DataplaneElement): vscode.TreeItem {
  const isSilent = agent.kind === 'absent' || agent.kind === 'ailing';
  const label = isSilent
    ? 'This node cannot be asked'
    : ebpf.state === 'off'
      ? 'eBPF is off here'
      : 'Not known whether eBPF is on';
  const item = new vscode.TreeItem(label, Expanded);
  item.iconPath = troubleIcon(ebpf.state === 'off' ? 'warning' : 'question');
  item.tooltip = ebpf.why;
  return labelled(item, `${label}: ${ebpf.why}`);
}

const groupIcons = { interfaces: 'plug', maps: 'database', policies: 'shield', traces: 'pulse' } as const;

function groupItem({ group, count }: GroupElement): vscode.TreeItem {
  const description = count === undefined ? '' : formatCount(count);
  const item = quietItem(groupTitles[group], { description, iconId: groupIcons[group] });
  item.collapsibleState = Collapsed;
  return item;
}

function interfaceItem({ facts }: InterfaceElement): vscode.TreeItem {
  const { name, index, kind, ready } = facts;
  const who = podName(facts) ?? (kind === 'workload' ? 'workload, pod unknown' : kind);
  const isTrouble = !ready && kind !== 'unmanaged';
  const readiness = kind === 'unmanaged' ? [] : [ready ? 'ready' : 'not ready'];
  const item = new vscode.TreeItem(name);
  item.description = [who, ...readiness, `idx ${index}`].join(' · ');
  item.iconPath = isTrouble
    ? troubleIcon('warning')
    : icon(kind === 'workload' ? 'symbol-interface' : 'plug');
  item.tooltip = tooltip([
    `**${escape(name)}**, ${kind}, interface index ${index}`,
    fact('Pod', podName(facts)),
    isTrouble ? 'Calico’s programs are not ready here: packets are dropped until they are.' : '',
    kind === 'unmanaged'
      ? 'Calico’s programs are not attached here: bpfDataIfacePattern does not match it.'
      : '',
    fact('Flags', facts.flags.join(', ')),
  ]);
  return labelled(item, `${name}, ${item.description}`);
}

function policyItem({ node, facts }: PolicyElement): vscode.TreeItem {
  const probe = policyProbe(facts.name);
  const item = new vscode.TreeItem(podName(facts) ?? facts.name);
  item.description = podName(facts) === undefined ? 'pod unknown' : facts.name;
  item.iconPath = icon('shield');
  item.tooltip = tooltip([`The policy programs of ${escape(facts.name)}, all hooks`, fact('Probe', probe)]);
  item.command = commandOf('calicoBpf.policy.open', 'Open Policy Dump', { node, probe });
  return item;
}

function traceItem({ node, name }: TraceElement): vscode.TreeItem {
  const item = new vscode.TreeItem(name);
  item.iconPath = icon('pulse');
  item.tooltip = tooltip([`A captured BPF trace of ${escape(node)}: **${escape(name)}**`]);
  item.command = commandOf('calicoBpf.trace.open', 'Open Trace', { node, name });
  return item;
}

function failureItem({ what, reason, message }: FailureElement): vscode.TreeItem {
  const item = new vscode.TreeItem(what);
  item.description = message;
  item.iconPath = reason === 'not-recorded' ? icon('circle-slash') : troubleIcon('error');
  item.tooltip = message;
  return labelled(item, `${what}: ${message}`);
}
