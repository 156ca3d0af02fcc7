import { variableOf } from '../core/felix/environment.ts';
import { defaultIn, existsIn, valuesIn } from '../core/felix/fields.ts';
import type { Field, FieldValue } from '../core/felix/fields.ts';
import { formatVersion } from '../core/felix/versions.ts';
import type { CalicoVersion } from '../core/felix/versions.ts';
import { effectiveValues, show } from './effective.ts';
import { linkTo } from './features/diagnostics.ts';
import type { ClusterAnswer } from './protocol.ts';
import type { Surroundings } from './surroundings.ts';

/** What there is to know about a key, in Markdown. */
export function describeField(field: Field, { version, cluster }: Surroundings): string {
  const parts = [
    `**${field.name}** · ${typeOf(field)}`,
    availability(field, version),
    field.description,
    valueList(field, version),
    [defaultText(field, version), rangeText(field)].filter((text) => text !== '').join(' '),
    historyText(field),
    namesText(field),
    scopeText(field, cluster),
    notesText(field),
    cluster === undefined ? '' : effectiveText(field, cluster, version),
    relatedText(field),
    `[Documentation](${linkTo(field.name)})`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function typeOf({ type, unit }: Field): string {
  return unit === undefined || type.includes(unit) ? type : `${type} (${unit})`;
}

function availability(field: Field, version: CalicoVersion): string {
  const { since, removedAfter, deprecated, replacement, deprecationNote } = field;
  const parts: string[] = [];
  if (!existsIn(field, version)) parts.push(`⚠ Not in Calico ${formatVersion(version)}.`);
  if (deprecated) parts.push(`⚠ Deprecated${replacement === undefined ? '' : `: use \`${replacement}\``}.`);
  if (deprecated && replacement === undefined && deprecationNote !== undefined) parts.push(deprecationNote);
  if (since !== undefined) parts.push(`Since ${since}.`);
  if (removedAfter !== undefined) parts.push(`Last in ${removedAfter}.`);
  return parts.join(' ');
}

function valueList(field: Field, version: CalicoVersion): string {
  return valuesIn(field, version)
    .map((value) => `- \`${value.value}\`${describeValue(field, value)}`)
    .join('\n');
}

function describeValue(field: Field, { value, meaning, since }: FieldValue): string {
  const deprecated = field.deprecatedValues[value];
  return [
    meaning === undefined ? '' : ` – ${meaning}`,
    since === undefined || since === field.since ? '' : ` *Since ${since}.*`,
    deprecated === undefined ? '' : ` *Deprecated: ${deprecated}*`,
  ].join('');
}

function defaultText(field: Field, version: CalicoVersion): string {
  const { defaultHow } = field;
  const value = defaultIn(field, version);
  const shown = value === undefined || value === null ? 'unset' : `\`${show(value)}\``;
  return `Default: ${shown}${defaultHow === undefined ? '' : ` (${defaultHow})`}.`;
}

function rangeText({ felix, validator }: Field): string {
  const min = felix?.min ?? validator?.min;
  const max = felix?.max ?? validator?.max;
  if (min === undefined && max === undefined) return '';
  if (max === undefined || max >= 2 ** 31 - 1) return min === undefined ? '' : `At least ${min}.`;
  return min === undefined ? `At most ${max}.` : `From ${min} to ${max}.`;
}

function historyText({ defaultHistory }: Field): string {
  if (defaultHistory.length === 0) return '';
  const changes = defaultHistory.map(
    (change) => `${show(change.old)} → ${show(change.new)} in ${change.since}`,
  );
  return `The default changed: ${changes.join(', ')}.`;
}

function namesText(field: Field): string {
  const variable = variableOf(field);
  return variable === undefined ? '' : `Environment: \`${variable}\`.`;
}

const dataplaneNames = {
  iptables: 'iptables',
  nftables: 'nftables',
  bpf: 'eBPF',
  windows: 'Windows',
} as const;

function scopeText(field: Field, cluster: ClusterAnswer | undefined): string {
  const { dataplanes, exclusiveTo, restart, parameter } = field;
  const names = dataplanes.map((dataplane) => dataplaneNames[dataplane]);
  const readers = names.length > 0 ? `Read by ${names.join(', ')}.` : '';
  const scope = exclusiveTo === 'bpf' ? 'Only read in eBPF mode.' : readers;
  if (!restart || parameter === undefined) return scope;
  const nodes =
    cluster === undefined ? 'every node it applies to' : `${cluster.nodes.length} nodes of ${cluster.name}`;
  return `${scope} Changing it restarts Felix on ${nodes}.`.trim();
}

function notesText({ notes, setBy }: Field): string {
  const set = setBy.map(({ by, value, when, masks }) => {
    const outranks = masks === true ? ', which outranks this resource' : '';
    return `- Set to \`${value}\` by ${by} ${when}${outranks}.`;
  });
  return [...notes.map((note) => `- ${note}`), ...set].join('\n');
}

function effectiveText(field: Field, cluster: ClusterAnswer, version: CalicoVersion): string {
  const total = cluster.nodes.length;
  const values = effectiveValues(field, cluster, version).map(
    ({ value, origin, nodes }) => `\`${value}\` on ${nodes.length} of ${total} nodes, from ${origin}`,
  );
  return values.length === 0 ? '' : `In effect on ${cluster.name}: ${values.join('; ')}.`;
}

function relatedText({ related }: Field): string {
  return related.length === 0 ? '' : `See also: ${related.map((name) => `\`${name}\``).join(', ')}.`;
}
