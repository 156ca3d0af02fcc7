import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Element } from '../../src/views/cluster/elements.ts';

const { createLog } = await import('../../src/host/log.ts');
const { registerCopy } = await import('../../src/commands/copy.ts');

const policy: Element = {
  kind: 'policy',
  node: 'node-a',
  facts: {
    name: 'cali8cb945225b4',
    index: 9,
    kind: 'workload',
    ready: true,
    flags: [],
    pod: { namespace: 'shop', name: 'cart' },
  },
};

test('copies the name of an element, and the raw value beside it', async () => {
  registerCopy({ log: createLog() });
  await editor.commands.get('calicoBpf.element.copyName')?.(policy);
  assert.equal(editor.clipboard, 'shop/cart');
  await editor.commands.get('calicoBpf.element.copyValue')?.(policy);
  assert.equal(editor.clipboard, 'cali8cb945225b4');
});
