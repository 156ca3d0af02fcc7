import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { newestVersion } from '../../src/core/felix/versions.ts';
import { diagnosePiece } from '../../src/language/diagnose.ts';
import { readDocument } from '../../src/language/document.ts';
import type { LanguageDocument } from '../../src/language/document.ts';
import { hoverAt } from '../../src/language/features/hover.ts';
import { OpenDocument } from '../../src/language/openDocument.ts';
import { toSurroundings } from '../../src/language/surroundings.ts';
import { defaultUri } from './harness.ts';

const head = 'apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: default}\nspec:\n';

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('');
}

/** Documents of each shape that an editor has open, most of them with a list that is read in parts. */
const samples = {
  'a long list':
    `${head}  bpfEnabled: true\n  bpfDSROptoutCIDRs:\n` +
    `${lines(260, (index) => `    - 10.${index >> 8}.${index & 255}.0/24\n`)}  bpfLogLevel: Debug\n`,
  'two long lists of mappings, with comments and CRLF': (
    `${head}  failsafeInboundHostPorts:\n` +
    lines(
      150,
      (index) => `  - port: ${index * 7}\n    protocol: ${index % 40 === 0 ? 'tpc' : 'tcp'} # 😀\n`,
    ) +
    `  externalNodesList:\n${lines(250, (index) => (index % 9 === 0 ? '\n  # more\n' : `  - "10.0.${index}.1"\n`))}`
  ).replaceAll('\n', '\r\n'),
  'a List of long objects': `apiVersion: v1\nkind: List\nitems:\n${lines(
    30,
    (index) =>
      `- apiVersion: projectcalico.org/v3\n  kind: FelixConfiguration\n  metadata:\n    name: node.n${index}\n` +
      `  spec:\n    bpfLogLevel: ${index % 3 === 0 ? 'Off' : 'Info'}\n    bpfMapSizeRoute: ${index}\n`,
  )}`,
  'documents with anchors, flow and block scalars':
    `${head}  bpfEnabled: &on true\n  bpfLogFilters: {all: "host 10.0.0.1", "eth0": 'icmp'}\n  logPrefix: |\n    calico\n` +
    `  bpfDisableUnprivileged: *on\n---\n${head}  bpfDSROptoutCIDRs: [10.0.0.0/8, *on]\n---\n` +
    `kind: ConfigMap\ndata:\n  a.yaml: |\n${head.replaceAll(/^(?=.)/gm, '    ')}      bpfEnabled: 1\n`,
  'variables beside a long list':
    `kind: DaemonSet\nspec:\n  args:\n${lines(300, (index) => `  - --set=${index}.${index}\n`)}  env:\n` +
    `  - name: FELIX_BPFENABLED\n    value: "yess"\n  - {name: FELIX_BPFLOGLEVEL, value: Debug}\n`,
};

/** What an editor's user puts in, and what of it breaks YAML or moves the bounds of lists and documents. */
const inserts = [
  '',
  ' ',
  '\n',
  'x',
  '1',
  '"',
  "'",
  ':',
  '#',
  '- ',
  '{',
  ']',
  '\t',
  '&a ',
  '*a',
  '|',
  '\n---\n',
  '😀',
  '\r',
  '{{ .x }}',
  '${X}',
  '\n    - 10.9.9.0/24\n',
  '\n- b\n',
  '\n  bpfEnabled: 1\n',
];

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, fc.nat(60), fc.nat(5000)),
  insert: fc.constantFrom(...inserts),
});

const context = { version: newestVersion, cluster: undefined, isPatch: false, besideYamlServer: false };
const surroundings = toSurroundings(undefined, undefined);

/** All that is said of a text, with places in the whole text. */
function said(document: LanguageDocument) {
  return document.pieces.flatMap(({ start, piece }) =>
    diagnosePiece(piece, context).map(({ span, ...each }) => ({
      ...each,
      at: [start + span.start, start + span.end],
    })),
  );
}

for (const [what, sample] of Object.entries(samples))
  test(`after edits of ${what} says the same as of a text that is read anew`, () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 5 }), (edits) => {
        let text = sample;
        let document = readDocument(defaultUri, text);
        for (const { at, remove, insert } of edits) {
          const offset = Math.floor(at * text.length);
          text = text.slice(0, offset) + insert + text.slice(offset + remove);
          document = readDocument(defaultUri, text, { before: document });
          said(document);
        }
        assert.deepEqual(said(document), said(readDocument(defaultUri, text)));
      }),
      { numRuns: 60 },
    );
  });

test('keeps nothing of the texts before, however many edits there were', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  let documents = Array.from({ length: 1000 }, () => `${head}  bpfEnabled: true\n---\n`);
  let document = readDocument(defaultUri, documents.join(''));
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 400; index++) {
    documents = documents.with(index, `${head}  bpfMapSizeRoute: ${index}\n---\n`);
    document = readDocument(defaultUri, documents.join(''), { before: document });
  }
  collect();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1024 / 1024;
  assert.equal(document.pieces.length, 1000);
  // All texts together are more than 40 MB.
  assert.ok(megabytes < 10, `${megabytes.toFixed(1)} MB`);
});

test('after edits hovers the same as over a text that is read anew', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(samples)),
      fc.array(edit, { maxLength: 4 }),
      (sample, edits) => {
        let open = opened(sample);
        let at = 0;
        for (const { at: part, remove, insert } of edits) {
          const before = open.positions.getText();
          at = Math.floor(part * before.length);
          open = open.withText(before.slice(0, at) + insert + before.slice(at + remove));
        }
        const fresh = opened(open.positions.getText());
        for (let offset = at % 50; offset < open.positions.getText().length; offset += 50) {
          const position = open.positions.positionAt(offset);
          assert.deepEqual(hoverAt(open, position, surroundings), hoverAt(fresh, position, surroundings));
        }
      },
    ),
    { numRuns: 40 },
  );
});

function opened(text: string): OpenDocument {
  return new OpenDocument(TextDocument.create(defaultUri, 'yaml', 1, text));
}
