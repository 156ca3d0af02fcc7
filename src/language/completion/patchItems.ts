import { CompletionItemKind } from 'vscode-languageserver';
import type { CompletionItem } from 'vscode-languageserver';
import { fields, fieldsIn } from '../../core/felix/fields.ts';
import { patchOperations } from '../../core/felix/patch.ts';
import { formatPointer, parsePointer } from '../../core/felix/syntax/pointer.ts';
import type { CalicoVersion } from '../../core/felix/versions.ts';
import type { ParsedPiece } from '../document.ts';
import { asMap, textOf } from '../yaml/node.ts';
import type { Caret } from './caret.ts';
import { rankOf, valueItems } from './fieldItems.ts';
import { plainItems, plainKeys } from './items.ts';

/** What an operation of a JSON patch may say: the paths of the keys, and at each the values of that key. */
export function patchItems(piece: ParsedPiece, caret: Caret, version: CalicoVersion): CompletionItem[] {
  switch (caret.key) {
    case undefined:
      return caret.path.length > 0 || caret.style === 'json' ? [] : plainKeys(parts);
    case 'op':
      return plainItems(patchOperations.map((each) => [each]));
    case 'path':
    case 'from':
      return fieldsIn(version).map((field) => {
        const path = formatPointer(['spec', field.name]);
        return {
          label: path,
          kind: CompletionItemKind.Property,
          detail: field.type,
          labelDetails: { description: field.gist },
          sortText: String(rankOf(field)),
          data: field.name,
          ...(caret.style === 'json' && {
            insertText: JSON.stringify(path),
            filterText: JSON.stringify(path),
          }),
        };
      });
    case 'value': {
      const [top, name, ...below] = stepsAt(piece, caret);
      const field = top === 'spec' && below.length === 0 ? fields.get(name ?? '') : undefined;
      return field === undefined ? [] : valueItems(field, caret, version);
    }
    default:
      return [];
  }
}

const parts = [
  ['op', 'what is done'],
  ['path', 'where, as in /spec/bpfLogLevel'],
  ['value', 'what is written there'],
] as const;

/** The path of the operation at the caret, whatever of it can be read. */
function stepsAt({ targets }: ParsedPiece, { span: { start } }: Caret): readonly string[] {
  const items = targets.flatMap((target) => (target.kind === 'patch' ? target.list.items : []));
  const operation = asMap(items.findLast(({ span }) => span.start <= start));
  return parsePointer(textOf(operation, 'path') ?? '') ?? [];
}
