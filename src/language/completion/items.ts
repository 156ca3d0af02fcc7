import { CompletionItemKind } from 'vscode-languageserver';
import type { CompletionItem } from 'vscode-languageserver';
import type { Labelled } from './fieldItems.ts';

/** Values. */
export function plainItems(values: readonly Labelled[]): CompletionItem[] {
  return values.map(([label, detail]) => ({
    label,
    kind: CompletionItemKind.Value,
    ...(detail !== undefined && { detail }),
  }));
}

/** Keys, with their colon. */
export function plainKeys(keys: readonly (readonly [string, string])[]): CompletionItem[] {
  return keys.map(([label, detail]) => ({
    label,
    detail,
    kind: CompletionItemKind.Property,
    insertText: `${label}: `,
  }));
}
