import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodeAction, CompletionList, Diagnostic, Hover } from 'vscode-languageserver';
import { aimOf } from '../../src/language/kustomize.ts';
import { isPatchLike } from '../../src/language/protocol.ts';
import { startServer, type ClientOptions } from './harness.ts';
import { caretIn, checkDiagnostics } from './marked.ts';

const kustomization = {
  uri: 'file:///base/kustomization.yaml',
  text: `patches:
  - path: patches/felix.yaml
    target: {kind: FelixConfiguration, name: default}
  - path: other.yaml
    target: {kind: IPPool}
`,
};
const patchUri = 'file:///base/patches/felix.yaml';
const aimed: ClientOptions = { kustomizations: [kustomization] };

test('checks a JSON patch that a kustomization aims at a FelixConfiguration', () =>
  checkDiagnostics(
    `patches:
  - target:
      kind: FelixConfiguration
    patch: |-
      - op: replace
        path: /spec/bpfLogLevel
        value: Off
               ^^^ error yaml-boolean
      - op: add
        path: /spec/bpfEnabld
              ^^^^^^^^^^^^^^^ error unknown-key
        value: true
  - target: {kind: FelixConfiguration}
    patch: '[{"op": "add", "path": "/spec/bpfEnabled", "value": 1}]'
                                                                ^ error type
  - target: {kind: IPPool}
    patch: |-
      - {op: add, path: /spec/bpfEnabled, value: 1}
`,
  ));

test('checks strategic-merge patches in a list of texts', () =>
  checkDiagnostics(
    `patchesStrategicMerge:
  - |-
    apiVersion: projectcalico.org/v3
    kind: FelixConfiguration
    metadata: {name: default}
    spec:
      bpfEnabled: 1
                  ^ error type
  - other.yaml
`,
  ));

test('checks a file that a kustomization names as a patch', async () => {
  const client = await startServer(aimed);
  const found = await client.openAimed('- op: add\n  path: /spec/bpfEnabled\n  value: 1\n', patchUri);
  assert.deepEqual(
    found.map(({ code, range }: Diagnostic) => [code, range.start.line, range.start.character]),
    [['type', 2, 9]],
  );
  assert.deepEqual(client.errors, []);
  await client.stop();
});

test('leaves patches of other kinds alone, and other files unasked', async () => {
  assert.equal(aimOf('file:///base/other.yaml', [kustomization]), undefined);
  assert.deepEqual(aimOf(patchUri, [kustomization]), { name: 'default' });
  assert.equal(aimOf('untitled:Untitled-1', [kustomization]), undefined);
  assert.ok(!isPatchLike('spec:\n  rules:\n    - http:\n        paths:\n          - path: /shop\n'));
});

/** Asks about the place of the bar in a patch file. */
async function ask<T>(method: string, barred: string): Promise<T> {
  const { text, line, character } = caretIn(barred);
  const client = await startServer(aimed);
  await client.openAimed(text, patchUri);
  const answer = await client.request<T>(method, {
    textDocument: { uri: patchUri },
    position: { line, character },
  });
  assert.deepEqual(client.errors, []);
  await client.stop();
  return answer;
}

test('explains the key of a path and the value of an operation', async () => {
  const shown = async (barred: string) => {
    const hover = await ask<Hover | null>('textDocument/hover', barred);
    return hover === null ? '' : JSON.stringify(hover.contents);
  };
  assert.match(await shown('- op: add\n  path: /spec/bpf|Enabled\n  value: true\n'), /"\*\*bpfEnabled\*\*/);
  assert.match(
    await shown('- op: add\n  path: /spec/bpfLogLevel\n  value: De|bug\n'),
    /"\*\*bpfLogLevel: Debug\*\*/,
  );
  assert.match(
    await shown('- op: add\n  path: /spec/bpfConntrackTimeouts\n  value:\n    udpT|imeout: 60s\n'),
    /"\*\*bpfConntrackTimeouts.udpTimeout\*\*/,
  );
});

test('completes paths, operations and values', async () => {
  const labels = async (barred: string) => {
    const list = await ask<CompletionList>('textDocument/completion', barred);
    return list.items.map(({ label }) => label);
  };
  assert.ok((await labels('- op: add\n  path: /spec/bpf|\n')).includes('/spec/bpfEnabled'));
  assert.ok((await labels('- op: |\n  path: /spec/bpfEnabled\n')).includes('replace'));
  assert.deepEqual(await labels('- op: add\n  path: /spec/bpfEnabled\n  value: |\n'), ['true', 'false']);
});

test('corrects a path in its own quotes', async () => {
  const client = await startServer(aimed);
  const text = '[{"op": "add", "path": "/spec/bpfEnabld", "value": true}]\n';
  const diagnostics = await client.openAimed(text, patchUri);
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: text.length } };
  const [action] = await client.request<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri: patchUri },
    range,
    context: { diagnostics },
  });
  assert.equal(action?.edit?.changes?.[patchUri]?.[0]?.newText, '"/spec/bpfEnabled"');
  await client.stop();
});
