/** Our server and Red Hat's on one document, as in an editor that has both extensions. */
import '../support/vscode.ts';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CompletionList, Diagnostic, Hover } from 'vscode-languageserver';
import { DrivenServer } from '../bench/language/driven.ts';
import { ourServer, yamlServer } from '../bench/language/servers.ts';

const { isOursAlone, ownSchema, ownSchemaContent } = await import('../../src/client/yamlExtension.ts');

const ourPath = join(import.meta.dirname, '..', '..', 'src', 'language', 'start.ts');

const text = `apiVersion: projectcalico.org/v3
kind: FelixConfiguration
metadata:
  name: default
spec:
  bpfLogLevel: Loud
  bpfEnabld: true
  bpfEnabled: true
  bpfEnabled: true
`;

let ours: DrivenServer;
let theirs: DrivenServer;
/** Theirs with the schema that is set for the file, and nobody to say otherwise. */
let theirsAlone: DrivenServer;

before(async () => {
  ours = await DrivenServer.start({ ...ourServer(), hostPath: ourPath });
  theirs = await DrivenServer.start({
    ...yamlServer(),
    schemaOf: () => ({ uri: ownSchema, content: ownSchemaContent }),
  });
  theirsAlone = await DrivenServer.start(yamlServer());
  await ours.initialize({ besideYamlServer: true });
  await Promise.all([theirs.initialize(), theirsAlone.initialize()]);
});

after(() => Promise.all([ours, theirs, theirsAlone].map((server) => server.stop())));

const linesOf = (found: readonly Diagnostic[]) => found.map(({ range }) => range.start.line);

test('with its schema set for the file, each mistake is told once', async () => {
  const alone = linesOf(await theirsAlone.open(text));
  assert.ok(alone.includes(5) && alone.includes(6), 'by itself it would tell of keys and values, too');
  assert.deepEqual(linesOf(await ours.open(text)), [5, 6]);
  assert.deepEqual(linesOf(await theirs.open(text)), [8]);
});

test('keys are offered and explained once', async () => {
  const position = { line: 5, character: 8 };
  const labels = async (server: DrivenServer) => {
    const list = (await server.request('textDocument/completion', { position })) as CompletionList | null;
    return list?.items.map(({ label }) => label) ?? [];
  };
  assert.ok((await labels(theirsAlone)).includes('bpfLogLevel'));
  assert.ok((await labels(ours)).includes('bpfLogLevel'));
  assert.deepEqual(await labels(theirs), []);
  const explained = async (server: DrivenServer) => {
    const hover = (await server.request('textDocument/hover', { position })) as Hover | null;
    return hover !== null && JSON.stringify(hover.contents).includes('bpfLogLevel');
  };
  assert.ok(await explained(ours));
  assert.ok(!(await explained(theirs)));
});

test('what is no YAML is told by the one, and the rest still checked by the other', async () => {
  const broken = text.replace('name: default', 'name: "default');
  const found = await theirs.replace(broken);
  assert.ok(found.length > 0);
  assert.ok((await ours.replace(broken)).every(({ code }) => code !== 'yaml'));
  for (const length of [40, 60, 90, 120]) {
    await theirs.replace(text.slice(0, length));
    await ours.replace(text.slice(0, length));
  }
  assert.deepEqual(linesOf(await ours.replace(text)), [5, 6]);
});

test('only a file of FelixConfigurations alone is taken from another schema', () => {
  assert.ok(isOursAlone(text));
  assert.ok(isOursAlone(`# a comment\n---\n${text}---\n${text}`));
  assert.ok(!isOursAlone(`${text}---\nkind: Pod\n`));
  assert.ok(!isOursAlone('kind: Kustomization\npatches:\n  - patch: |\n      kind: FelixConfiguration\n'));
  assert.ok(!isOursAlone(''));
});
