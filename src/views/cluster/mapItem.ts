import * as vscode from 'vscode';
import type { ClusterErrorReason } from '../../cluster/cluster.ts';
import { commandOf } from '../../commands/ids.ts';
import { formatAge } from '../../host/age.ts';
import { factRules, type Fact, type FactRule } from '../../core/facts/fact.ts';
import { mapProbe } from '../../core/probes.ts';
import { mapLabel, type MapElement, type MapState } from './elements.ts';
import { escape, fact, formatCount, icon, labelled, tooltip, troubleIcon } from '../parts.ts';

/** A BPF map: how many entries it has, how full it is, and what is wrong in it. */
export function mapItem(element: MapElement, now: Date): vscode.TreeItem {
  const { node, map, family, state } = element;
  const item = new vscode.TreeItem(mapLabel(element));
  item.command = commandOf('calicoBpf.map.open', 'Open Map', { node, map: map.id, family });
  return state.kind === 'failed' ? failedMap(item, element, state) : readMap(item, element, state, now);
}

function readMap(
  item: vscode.TreeItem,
  { node, map, family }: MapElement,
  { summary, facts, capacity, problems, stale }: Extract<MapState, { kind: 'read' }>,
  now: Date,
): vscode.TreeItem {
  const { used } = summary;
  const count = formatCount(summary.count);
  // Fullness stands beside the count only where both count the same thing.
  const fullness = capacity === undefined || used !== summary.count ? '' : ` of ${formatCount(capacity)}`;
  const trouble = [
    ...(summary.trouble === undefined ? [] : [summary.trouble]),
    ...countFacts(facts),
    ...(problems === 0 ? [] : [`${formatCount(problems)} unreadable`]),
    ...(stale === undefined ? [] : [`read ${formatAge(stale.since, now)}`]),
  ];
  const label = mapLabel({ map, family });
  item.description = [`${count}${fullness}`, ...trouble].join(' · ');
  item.iconPath = trouble.length > 0 ? troubleIcon('warning') : icon('table');
  item.tooltip = tooltip([
    `**${escape(label)}** of ${escape(node)}`,
    `${count} ${summary.unit}`,
    used === undefined || capacity === undefined ? '' : escape(describeFullness(used, capacity)),
    ...trouble.map(escape),
    ...facts.slice(0, mostFacts).map(({ rule, text }) => `${escape(text)} _${escape(factRules[rule])}_`),
    facts.length > mostFacts ? 'The table of the map has all of them: filter for `fact:*`.' : '',
    stale === undefined ? '' : escape(`It could not be read again: ${stale.message}`),
    fact('Probe', mapProbe(map, family)),
  ]);
  return labelled(item, [label, `${count} ${summary.unit}${fullness}`, ...trouble].join(', '));
}

/** So many facts are told in words. */
const mostFacts = 5;

/** The rules of which the summary of a map tells in words of its own. */
const summed: ReadonlySet<FactRule> = new Set([
  'nat-no-backends',
  'nat-backend-missing',
  'interface-not-ready',
  'drops',
]);

/** `2 facts`: what else follows from the map. */
function countFacts(facts: readonly Fact[]): readonly string[] {
  const count = facts.filter(({ rule }) => !summed.has(rule)).length;
  return count === 0 ? [] : [count === 1 ? '1 fact' : `${formatCount(count)} facts`];
}

function describeFullness(used: number, capacity: number): string {
  const share = ((100 * used) / capacity).toFixed(1);
  return `The BPF map holds ${formatCount(used)} of at most ${formatCount(capacity)} entries: ${share} % full`;
}

function failedMap(
  item: vscode.TreeItem,
  { map, family }: MapElement,
  { reason, message }: Extract<MapState, { kind: 'failed' }>,
): vscode.TreeItem {
  item.description = failureWords[reason];
  item.iconPath = quietReasons.has(reason) ? icon('circle-slash') : troubleIcon('warning');
  item.tooltip = tooltip([...message.split('\n').map(escape), fact('Probe', mapProbe(map, family))]);
  return labelled(item, `${mapLabel({ map, family })}: ${message}`);
}

/** That something is not there is no trouble by itself. */
const quietReasons: ReadonlySet<ClusterErrorReason> = new Set(['no-map', 'not-recorded', 'unsupported']);

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
