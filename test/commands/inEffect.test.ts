import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { InEffect } from '../../src/core/felix/inEffect.ts';
import { openSample } from '../support/sample.ts';

const { Connection } = await import('../../src/host/connection.ts');
const { createLog } = await import('../../src/host/log.ts');
const { registerShowInEffect } = await import('../../src/commands/inEffect.ts');

const inEffect: InEffect = {
  cluster: 'shop',
  nodes: 3,
  keys: [
    {
      key: 'bpfEnabled',
      written: 'true',
      values: [
        {
          value: 'true',
          origin: 'FelixConfiguration default',
          configuration: 'default',
          nodes: ['a', 'b', 'c'],
        },
      ],
    },
    {
      key: 'bpfLogLevel',
      written: 'Debug',
      values: [
        { value: 'debug', origin: 'FelixConfiguration default', configuration: 'default', nodes: ['a', 'b'] },
        {
          value: 'Off',
          origin: 'the environment (FELIX_BPFLOGLEVEL)',
          configuration: undefined,
          nodes: ['c'],
        },
      ],
    },
  ],
};

const sample = await openSample();
const connection = new Connection({ openSession: async () => sample, findSource: async () => undefined });
registerShowInEffect({ connection, log: createLog() });
editor.commands.set('calicoBpf.configuration.open', (ref) => opened.push(ref));
const opened: unknown[] = [];
const show = () => editor.commands.get('calicoBpf.configuration.showInEffect')?.(inEffect);

beforeEach(async () => {
  Object.assign(editor, { picks: [], asked: [], errors: [], ran: [], active: undefined });
  opened.length = 0;
  if (connection.session === undefined)
    await connection.open({ kind: 'sample' }, new AbortController().signal);
});

test('shows first what is not as written, with the nodes of each value', async () => {
  await show();
  assert.deepEqual(
    editor.asked[0]?.items.map(({ label, description }) => description ?? label),
    [
      'bpfLogLevel: Debug',
      '2 of 3 nodes: a, b',
      '1 of 3 nodes: c',
      'bpfEnabled: true',
      '3 of 3 nodes: a, b, c',
    ],
  );
  assert.deepEqual(
    editor.asked[0]?.items.map(({ label }) => label).filter((label) => label.startsWith('$')),
    ['$(pass) debug', '$(warning) Off', '$(pass) true'],
  );
});

test('leads to the object that a value comes from, or to all that is set on the nodes', async () => {
  editor.picks = ['$(pass) true'];
  await show();
  assert.deepEqual(editor.errors, []);
  assert.deepEqual(opened, [{ resource: 'felixconfigurations.crd.projectcalico.org', name: 'default' }]);
  editor.picks = ['$(warning) Off'];
  await show();
  assert.deepEqual(editor.ran, ['calicoBpf.configuration.focus']);
  assert.deepEqual(editor.errors, []);
});

test('finds without a click what the code lens of the file in front knows', async () => {
  const run = () => editor.commands.get('calicoBpf.configuration.showInEffect')?.();
  await run();
  assert.match(editor.errors[0] ?? '', /holds no FelixConfiguration/);
  const lens = { command: { command: 'calicoBpf.configuration.showInEffect', arguments: [inEffect] } };
  editor.commands.set('vscode.executeCodeLensProvider', () => [{}, lens]);
  editor.active = { document: { uri: 'file:///felix.yaml' } };
  await run();
  assert.equal(editor.asked.length, 1);
});

test('a dismissed list leads nowhere', async () => {
  await show();
  assert.deepEqual([opened, editor.ran, editor.errors], [[], [], []]);
});
