import { CompletionItemKind, InsertTextFormat, MarkupKind } from 'vscode-languageserver';
import type { CompletionItem, CompletionList, Position } from 'vscode-languageserver';
import { variableOf } from '../../core/felix/environment.ts';
import { fields, fieldsIn } from '../../core/felix/fields.ts';
import type { Field } from '../../core/felix/fields.ts';
import { documentSnippets } from '../../core/felix/snippets.ts';
import { caretAt } from '../completion/caret.ts';
import type { Caret } from '../completion/caret.ts';
import { fieldItems, valueItems } from '../completion/fieldItems.ts';
import { filterInterfaces, filterSnippets } from '../completion/filters.ts';
import { plainItems, plainKeys } from '../completion/items.ts';
import { patchItems } from '../completion/patchItems.ts';
import type { ParsedPiece } from '../document.ts';
import { describeField } from '../fieldText.ts';
import { installationFields } from '../objects/installation.ts';
import type { OpenDocument } from '../openDocument.ts';
import type { Surroundings } from '../surroundings.ts';
import { felixVersions, specOf } from '../targets.ts';
import { describeInstallationField } from './hover.ts';

export interface CompletionRequest {
  readonly position: Position;
  readonly context?: { readonly triggerCharacter?: string } | undefined;
}

export interface CompletionClient {
  /** Whether it takes one range for all items, which then need none of their own. */
  readonly sharesRange: boolean;
  /** Whether it asks for the documentation of the item that is looked at; else each comes with a line. */
  readonly resolvesDocumentation: boolean;
  /** Its command that opens completion, to go on from a key to its values. */
  readonly suggestCommand: string | undefined;
}

export function completionsAt(
  document: OpenDocument,
  { position, context }: CompletionRequest,
  surroundings: Surroundings,
  { sharesRange, resolvesDocumentation, suggestCommand }: CompletionClient,
): CompletionList {
  const found = document.pieceAt(position);
  const caret = found && caretAt(found.placed.piece.text, found.offset);
  if (found === undefined || caret === undefined) return nothing;
  // A space behind a key asks for values; one that only indents asks for nothing.
  if (context?.triggerCharacter === ' ' && caret.key === undefined && !caret.inList) return nothing;
  const items = itemsFor(found.placed.piece, caret, surroundings);
  const range = document.rangeOf(caret.span, found.placed);
  const place = ({ insertText, ...item }: CompletionItem): CompletionItem => ({
    ...item,
    ...(!resolvesDocumentation && summaryOf(item)),
    ...(sharesRange
      ? { textEditText: insertText ?? item.label }
      : { textEdit: { range, newText: insertText ?? item.label } }),
    ...(suggestCommand !== undefined &&
      insertText?.endsWith(': $0') === true && { command: { title: 'Values', command: suggestCommand } }),
  });
  const list = { isIncomplete: false, items: items.map(place) };
  return sharesRange ? { ...list, itemDefaults: { editRange: range } } : list;
}

function summaryOf(item: CompletionItem): Pick<CompletionItem, 'documentation'> {
  const field = fieldOf(item);
  return field === undefined ? {} : { documentation: field.summary };
}

/** The key that an item is about. */
function fieldOf({ data, label }: CompletionItem): Field | undefined {
  return fields.get(typeof data === 'string' ? data : label);
}

export const nothing: CompletionList = { isIncomplete: false, items: [] };

function itemsFor(piece: ParsedPiece, caret: Caret, surroundings: Surroundings): CompletionItem[] {
  if (piece.aim !== undefined) return patchItems(piece, caret, surroundings.version);
  if (isVariableName(caret)) return variableItems(surroundings);
  if (/["']?kind["']?\s*:\s*["']?FelixConfiguration\b/.test(piece.text))
    return felixItems(piece, caret, surroundings);
  if (/["']?kind["']?\s*:\s*["']?Installation\b/.test(piece.text)) return installationItems(caret);
  return caret.path.length === 0 && caret.key === undefined ? snippetItems() : [];
}

function isVariableName({ path, key, word }: Caret): boolean {
  if (key === 'name' && path.at(-1) === 'env') return true;
  return key === undefined && /^FELIX_/i.test(word);
}

function felixItems(piece: ParsedPiece, caret: Caret, surroundings: Surroundings): CompletionItem[] {
  const [top, name, ...below] = caret.key === undefined ? caret.path : [...caret.path, caret.key];
  if (top === undefined) return topItems();
  if (top === 'metadata') return metadataItems(caret, surroundings);
  if (top === 'apiVersion') return plainItems(felixVersions.map((each) => [each]));
  if (top === 'kind') return plainItems([['FelixConfiguration']]);
  if (top !== 'spec') return [];
  if (name === undefined) return fieldItems(caret, presentIn(piece, caret), surroundings.version);
  const field = fields.get(name);
  return field === undefined ? [] : insideField(field, below, caret, surroundings);
}

function insideField(
  field: Field,
  below: readonly string[],
  caret: Caret,
  surroundings: Surroundings,
): CompletionItem[] {
  if (field.name === 'bpfLogFilters')
    return caret.key === undefined ? plainKeys(filterInterfaces) : filterItems();
  if (below.length === 0 && (caret.key !== undefined || field.fields.length === 0)) {
    return valueItems(field, caret, surroundings.version);
  }
  if (caret.key === undefined) {
    return field.fields.map(({ name, type }) => ({
      label: name,
      kind: CompletionItemKind.Field,
      insertText: caret.style === 'json' ? `"${name}": ` : `${name}: `,
      ...(type !== undefined && { detail: type }),
    }));
  }
  const part = field.fields.find(({ name }) => name === below.at(-1));
  return plainItems((part?.values ?? []).map((value) => [value] as const));
}

/** The keys that the object at the caret has already, besides the one at the caret itself. */
function presentIn({ targets }: ParsedPiece, { span: { start } }: Caret): ReadonlySet<string> {
  const maps = targets.flatMap((target) => (target.kind === 'felix' ? [target.map] : []));
  const map = maps.findLast(({ span }) => span.start <= start);
  const others = (map && specOf(map))?.pairs.filter(({ key }) => key.span.start !== start);
  return new Set(others?.map(({ key }) => key.text));
}

function topItems(): CompletionItem[] {
  return plainKeys([
    ['apiVersion', 'projectcalico.org/v3'],
    ['kind', 'FelixConfiguration'],
    ['metadata', 'The name decides for which nodes it is.'],
    ['spec', 'The parameters of Felix.'],
  ]);
}

function metadataItems(caret: Caret, { cluster }: Surroundings): CompletionItem[] {
  if (caret.path.length > 1) return [];
  if (caret.key === undefined)
    return plainKeys([
      ['name', 'default, or node.<name> for one node'],
      ['annotations', ''],
    ]);
  if (caret.key !== 'name') return [];
  const nodes = (cluster?.nodes ?? []).map(({ name }) => [`node.${name}`, 'for this node only'] as const);
  return plainItems([['default', 'for all nodes'], ...nodes]);
}

function installationItems(caret: Caret): CompletionItem[] {
  if (caret.path.join('.') !== 'spec.calicoNetwork') return [];
  const field = installationFields.find(({ name }) => name === caret.key);
  if (field !== undefined)
    return plainItems(field.values.map((value) => [value, field.meanings[value]] as const));
  return installationFields.map((each) => ({
    label: each.name,
    kind: CompletionItemKind.Property,
    insertText: `${each.name}: `,
    documentation: { kind: MarkupKind.Markdown, value: describeInstallationField(each) },
  }));
}

function variableItems({ version }: Surroundings): CompletionItem[] {
  return fieldsIn(version).flatMap((field) => {
    const label = variableOf(field);
    return label === undefined ? [] : [{ label, kind: CompletionItemKind.Variable, data: field.name }];
  });
}

function filterItems(): CompletionItem[] {
  return filterSnippets.map(([label, detail]) => ({
    label,
    detail,
    kind: CompletionItemKind.Snippet,
    insertText: JSON.stringify(label),
  }));
}

function snippetItems(): CompletionItem[] {
  return documentSnippets.map(({ prefix, title, description, body }) => ({
    label: title,
    filterText: `${prefix} ${title}`,
    detail: description,
    kind: CompletionItemKind.Snippet,
    insertText: body,
    insertTextFormat: InsertTextFormat.Snippet,
  }));
}

/** Adds to an item what is only shown for the selected one. */
export function resolveCompletion(item: CompletionItem, surroundings: Surroundings): CompletionItem {
  const field = fieldOf(item);
  if (field === undefined) return item;
  return { ...item, documentation: { kind: MarkupKind.Markdown, value: describeField(field, surroundings) } };
}
