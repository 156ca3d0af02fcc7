import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { FeatureAccess, LiveFeature } from '../../src/cluster/cluster.ts';
import type { Session } from '../../src/session/session.ts';

const { Connection } = await import('../../src/host/connection.ts');
const { createLog } = await import('../../src/host/log.ts');
const { registerCopyRole } = await import('../../src/commands/copyRole.ts');

const lack = { verbs: ['get', 'create'], group: '', resource: 'pods/exec', namespace: 'calico-system' };
const access: readonly FeatureAccess[] = [
  { feature: 'browse', missing: [] },
  { feature: 'dumps', missing: [lack] },
];
const cluster = {
  info: { kind: 'live' },
  checkAccess: async () => access,
  roleYaml: async (features: readonly LiveFeature[]) => `# ${features.join()}\n`,
};
// Only permissions are asked for here.
const session = { cluster } as unknown as Session;
const connection = new Connection({ openSession: async () => session, findSource: async () => undefined });
await connection.open({ kind: 'live', context: 'shop' }, new AbortController().signal);
registerCopyRole({ connection, log: createLog() });
const run = () => editor.commands.get('calicoBpf.role.copy')?.();

beforeEach(() => Object.assign(editor, { picks: [], asked: [], clipboard: '', documents: [] }));

test('the role for what is chosen goes to the clipboard', async () => {
  editor.picks = ['Browse|Read dumps', '$(copy)'];
  await run();
  assert.equal(editor.clipboard, '# browse,dumps\n');
});

test('the role opens as a YAML document', async () => {
  editor.picks = ['Read dumps', '$(go-to-file)'];
  await run();
  assert.deepEqual(editor.documents, [{ language: 'yaml', content: '# dumps\n' }]);
});

test('what is missing is chosen beforehand, and named', async () => {
  await run();
  const items = editor.asked[0]?.items as readonly {
    picked?: boolean;
    detail?: string;
    description?: string;
  }[];
  assert.deepEqual(
    items.map(({ picked, description, detail }) => [picked, description, detail]),
    [
      [false, 'allowed', ''],
      [true, 'not allowed', 'get, create pods/exec in calico-system'],
    ],
  );
  assert.equal(editor.clipboard, '');
});
