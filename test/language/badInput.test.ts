import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newestVersion } from '../../src/core/felix/versions.ts';
import { caretAt } from '../../src/language/completion/caret.ts';
import { diagnosePiece } from '../../src/language/diagnose.ts';
import { readDocument } from '../../src/language/document.ts';
import type { LanguageDocument } from '../../src/language/document.ts';
import { defaultUri, startServer } from './harness.ts';
import { checkDiagnostics } from './marked.ts';

const sample = `# 😀 a comment
apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default # 😀
spec:
  bpfEnabled: &yes true
  bpfLogFilters: {all: "host 10.0.0.1", "eth0": 'icmp'}
  bpfDisableUnprivileged: *yes
  failsafeInboundHostPorts:
    - port: 22
      protocol: tcp
  logPrefix: |
    calico
---
{"apiVersion": "projectcalico.org/v3", "kind": "FelixConfiguration", "spec": {"x": [1, {}]}}
`;

const context = { version: newestVersion, cluster: undefined, isPatch: false, besideYamlServer: false };

/** Reads and judges a text; every diagnosis lies in it. */
function judge(text: string) {
  return readDocument(defaultUri, text).pieces.flatMap(({ start, piece }) => {
    const found = diagnosePiece(piece, context);
    for (const { span } of found) {
      assert.ok(span.start >= 0 && span.start <= span.end, `${span.start}–${span.end}`);
      assert.ok(start + span.end <= text.length, `${start + span.end} of ${text.length}`);
    }
    return found;
  });
}

test('bears every cut-off of a text', () => {
  for (let end = 0; end <= sample.length; end++) judge(sample.slice(0, end));
});

test('bears a foreign character at every offset', () => {
  for (const foreign of ['{', '"', '\t', ':', '\n', '*', '{{', '😀'])
    for (let at = 0; at <= sample.length; at += 3) judge(sample.slice(0, at) + foreign + sample.slice(at));
});

test('bears any text at all', () => {
  const parts = fc.constantFrom(
    '- ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '&a ',
    '*a',
    '\n',
    '  ',
    '|',
    '<<',
    '?',
    '!!str ',
    '#',
    '\t',
    'spec',
    'bpfEnabled',
    '---\n',
    '{{',
    '}}',
    '\uD83D',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 40 }), (words) => {
      judge(`kind: FelixConfiguration\n${words.join('')}`);
    }),
    { numRuns: 300 },
  );
});

test('answers everything at every offset without a failure', async () => {
  const client = await startServer();
  await client.open(sample);
  const lines = sample.split('\n');
  for (const [line, content] of lines.entries()) {
    for (let character = 0; character <= content.length; character++) {
      const params = { textDocument: { uri: defaultUri }, position: { line, character } };
      await client.request('textDocument/hover', params);
      await client.request('textDocument/completion', params);
    }
  }
  assert.deepEqual(client.errors, []);
  await client.stop();
});

test('says the same after each edit as when the text is opened anew', async () => {
  const typed = await startServer();
  const text =
    'apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec:\n';
  await typed.open(text);
  const line = '  bpfLogLevel: Off # 😀';
  for (let character = 0; character < line.length; character++) {
    const found = await typed.edit({ line: 4, character, insert: line[character] ?? '' });
    const opened = await startServer();
    assert.deepEqual(found, await opened.open(text + line.slice(0, character + 1)));
    await opened.stop();
  }
  assert.deepEqual(typed.errors, []);
  await typed.stop();
});

test('counts in UTF-16 units behind an emoji, and takes every line end and a byte order mark', async () => {
  await checkDiagnostics(`apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: default}
spec: {bpfEnforceRPF: Strict, "😀": 1, bpfEnabled: 1}
                              ^^^^ error unknown-key
                                                   ^ error type
`);
  const client = await startServer();
  const text =
    '\uFEFFapiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec:\n  bpfEnabled: 1\n';
  for (const [index, end] of ['\n', '\r\n', '\r'].entries()) {
    const [found] = await client.open(text.replaceAll('\n', end), `file:///${index}.yaml`);
    assert.deepEqual(found?.range, { start: { line: 4, character: 14 }, end: { line: 4, character: 15 } });
  }
  await client.stop();
});

/** What is said of a text, with places in the whole text. */
function said(document: LanguageDocument) {
  return document.pieces.flatMap(({ start, piece }) =>
    diagnosePiece(piece, context).map(({ code, span }) => [code, start + span.start, start + span.end]),
  );
}

test('says the same after an edit at every offset as when the text is read anew', () => {
  let document = readDocument(defaultUri, sample);
  for (let at = 0; at <= sample.length; at++) {
    for (const text of [
      sample.slice(0, at) + sample.slice(at + 1),
      `${sample.slice(0, at)}x${sample.slice(at)}`,
    ]) {
      document = readDocument(defaultUri, text, { before: document });
      assert.deepEqual(
        said(document),
        said(readDocument(defaultUri, text)),
        JSON.stringify(text.slice(at - 9, at)),
      );
    }
  }
});

test('says the same of a long list after edits as when it is read anew', () => {
  const items = Array.from({ length: 400 }, (_, index) => `    - 10.0.${index}.0/24 # 😀\n`);
  const textOf = (list: readonly string[]) =>
    `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec:\n  bpfDSROptoutCIDRs:\n${list.join('')}  bpfEnabled: 1\n`;
  const edit = fc.tuple(
    fc.nat(399),
    fc.constantFrom(
      '',
      '    - 10.0.0.0/8\n',
      '    - "open\n',
      '\n',
      '    - {a: b}\n',
      '  x: [\n',
      '    - *a\n',
      '\t- b\n',
    ),
  );
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      let list: readonly string[] = items;
      let document = readDocument(defaultUri, textOf(list));
      for (const [index, line] of edits) {
        list = list.with(index, line);
        document = readDocument(defaultUri, textOf(list), { before: document });
      }
      assert.deepEqual(said(document), said(readDocument(defaultUri, textOf(list))));
    }),
    { numRuns: 40 },
  );
});

test('bears aliases that multiply, cycles and depth inside a long list', () => {
  const many = (item: string) => item.repeat(400);
  const head = 'kind: FelixConfiguration\nspec:\n  bpfDSROptoutCIDRs:\n';
  for (const list of [
    `    - &a [1]\n${many('    - [*a, *a]\n')}`,
    `    - &a [*a]\n${many('    - *a\n')}`,
    many(`    - ${'['.repeat(300)}\n`),
    many('    - {{ .Values.cidr }}\n'),
  ])
    judge(head + list);
});

test('refuses aliases that multiply, in bounded time', () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `  x${level + 1}: &x${level + 1} [${`*x${level},`.repeat(10)}]`,
  );
  const text = `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec:\n  x0: &x0 [1]\n${levels.join('\n')}\n`;
  assert.deepEqual(
    judge(text).map(({ code }) => code),
    ['yaml'],
  );
});

test('bears an anchor that holds itself', () => {
  judge('kind: FelixConfiguration\nspec: &a\n  bpfEnabled: *a\n  <<: *a\n  x: [*a, *b]\n');
});

test('checks what stands around too deep a nesting, and says where that is', () =>
  checkDiagnostics(`apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: default}
spec:
  bpfLogFilters: ${'{a: '.repeat(300)}
                 ^ error yaml
  bpfEnabled: 1
              ^ error type
`));

test('takes an alias for a key, and says that a value cannot hold itself', () =>
  checkDiagnostics(`apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata: {name: &key bpfEnabled}
                      ^^^^^^^^^^ error name
spec:
  *key : 1
         ^ error type
  bpfLogFilters: &a {all: *a}
                          ^^ error yaml
`));

test('bears deep nesting', () => {
  for (const deep of ['['.repeat(100_000), '{a: '.repeat(50_000), '- '.repeat(50_000), 'a:\n '.repeat(5000)])
    judge(`kind: FelixConfiguration\nspec:\n  x: ${deep}\n`);
});

test('checks 12,000 lines, and after an edit only what it touched', () => {
  const document =
    'apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec:\n  bpfEnabled: 1\n---\n';
  const before = readDocument(defaultUri, document.repeat(2000));
  assert.equal(before.pieces.length, 2000);
  assert.equal(new Set(before.pieces.map(({ piece }) => piece)).size, 2, 'equal documents are read once');
  const after = readDocument(
    defaultUri,
    `${document.repeat(1000)}${document.replace('1', '2')}${document.repeat(999)}`,
    { before },
  );
  const known = new Set(before.pieces.map(({ piece }) => piece));
  const reread = after.pieces.filter(({ piece }) => !known.has(piece));
  assert.equal(reread.length, 1);
});

test('bears a long list in which every item is wrong and can be mended', () => {
  const items = Array.from({ length: 12_000 }, (_, index) => `    - ${index}\n`).join('');
  const found = judge(`${sample.split('bpfEnabled')[0]}bpfDSROptoutCIDRs:\n${items}`);
  assert.equal(found.filter(({ code }) => code === 'yaml-number').length, 12_000);
});

test('answers at once on texts that are made to be slow', () => {
  const head = 'apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nspec:\n';
  const many = (part: string) => part.repeat(Math.ceil(60_000 / part.length));
  for (const part of [
    '{',
    '{{',
    '${a',
    ' ',
    'a ',
    ': ',
    '- ',
    '#',
    '"',
    "'a",
    '? ',
    'items:\n',
    '|\n',
    '&a ',
    ',',
    '\t',
  ]) {
    const text = `${head}  x: ${many(part)}{`;
    const start = performance.now();
    judge(text);
    caretAt(text, text.length);
    const took = performance.now() - start;
    assert.ok(took < 10_000, `${JSON.stringify(part)} took ${took} ms`);
  }
});
