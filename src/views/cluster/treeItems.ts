import * as vscode from 'vscode';
import type { ClusterErrorReason } from '../../cluster/cluster.ts';
import { mapProbe, policyProbe } from '../../core/probes.ts';
import { commandOf } from '../../commands/ids.ts';
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
  type MapElement,
  type NodeElement,
  type PolicyElement,
} from './elements.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** How an element looks; `now` tells the age of a snapshot. */
export function toTreeItem(element: Element, now: Date): vscode.TreeItem {
  const item = itemOf(element, now);
  item.id = idOf(element);
  item.contextValue = element.kind;
  return item;
}

function itemOf(element: Element, now: Date): vscode.TreeItem {
  switch (element.kind) {
    case 'cluster':
      return clusterItem(element, now);
    case 'notices':
      return quietItem('What is missing', `${element.notices.length}`, 'info', Collapsed);
    case 'notice':
      return quietItem(element.notice.what, element.notice.why, 'info', None);
    case 'node':
      return nodeItem(element);
    case 'dataplane':
      return dataplaneItem(element);
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
      return quietItem(element.message, '', 'circle-slash', None);
  }
}

function clusterItem({ info }: ClusterElement, now: Date): vscode.TreeItem {
  const age = info.takenAt === undefined ? 'of unknown age' : formatAge(info.takenAt, now);
  const item = new vscode.TreeItem(info.name, Expanded);
  item.description = info.kind === 'live' ? 'live' : `${info.kind}, ${age}`;
  item.iconPath = new vscode.ThemeIcon(info.kind === 'live' ? 'plug' : 'archive');
  item.tooltip = tooltip([
    `**${escape(info.name)}** — ${info.kind}`,
    info.description === undefined ? '' : escape(info.description),
    fact('Taken', info.takenAt?.toISOString()),
    fact('Calico', info.calicoVersion),
    fact('Kubernetes', info.kubernetesVersion),
    fact('From', info.origin),
    info.redacted ? 'Names and addresses are redacted.' : '',
  ]);
  return item;
}

function nodeItem({ node, facts }: NodeElement): vscode.TreeItem {
  const { ebpf, ready, calicoVersion } = facts;
  const item = new vscode.TreeItem(node, Collapsed);
  const readiness = ready === 'not-ready' ? ['not ready'] : ready === 'unknown' ? ['readiness unknown'] : [];
  item.description = [
    ...readiness,
    `eBPF ${ebpf.state}`,
    ...(calicoVersion === undefined ? [] : [calicoVersion]),
  ].join(' · ');
  item.iconPath =
    ready === 'not-ready'
      ? troubleIcon('error')
      : ebpf.state === 'on'
        ? new vscode.ThemeIcon('server')
        : troubleIcon(ebpf.state === 'off' ? 'warning' : 'question');
  item.tooltip = tooltip([
    `**${escape(node)}**`,
    `eBPF **${ebpf.state}**: ${escape(ebpf.why)}`,
    fact('Asked for', ebpf.configured),
    fact('Looked at', ebpf.asked.join(', ')),
    `Kubernetes: ${ready.replace('-', ' ')}${facts.readyMessage === undefined ? '' : `, ${escape(facts.readyMessage)}`}`,
    fact('Calico', calicoVersion),
    fact('Kernel', facts.kernel),
    fact('System', facts.osImage),
    fact('Addresses', facts.addresses.join(', ')),
  ]);
  return labelled(item, `${node}, ${item.description}`);
}

function dataplaneItem({ facts: { ebpf } }: DataplaneElement): vscode.TreeItem {
  const label = ebpf.state === 'off' ? 'eBPF is off here' : 'Not known whether eBPF is on';
  const item = new vscode.TreeItem(label, None);
  item.description = ebpf.why;
  item.iconPath = troubleIcon(ebpf.state === 'off' ? 'warning' : 'question');
  item.tooltip = tooltip([
    escape(ebpf.why),
    fact('Asked for', ebpf.configured),
    fact('Looked at', ebpf.asked.join(', ')),
  ]);
  return labelled(item, `${label}: ${ebpf.why}`);
}

const groupIcons = { interfaces: 'plug', maps: 'database', policies: 'shield' } as const;

function groupItem({ group, count }: GroupElement): vscode.TreeItem {
  return quietItem(
    groupTitles[group],
    count === undefined ? '' : formatCount(count),
    groupIcons[group],
    Collapsed,
  );
}

function interfaceItem({ facts }: InterfaceElement): vscode.TreeItem {
  const { name, index, kind, ready } = facts;
  const who = podName(facts) ?? (kind === 'workload' ? 'workload of an unknown pod' : kind);
  const isTrouble = !ready && kind !== 'unmanaged';
  const item = new vscode.TreeItem(name, None);
  item.description = [who, kind === 'unmanaged' ? '' : ready ? 'ready' : 'not ready', `#${index}`]
    .filter(Boolean)
    .join(' · ');
  item.iconPath = isTrouble
    ? troubleIcon('warning')
    : new vscode.ThemeIcon(kind === 'workload' ? 'symbol-interface' : 'plug');
  item.tooltip = tooltip([
    `**${escape(name)}** — interface index ${index}`,
    fact('Pod', podName(facts)),
    `${kind}; Calico’s programs are ${ready ? 'in place' : 'not in place: packets are dropped until they are'}`,
    fact('Flags', facts.flags.join(', ')),
  ]);
  return labelled(item, `${name}, ${item.description}`);
}

function mapItem(element: MapElement): vscode.TreeItem {
  const { node, map, family, state } = element;
  const label = family === 'IPv6' ? `${map.title} IPv6` : map.title;
  const item = new vscode.TreeItem(label, None);
  item.command = commandOf('calicoBpf.map.open', 'Open Dump', { node, map: map.id, family });
  const probe = mapProbe(map, family);
  if (state.kind === 'failed') {
    item.description = failureWords[state.reason];
    item.iconPath =
      state.reason === 'failed' || state.reason === 'unreadable'
        ? troubleIcon('warning')
        : icon('circle-slash');
    item.tooltip = tooltip([escape(state.message), fact('Asked', probe)]);
    return labelled(item, `${label}: ${state.message}`);
  }
  const { summary, capacity, problems } = state;
  const fullness = capacity === undefined ? '' : ` of ${formatCount(capacity)}`;
  const problemWords = problems === 0 ? [] : [`${formatCount(problems)} unreadable`];
  const trouble = [...(summary.trouble === undefined ? [] : [summary.trouble]), ...problemWords];
  item.description = [`${formatCount(summary.count)}${fullness}`, ...trouble].join(' · ');
  item.iconPath = trouble.length > 0 ? troubleIcon('warning') : icon('table');
  const share = capacity === undefined ? '' : `, ${((100 * summary.count) / capacity).toFixed(1)} % full`;
  item.tooltip = tooltip([
    `**${escape(label)}** of ${escape(node)}`,
    `${formatCount(summary.count)} ${summary.unit}${fullness}${share}`,
    ...trouble.map(escape),
    fact('Probe', probe),
  ]);
  return labelled(
    item,
    `${label}, ${formatCount(summary.count)} ${summary.unit}${fullness}, ${trouble.join(', ')}`,
  );
}

function policyItem({ node, facts }: PolicyElement): vscode.TreeItem {
  const item = new vscode.TreeItem(podName(facts) ?? facts.name, None);
  const probe = policyProbe(facts.name);
  item.description = facts.name;
  item.iconPath = icon('shield');
  item.tooltip = tooltip([`The policy programs of ${escape(facts.name)}, all hooks`, fact('Probe', probe)]);
  item.command = commandOf('calicoBpf.policy.open', 'Open Policy', { node, probe });
  return item;
}

function failureItem({ what, reason, message }: FailureElement): vscode.TreeItem {
  const item = new vscode.TreeItem(what, None);
  item.description = message;
  item.iconPath = reason === 'not-recorded' ? icon('circle-slash') : troubleIcon('error');
  item.tooltip = message;
  return labelled(item, `${what}: ${message}`);
}

const failureWords: { readonly [reason in ClusterErrorReason]: string } = {
  'not-recorded': 'not recorded',
  'no-snapshot': 'no snapshot',
  'newer-format': 'newer format',
  unreadable: 'unreadable',
  'too-large': 'too large',
  failed: 'failed',
  'no-map': 'not there',
  unsupported: 'not in this version',
  forbidden: 'forbidden',
  unreachable: 'unreachable',
};

function quietItem(
  label: string,
  description: string,
  iconId: string,
  state: vscode.TreeItemCollapsibleState,
): vscode.TreeItem {
  const item = new vscode.TreeItem(label, state);
  item.description = description;
  item.iconPath = icon(iconId);
  if (description !== '') item.tooltip = `${label}: ${description}`;
  return item;
}

function icon(id: string): vscode.ThemeIcon {
  return new vscode.ThemeIcon(id);
}

/** An icon in the colour that VS Code gives to errors and warnings; what is well stays without colour. */
function troubleIcon(id: 'error' | 'warning' | 'question'): vscode.ThemeIcon {
  const colour = id === 'error' ? 'problemsErrorIcon.foreground' : 'problemsWarningIcon.foreground';
  return new vscode.ThemeIcon(id, new vscode.ThemeColor(colour));
}

function labelled(item: vscode.TreeItem, label: string): vscode.TreeItem {
  item.accessibilityInformation = { label };
  return item;
}

function tooltip(paragraphs: readonly string[]): vscode.MarkdownString {
  return new vscode.MarkdownString(paragraphs.filter((paragraph) => paragraph !== '').join('\n\n'));
}

function fact(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `${name}: ${escape(value)}`;
}

function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~]/g, '\\$&');
}

function formatCount(count: number): string {
  return count.toLocaleString('en');
}
