import { editor } from '../support/vscode.ts';
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ClusterError } from '../../src/cluster/cluster.ts';

const { createLog } = await import('../../src/host/log.ts');
const { registerCommand } = await import('../../src/commands/registry.ts');

async function errorsOf(error: unknown): Promise<readonly string[]> {
  const command = registerCommand('calicoBpf.log.show', 'Showing the log', createLog(), () => {
    throw error;
  });
  await editor.commands.get('calicoBpf.log.show')?.();
  command.dispose();
  return editor.errors;
}

beforeEach(() => {
  editor.errors = [];
});

test('a failure of the world is shown in its own words', async () => {
  assert.deepEqual(await errorsOf(new ClusterError('forbidden', 'pods/exec is missing.')), [
    'pods/exec is missing.',
  ]);
});

test('a bug is shown as one, without its words', async () => {
  assert.deepEqual(await errorsOf(new TypeError('x is undefined')), [
    'Showing the log failed unexpectedly. The log has the details.',
  ]);
});

test('cancelling is silent', async () => {
  assert.deepEqual(await errorsOf(new DOMException('stop', 'AbortError')), []);
});
