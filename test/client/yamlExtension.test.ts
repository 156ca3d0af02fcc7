import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

const { isYamlChecked, ownSchema, speakForOurFiles } = await import('../../src/client/yamlExtension.ts');

type Contribution = [scheme: string, request: (uri: string) => string | undefined, content: () => string];
const contributed: Contribution[] = [];
const documents = [
  { uri: 'file:///felix.yaml', text: 'kind: FelixConfiguration\n' },
  { uri: 'file:///pod.yaml', text: 'kind: Pod\n' },
];

beforeEach(() => {
  contributed.length = 0;
  editor.documents = documents.map(({ uri, text }) => ({ uri, getText: () => text }));
  editor.settings.clear();
  editor.extensions.clear();
});

function install(exports: unknown): void {
  editor.extensions.set('redhat.vscode-yaml', { activate: async () => exports });
}

test('leaves broken YAML to the YAML extension only while that looks for it', () => {
  assert.ok(!isYamlChecked());
  install(undefined);
  assert.ok(isYamlChecked());
  editor.settings.set('yaml.validate', false);
  assert.ok(!isYamlChecked());
});

test('gives the YAML extension a schema that allows all for our files, while our server runs', async () => {
  let isRunning = true;
  install({ registerContributor: (...contribution: Contribution) => contributed.push(contribution) });
  await speakForOurFiles(() => isRunning);
  const [[scheme, request, content] = []] = contributed;
  assert.equal(scheme, 'calico-ebpf');
  assert.equal(request?.('file:///felix.yaml'), ownSchema);
  assert.equal(request?.('file:///pod.yaml'), undefined);
  assert.equal(request?.('file:///closed.yaml'), undefined);
  assert.deepEqual(Object.keys(JSON.parse(content?.() ?? '')), ['title']);
  isRunning = false;
  assert.equal(request?.('file:///felix.yaml'), undefined);
});

test('bears a YAML extension that offers nothing, or none', async () => {
  await speakForOurFiles(() => true);
  install(undefined);
  await speakForOurFiles(() => true);
  assert.deepEqual(contributed, []);
});
