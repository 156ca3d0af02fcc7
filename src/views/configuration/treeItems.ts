import * as vscode from 'vscode';
import { commandOf } from '../../commands/ids.ts';
import {
  escape,
  fact,
  formatCount,
  icon,
  identified,
  labelled,
  quietItem,
  tooltip,
  troubleIcon,
} from '../parts.ts';
import {
  idOf,
  showValue,
  type ConfigurationElement,
  type Element,
  type KeyElement,
  type RemarkElement,
  type SettingElement,
} from './elements.ts';

const { Collapsed } = vscode.TreeItemCollapsibleState;

/** How an element looks. */
export function toTreeItem(element: Element): vscode.TreeItem {
  return identified(itemOf(element), idOf(element), element.kind);
}

function itemOf(element: Element): vscode.TreeItem {
  switch (element.kind) {
    case 'configuration':
      return configurationItem(element);
    case 'key':
      return keyItem(element);
    case 'nodes': {
      const item = quietItem('In effect', { description: 'node by node', iconId: 'server-process' });
      item.collapsibleState = Collapsed;
      item.tooltip = 'What each node’s Felix found set when it started, and who sets it';
      return item;
    }
    case 'configuredNode': {
      const item = quietItem(element.node, { description: '', iconId: 'server' });
      item.collapsibleState = Collapsed;
      return item;
    }
    case 'setting':
      return settingItem(element);
    case 'remark':
      return remarkItem(element);
  }
}

function configurationItem({ ref, spec, nodes }: ConfigurationElement): vscode.TreeItem {
  const item = new vscode.TreeItem(ref.name, Collapsed);
  const description = [counted(Object.keys(spec).length, 'key'), ...reachOf(nodes)].join(' · ');
  item.description = description;
  item.iconPath = nodes === 0 ? troubleIcon('warning') : icon('settings-gear');
  item.tooltip = tooltip([`**${escape(ref.name)}**`, escape(description), fact('Resource', ref.resource)]);
  item.command = commandOf('calicoBpf.configuration.open', 'Open FelixConfiguration', ref);
  return labelled(item, `${ref.name}, ${description}`);
}

function reachOf(nodes: number | undefined): readonly string[] {
  if (nodes === undefined) return [];
  return [nodes === 0 ? 'for no node' : `for ${counted(nodes, 'node')}`];
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
}

function keyItem({ ref, key, value }: KeyElement): vscode.TreeItem {
  const item = new vscode.TreeItem(key);
  const text = showValue(value);
  item.description = text;
  item.iconPath = icon('symbol-property');
  item.tooltip = tooltip([
    `**${escape(key)}**: ${escape(text)}`,
    fact('Set by FelixConfiguration', ref.name),
  ]);
  item.command = commandOf('calicoBpf.configuration.open', 'Open FelixConfiguration', ref);
  return labelled(item, `${key}, ${text}`);
}

function settingItem({ setting }: SettingElement): vscode.TreeItem {
  const { key, value, origin, outranked } = setting;
  const item = new vscode.TreeItem(key);
  const isDisputed = outranked.some((other) => other.value !== value);
  item.description = isDisputed ? `${value} · by ${origin}` : value;
  item.iconPath = icon(isDisputed ? 'layers' : 'symbol-property');
  item.tooltip = tooltip([
    `**${escape(key)}**: ${escape(value)}`,
    fact('Set by', origin),
    ...outranked.map((other) => escape(`Outranks ${other.origin}: ${other.value}`)),
  ]);
  return labelled(item, `${key}, ${value}, set by ${origin}`);
}

function remarkItem({ message, reason }: RemarkElement): vscode.TreeItem {
  const item = quietItem(message.split('\n', 1)[0] ?? message, { description: '', iconId: 'circle-slash' });
  if (reason !== undefined && reason !== 'not-recorded') item.iconPath = troubleIcon('error');
  item.tooltip = message;
  return item;
}
