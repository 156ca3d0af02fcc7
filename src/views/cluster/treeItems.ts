import * as vscode from 'vscode';
import { commandOf } from '../../commands/ids.ts';
import { policyProbe } from '../../core/probes.ts';
import { formatAge } from '../../host/age.ts';
import {
  groupTitles,
  idOf,
  podName,
  type ClusterElement,
  type DataplaneElement,
  type Element,
  type FailureElement,
  type GroupElement,
  type InterfaceElement,
  type NodeElement,
  type NoticesElement,
  type PolicyElement,
} from './elements.ts';
import { mapItem } from './mapItem.ts';
import { escape, fact, formatCount, icon, labelled, quietItem, tooltip, troubleIcon } from '../parts.ts';

const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** How an element looks; `now` tells the age of a snapshot. */
export function toTreeItem(element: Element, now: Date): vscode.TreeItem {
  const item = itemOf(element, now);
  item.id = idOf(element);
  item.contextValue = element.kind; // `viewItem` of the menus in package.json.
  return item;
}

function itemOf(element: Element, now: Date): vscode.TreeItem {
  switch (element.kind) {
    case 'cluster':
      return clusterItem(element, now);
    case 'notices':
      return noticesItem(element);
    case 'notice':
      return quietItem(element.notice.what, { description: element.notice.why, iconId: 'info' });
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
      return mapItem(element);
    case 'policy':
      return policyItem(element);
    case 'failure':
      return failureItem(element);
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

function nodeItem({ node, facts }: NodeElement): vscode.TreeItem {
  const { ebpf, ready, calicoVersion, readyMessage } = facts;
  const readiness = ready === 'ready' ? 'ready' : ready === 'not-ready' ? 'not ready' : 'readiness unknown';
  const item = new vscode.TreeItem(node, Collapsed);
  item.description = [
    ...(ready === 'ready' ? [] : [readiness]),
    `eBPF ${ebpf.state}`,
    ...(calicoVersion === undefined ? [] : [calicoVersion]),
  ].join(' · ');
  item.iconPath = nodeIcon(facts);
  item.tooltip = tooltip([
    `**${escape(node)}**, ${readiness}`,
    escape(readyMessage ?? ''),
    `eBPF **${ebpf.state}**: ${escape(ebpf.why)}`,
    fact('Configuration asks for', ebpf.configured),
    fact('Looked at', ebpf.asked.join(', ')),
    fact('Calico', calicoVersion),
    fact('Kernel', facts.kernel),
    fact('System', facts.osImage),
    fact('Addresses', facts.addresses.join(', ')),
  ]);
  return labelled(item, `${node}, ${readiness}, ${item.description}`);
}

function nodeIcon({ ready, ebpf }: NodeElement['facts']): vscode.ThemeIcon {
  if (ready === 'not-ready') return troubleIcon('error');
  if (ebpf.state === 'on') return icon('server');
  return troubleIcon(ebpf.state === 'off' ? 'warning' : 'question');
}

function dataplaneItem({ facts: { ebpf } }: DataplaneElement): vscode.TreeItem {
  const label = ebpf.state === 'off' ? 'eBPF is off here' : 'Not known whether eBPF is on';
  const item = new vscode.TreeItem(label, Expanded);
  item.iconPath = troubleIcon(ebpf.state === 'off' ? 'warning' : 'question');
  item.tooltip = ebpf.why;
  return labelled(item, `${label}: ${ebpf.why}`);
}

const groupIcons = { interfaces: 'plug', maps: 'database', policies: 'shield' } as const;

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

function failureItem({ what, reason, message }: FailureElement): vscode.TreeItem {
  const item = new vscode.TreeItem(what);
  item.description = message;
  item.iconPath = reason === 'not-recorded' ? icon('circle-slash') : troubleIcon('error');
  item.tooltip = message;
  return labelled(item, `${what}: ${message}`);
}
