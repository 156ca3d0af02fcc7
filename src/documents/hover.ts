import * as vscode from 'vscode';
import { describeToken } from '../core/hover/describe.ts';
import { tokenAt } from '../core/hover/tokens.ts';
import { noNames } from '../core/names/names.ts';
import { toAbortSignal } from '../host/cancellation.ts';
import type { Connection } from '../host/connection.ts';
import { dumpLanguageOf, dumpSelector, nodeOf } from './dumpDocument.ts';

/** Tells who or what stands under the pointer in a dump. */
export function registerDumpHover({ connection }: { readonly connection: Connection }): vscode.Disposable {
  return vscode.languages.registerHoverProvider(dumpSelector, {
    async provideHover(document, position, cancellation) {
      const language = dumpLanguageOf(document);
      const { session } = connection;
      if (language === undefined) return undefined;
      const line = document.lineAt(position.line);
      const above = (distance: number) => {
        const number = position.line - distance;
        return number < 0 ? undefined : document.lineAt(number).text;
      };
      const token = tokenAt(language, line.text, position.character, above);
      if (token === undefined) return undefined;
      const names = (await session?.names(nodeOf(document), toAbortSignal(cancellation))) ?? noNames;
      const paragraphs = describeToken(token, names).map((text) => new vscode.MarkdownString(text));
      if (paragraphs.length === 0) return undefined;
      const { start, end } = token.span;
      return new vscode.Hover(paragraphs, new vscode.Range(position.line, start, position.line, end));
    },
  });
}
