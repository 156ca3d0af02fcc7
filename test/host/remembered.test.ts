import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Memento } from 'vscode';
import { Uri } from '../support/vscodeValues.ts';

const { RememberedSources } = await import('../../src/host/remembered.ts');

function memento(): Memento {
  const values = new Map<string, unknown>();
  const fake = {
    keys: () => [...values.keys()],
    get: (key: string, fallback?: unknown) => values.get(key) ?? fallback,
    update: async (key: string, value: unknown) => void values.set(key, value),
  };
  return fake as Memento;
}

const create = () => new RememberedSources({ workspace: memento(), everywhere: memento() });

beforeEach(() => {
  editor.files = [];
});

test('finds what was open before', async () => {
  const remembered = create();
  remembered.remember({ kind: 'sample' });
  assert.deepEqual(await remembered.find(), { kind: 'sample' });
});

test('finds a snapshot that lies in the workspace when nothing was open before', async () => {
  editor.files = [Uri.file('/work space/recorded/snapshot.json')];
  assert.equal((await create().find())?.kind, 'snapshot');
});

test('finds nothing after the cluster was closed, even with a snapshot in the workspace', async () => {
  editor.files = [Uri.file('/w/recorded/snapshot.json')];
  const remembered = create();
  remembered.forget();
  assert.equal(await remembered.find(), undefined);
});

test('keeps the last snapshots, the latest first, each once, not too many', () => {
  const remembered = create();
  for (let index = 0; index < 20; index++) remembered.remember({ kind: 'snapshot', path: `/s${index}` });
  remembered.remember({ kind: 'snapshot', path: '/s15' });
  assert.deepEqual(remembered.recent.slice(0, 3), ['/s15', '/s19', '/s18']);
  assert.equal(remembered.recent.length, 8);
});
