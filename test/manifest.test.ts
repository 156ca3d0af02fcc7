import { editor } from './support/vscode.ts';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { before, test } from 'node:test';
import type { ExtensionContext } from 'vscode';
import manifest from '../package.json' with { type: 'json' };
import { dumpLanguages } from '../src/core/probes.ts';
import { Uri } from './support/vscodeValues.ts';

const root = join(import.meta.dirname, '..');
const { contributes } = manifest;
const { commands, menus } = contributes;
const commandIds = commands.map(({ command }) => command);
const settings: Readonly<Record<string, Readonly<Record<string, unknown>>>> =
  contributes.configuration.properties;
const contextKeys = ownIds(readFileSync(join(root, 'src/host/context.ts'), 'utf8'));

before(async () => {
  const memento = { get: (_key: string, fallback?: unknown) => fallback, update: async () => undefined };
  const context = {
    subscriptions: [],
    extensionUri: Uri.file(root),
    globalStorageUri: Uri.file('/nowhere'),
    workspaceState: memento,
    globalState: memento,
    asAbsolutePath: (path: string) => join(root, path),
  };
  const { activate } = await import('../src/extension.ts');
  // Only what activate reads is there.
  activate(context as unknown as ExtensionContext);
});

test('every command of the manifest is registered, and no other', () => {
  assert.deepEqual([...editor.commands.keys()].toSorted(), commandIds.toSorted());
});

test('every command has our category and a title that is a verb phrase without it', () => {
  for (const { command, category, title } of commands) {
    assert.equal(category, 'Calico eBPF', command);
    assert.match(title, /^[A-Z][a-z]+ \S/, command);
    assert.doesNotMatch(title, /Calico eBPF/, command);
  }
});

test('every command of an inline action or a toolbar has an icon', () => {
  const shown = Object.values(menus)
    .flat()
    .filter((entry) => 'group' in entry && /^(?:inline|navigation)/.test(entry.group));
  for (const { command } of shown) {
    const found = commands.find((each) => each.command === command);
    assert.ok(found !== undefined && 'icon' in found, command);
  }
});

test('a command that needs an item is hidden in the palette and stands in a menu of items', () => {
  const hidden = menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command);
  const ofItems = new Set(menus['view/item/context'].map(({ command }) => command));
  assert.ok(hidden.length > 0);
  assert.deepEqual(
    hidden.filter((command) => !ofItems.has(command)),
    [],
  );
});

test('menus name commands that there are, in numbered groups, inline at most two for a kind of item', () => {
  for (const entry of Object.values(menus).flat()) {
    assert.ok(commandIds.includes(entry.command), entry.command);
    if ('group' in entry) assert.match(entry.group, /^\w+@\d+$/, entry.command);
  }
  const inline = menus['view/item/context'].filter(({ group }) => group.startsWith('inline'));
  const kinds = inline.map(({ when }) => /viewItem == (\w+)/.exec(when)?.[1] ?? '');
  for (const kind of kinds) assert.ok(kinds.filter((each) => each === kind).length <= 2, kind);
});

test('conditions read context keys that the code sets', () => {
  const conditions = JSON.stringify(contributes).match(/"(?:when|enablement)":"[^"]*"/g) ?? [];
  const editors = contributes.customEditors.map(({ viewType }) => viewType);
  const known = [...contextKeys, ...contributes.views.calicoBpf.map(({ id }) => id), ...editors];
  for (const key of ownIds(conditions.join(' '))) assert.ok(known.includes(key), key);
});

test('every view has an icon and a title for other places, and that which is always there a welcome with commands', () => {
  for (const { id, icon, contextualTitle, when } of contributes.views.calicoBpf) {
    assert.ok(existsSync(join(root, icon)), icon);
    assert.notEqual(contextualTitle, '');
    const welcome = contributes.viewsWelcome.filter(({ view }) => view === id);
    assert.equal(welcome.length > 0, when === undefined, id);
    assert.ok(
      welcome.every(({ contents }) => contents.includes('](command:')),
      id,
    );
  }
});

test('links to commands lead to commands that there are', () => {
  const links = [...JSON.stringify(contributes).matchAll(/\(command:([\w.]+)/g)].map(([, id = '']) => id);
  assert.ok(links.length > 0);
  for (const id of links) assert.ok(commandIds.includes(id), id);
});

test('every setting says in a sentence what it does, and has scope, order and default', () => {
  const orders = new Set<unknown>();
  for (const [key, setting] of Object.entries(settings)) {
    assert.match(String(setting['markdownDescription']), /^[A-Z].*\.$/s, key);
    assert.ok(
      ['window', 'resource', 'machine', 'machine-overridable'].includes(String(setting['scope'])),
      key,
    );
    assert.ok('default' in setting, key);
    assert.ok(typeof setting['order'] === 'number' && !orders.has(setting['order']), key);
    orders.add(setting['order']);
    if ('enum' in setting)
      assert.ok('enumDescriptions' in setting || 'markdownEnumDescriptions' in setting, key);
  }
});

test('every setting is read somewhere', () => {
  const sources = sourceFiles()
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  for (const key of Object.keys(settings)) assert.ok(sources.includes(`'${key}'`), key);
});

test('a setting that names a path cannot be chosen by a workspace that is not trusted', () => {
  const capability: { readonly supported: string; readonly restrictedConfigurations?: readonly string[] } =
    manifest.capabilities.untrustedWorkspaces;
  const restricted = capability.restrictedConfigurations ?? [];
  const paths = Object.keys(settings).filter((key) => settings[key]?.['scope'] === 'machine-overridable');
  assert.deepEqual(
    paths.filter((key) => !restricted.includes(key)),
    [],
  );
  assert.equal(capability.supported, 'limited');
});

test('every language of a dump has a configuration and a grammar', () => {
  const ids = contributes.languages.map(({ id }) => id);
  assert.deepEqual(ids.toSorted(), dumpLanguages.toSorted());
  for (const { id, configuration } of contributes.languages) {
    assert.ok(existsSync(join(root, configuration)), configuration);
    assert.ok(
      contributes.grammars.some((grammar) => 'language' in grammar && grammar.language === id),
      id,
    );
  }
});

test('a grammar is named as its file says', () => {
  for (const { path, scopeName } of contributes.grammars) {
    const grammar = JSON.parse(readFileSync(join(root, path), 'utf8')) as { readonly scopeName: string };
    assert.equal(grammar.scopeName, scopeName);
  }
});

test('the files of a recorded node are given the language of their dump', async () => {
  const { languageOf } = await import('../src/documents/dumpDocument.ts');
  const folder = join(root, 'media/sample-snapshot/nodes/node-a');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.out'))) {
    const expected = languageOf(file.replace(/\.out$/, ''));
    // What a probe of a single entry or interface printed is opened from the view.
    if (
      expected === undefined ||
      /^(?:nat|counters)\.dump\.\w*\d/.test(file) ||
      /\.dump\.(?:c|e|l|b|v\w)/.test(file)
    )
      continue;
    const given = contributes.languages.filter((language) =>
      language.filenamePatterns.some((pattern) => matchesGlob(file, pattern)),
    );
    assert.deepEqual(
      given.map(({ id }) => id),
      [expected],
      file,
    );
  }
});

test('the walkthrough has three to five steps, each with a page and a command', () => {
  for (const { steps } of contributes.walkthroughs) {
    assert.ok(steps.length >= 3 && steps.length <= 5);
    for (const { id, description, media } of steps) {
      assert.match(description, /\]\(command:/, id);
      assert.ok(existsSync(join(root, media.markdown)), media.markdown);
    }
  }
});

test('the types are those of the oldest VS Code that is supported', () => {
  assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode']}`);
});

test('what the manifest points to ships', () => {
  const ships = readFileSync(join(root, '.vscodeignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const icons = contributes.viewsContainers.activitybar.map(({ icon }) => icon);
  const grammars = contributes.grammars.map(({ path }) => path);
  for (const path of [manifest.icon, ...icons, ...grammars]) {
    assert.ok(existsSync(join(root, path)), path);
    assert.ok(
      ships.some((pattern) => matchesGlob(path, pattern)),
      path,
    );
  }
});

function ownIds(text: string): readonly string[] {
  return text.match(/calicoBpf\.[\w.]+/g) ?? [];
}

function sourceFiles(): readonly string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, 'src', file));
}
