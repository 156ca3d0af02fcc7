import { CompletionItemKind, CompletionItemTag, InsertTextFormat } from 'vscode-languageserver';
import type { CompletionItem } from 'vscode-languageserver';
import { defaultIn, fieldsIn, valuesIn } from '../../core/felix/fields.ts';
import type { Field } from '../../core/felix/fields.ts';
import { readScalar } from '../../core/felix/scalar.ts';
import type { CalicoVersion } from '../../core/felix/versions.ts';
import { show } from '../effective.ts';
import type { Caret } from './caret.ts';

/** A value with a word about it. */
export type Labelled = readonly [label: string, detail?: string | undefined];

/** The keys that a spec may still get, those of eBPF first. */
export function fieldItems(
  caret: Caret,
  present: ReadonlySet<string>,
  version: CalicoVersion,
): CompletionItem[] {
  return fieldsIn(version)
    .filter(({ name }) => !present.has(name))
    .map((field) => toItem(field, caret));
}

/** As short as can be, since there are many: what more there is to know is resolved for the one that is looked at. */
function toItem(field: Field, caret: Caret): CompletionItem {
  const insertText = insertionOf(field, caret);
  return {
    label: field.name,
    kind: CompletionItemKind.Property,
    detail: field.type,
    labelDetails: { description: field.gist },
    // Within a rank the label decides.
    sortText: String(rankOf(field)),
    insertText,
    ...(insertText.includes('$') && { insertTextFormat: InsertTextFormat.Snippet }),
    ...(caret.style === 'json' && { filterText: `"${field.name}"` }),
    ...(field.deprecated && { tags: [CompletionItemTag.Deprecated] }),
  };
}

/** What one turns on and looks at first. */
const favourites = new Set([
  'bpfEnabled',
  'bpfLogLevel',
  'bpfLogFilters',
  'bpfDataIfacePattern',
  'bpfExternalServiceMode',
]);

/** Lower comes first. */
export function rankOf({ name, exclusiveTo, deprecated, dataplanes }: Field): number {
  if (deprecated) return 9;
  if (favourites.has(name)) return 0;
  if (exclusiveTo === 'bpf') return 1;
  return dataplanes.includes('bpf') ? 2 : 3;
}

function insertionOf(field: Field, { style, hasColon }: Caret): string {
  if (style === 'json') return hasColon ? `"${field.name}"` : `"${field.name}": $0`;
  if (hasColon) return field.name;
  if (style === 'flow') return `${field.name}: $0`;
  switch (field.type) {
    case 'CIDR list':
    case 'string list':
    case 'port range list':
      return `${field.name}:\n  - $0`;
    case 'list of objects':
    case 'object':
    case 'map of strings':
      return `${field.name}:\n  $0`;
    case 'boolean':
    case 'enum':
    case 'string':
    case 'integer':
    case 'integer or string':
    case 'duration':
    case 'port range':
      return `${field.name}: $0`;
  }
}

/** The values that a key takes, as far as they can be listed; the default is the one preselected. */
export function valueItems(field: Field, caret: Caret, version: CalicoVersion): CompletionItem[] {
  const fallback = show(defaultIn(field, version));
  const item = (value: string, detail?: string): CompletionItem => ({
    label: value,
    kind: CompletionItemKind.Value,
    insertText: quoteIfNeeded(value, field, caret),
    filterText: caret.word.startsWith('"') ? `"${value}"` : value,
    ...(detail !== undefined && { detail }),
    ...(value === fallback && { preselect: true, labelDetails: { description: 'default' } }),
  });
  const sorted = valuesOf(field, version, fallback).map(([value, detail], index) => ({
    ...item(value, detail),
    sortText: String(index).padStart(3, '0'),
  }));
  return sorted;
}

function valuesOf(field: Field, version: CalicoVersion, fallback: string): readonly Labelled[] {
  const known = fallback === 'unset' || /^[[{]/.test(fallback) ? [] : [fallback];
  switch (field.type) {
    case 'boolean':
      return [['true'], ['false']];
    case 'enum':
      return valuesIn(field, version).map(({ value, meaning }) => [value, meaning] as const);
    case 'duration':
      return [...new Set([...known, '10s', '30s', '90s', '5m', '1h'])].map((value) => [value] as const);
    case 'port range':
      return [...new Set([...known, '20000:29999'])].map((value) => [value, 'ports from:to'] as const);
    case 'CIDR list':
      return [['10.0.0.0/8'], ['192.168.0.0/16'], ['fd00::/8']];
    case 'port range list':
      return [['30000:32767', 'the usual node ports']];
    case 'string':
    case 'integer':
    case 'integer or string':
    case 'string list':
    case 'list of objects':
    case 'object':
    case 'map of strings':
      return known.map((value) => [value] as const);
  }
}

/** YAML 1.1 reads `Off` as a boolean, and flow style and JSON have marks of their own. */
function quoteIfNeeded(value: string, field: Field, { style }: Caret): string {
  const scalar = readScalar(value, 'plain');
  const wantsText =
    field.type !== 'boolean' && field.type !== 'integer' && field.type !== 'integer or string';
  if (!wantsText) return value;
  const isUnsafe = scalar.kind !== 'string' || value.includes(':') || /^[\^*&!|>%@`[{"'-]/.test(value);
  return style === 'json' || isUnsafe ? JSON.stringify(value) : value;
}
