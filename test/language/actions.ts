import assert from 'node:assert/strict';
import type { CodeAction, TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { defaultUri, startServer } from './harness.ts';
import type { ClientOptions } from './harness.ts';

/** The code actions for a whole text. */
export async function actionsOn(
  text: string,
  only?: readonly string[],
  options?: ClientOptions,
): Promise<readonly CodeAction[]> {
  const client = await startServer(options);
  const diagnostics = await client.open(text);
  const lines = text.split('\n').length;
  const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri: defaultUri },
    range: { start: { line: 0, character: 0 }, end: { line: lines, character: 0 } },
    context: only === undefined ? { diagnostics } : { diagnostics, only },
  });
  assert.deepEqual(client.errors, []);
  await client.stop();
  return actions;
}

/** The text after the one fix that is offered for it. */
export async function fixed(text: string): Promise<string> {
  const [fix, ...others] = (await actionsOn(text)).filter(({ kind }) => kind === 'quickfix');
  assert.ok(fix !== undefined, 'a fix is offered');
  assert.equal(others.length, 0);
  assert.equal(fix.diagnostics?.length, 1);
  return apply(text, fix);
}

export function apply(text: string, { edit }: CodeAction): string {
  const edits: TextEdit[] = edit?.changes?.[defaultUri] ?? [];
  return TextDocument.applyEdits(TextDocument.create(defaultUri, 'yaml', 1, text), edits);
}
